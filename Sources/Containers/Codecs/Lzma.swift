import Bytes
internal import CLzma

/// Decompresses LZMA and xz from buffer to buffer. Memory is limited by the decompressed size,
/// regardless of the size that a stream requests.
enum Lzma {
  /// Memory limit in bytes, above the need of xz at its highest level.
  private static let memoryLimit: UInt64 = 80 << 20

  /// Decompresses an LZMA stream with the old header of 13 bytes (properties, dictionary,
  /// length), as afflib writes it; returns its length in bytes, nil if it is invalid.
  static func alone(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Int? {
    guard input.count > 13 else { return nil }
    var header = Array(input[..<13])
    // afflib requests 64 MiB, but no distance exceeds the output.
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

  /// Decompresses an xz stream; returns whether it is valid and fills `output` exactly.
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
