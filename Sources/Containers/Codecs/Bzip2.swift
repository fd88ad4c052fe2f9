internal import CBzip2

/// Decompresses bzip2 streams from buffer to buffer, with at most 4 MB of memory.
enum Bzip2 {
  /// Returns whether the stream is valid and fills `output` exactly.
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
