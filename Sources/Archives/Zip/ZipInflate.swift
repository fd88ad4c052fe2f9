internal import CDeflate

/// libdeflate for whole members, and its CRC-32. Its input is untrusted: it writes nothing outside of `output`.
struct ZipInflate: ~Copyable {
  private let decompressor: OpaquePointer

  init() {
    guard let decompressor = libdeflate_alloc_decompressor() else {
      preconditionFailure("out of memory")
    }
    self.decompressor = decompressor
  }

  deinit { libdeflate_free_decompressor(decompressor) }

  /// Decompresses a whole stream (RFC 1951); false unless it is valid and fills `output` exactly.
  borrowing func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Bool {
    // An empty buffer may have no address, and a stream of no bytes writes to none.
    guard let from = input.baseAddress,
      let to = output.baseAddress ?? UnsafeMutableRawPointer(bitPattern: 1)
    else { return false }
    return libdeflate_deflate_decompress(decompressor, from, input.count, to, output.count, nil)
      == LIBDEFLATE_SUCCESS
  }

  /// CRC-32 as ZIP has it.
  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    libdeflate_crc32(0, bytes.baseAddress, bytes.count)
  }
}
