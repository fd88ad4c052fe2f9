internal import CZstandard

/// Decompresses Zstandard frames (RFC 8878) from buffer to buffer: no window is allocated whose
/// size the stream chooses.
enum Zstandard {
  /// Decompresses the first frame of `input`; returns whether it is valid and fills `output`
  /// exactly. Bytes behind the frame are ignored: clusters are stored in whole sectors.
  static func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard let from = input.baseAddress, let to = output.baseAddress else { return false }
    let length = ZSTD_findFrameCompressedSize(from, input.count)
    guard ZSTD_isError(length) == 0, length <= input.count else { return false }
    let count = ZSTD_decompress(to, output.count, from, length)
    return ZSTD_isError(count) == 0 && count == output.count
  }
}
