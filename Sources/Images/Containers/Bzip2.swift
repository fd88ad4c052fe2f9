internal import CBzip2

/// Decompresses streams of bzip2 from buffer to buffer, with 4 MB of memory at most.
enum Bzip2 {
  /// Answers whether the stream is sound and fills `output` exactly.
  static func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard let from = input.bindMemory(to: CChar.self).baseAddress,
      let to = output.bindMemory(to: CChar.self).baseAddress
    else { return false }
    var count = UInt32(clamping: output.count)
    let result = BZ2_bzBuffToBuffDecompress(
      to, &count, UnsafeMutablePointer(mutating: from), UInt32(clamping: input.count), 0, 0)
    return result == BZ_OK && Int(count) == output.count
  }
}
