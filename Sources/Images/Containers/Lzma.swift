internal import CLzma

/// Decompresses LZMA and xz from buffer to buffer. What a stream says of the memory that it needs counts for
/// nothing beyond what it decompresses to.
enum Lzma {
  /// More than xz needs at its highest level.
  private static let memoryLimit: UInt64 = 80 << 20

  /// A stream of LZMA with its old header of 13 bytes (properties, dictionary, length), as afflib writes it;
  /// answers how many bytes it has, nil if it is not sound.
  static func alone(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Int? {
    guard input.count > 13 else { return nil }
    var header = Array(input[..<13])
    // afflib asks for 64 MiB; no distance is longer than the output.
    let dictionary = min(
      header.little(1, as: UInt32.self), UInt32(clamping: max(4096, output.count)))
    withUnsafeBytes(of: dictionary.littleEndian) { header.replaceSubrange(1..<5, with: $0) }
    var stream = lzma_stream()
    guard lzma_alone_decoder(&stream, memoryLimit) == LZMA_OK else { return nil }
    defer { lzma_end(&stream) }
    stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
    stream.avail_out = output.count
    let first = header.withUnsafeBufferPointer { header in
      stream.next_in = header.baseAddress
      stream.avail_in = header.count
      return lzma_code(&stream, LZMA_RUN)
    }
    guard first == LZMA_OK, stream.avail_in == 0 else { return nil }
    let rest = input.bindMemory(to: UInt8.self)
    stream.next_in = rest.baseAddress?.advanced(by: 13)
    stream.avail_in = rest.count - 13
    guard lzma_code(&stream, LZMA_FINISH) == LZMA_STREAM_END else { return nil }
    return output.count - stream.avail_out
  }

  /// A stream of xz; answers whether it is sound and fills `output` exactly.
  static func xz(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Bool {
    var limit = memoryLimit
    var (from, to) = (0, 0)
    let result = lzma_stream_buffer_decode(
      &limit, 0, nil, input.bindMemory(to: UInt8.self).baseAddress, &from, input.count,
      output.bindMemory(to: UInt8.self).baseAddress, &to, output.count)
    return result == LZMA_OK && to == output.count
  }
}
