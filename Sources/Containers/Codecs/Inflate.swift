internal import CDeflate

/// A decompressor of Deflate streams (RFC 1950 and 1951), for one thread at a time. Its input
/// is untrusted: it writes nothing outside `output` and returns false for an invalid stream.
struct Inflate: ~Copyable {
  private let decompressor: OpaquePointer

  /// Creates a decompressor with its own tables of 20 KB, which is small compared with a chunk.
  init() {
    guard let decompressor = libdeflate_alloc_decompressor() else {
      preconditionFailure("out of memory")
    }
    self.decompressor = decompressor
  }

  deinit { libdeflate_free_decompressor(decompressor) }

  /// Decompresses a stream with zlib's header and checksum (RFC 1950); returns whether it is
  /// valid and fills `output` exactly. Bytes behind the end of the stream are ignored.
  borrowing func zlib(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard let from = input.baseAddress, let to = output.baseAddress else { return false }
    return libdeflate_zlib_decompress(decompressor, from, input.count, to, output.count, nil)
      == LIBDEFLATE_SUCCESS
  }

  /// Decompresses a stream with zlib's header and checksum, which fills `output` or less; returns its length in
  /// `input`, nil if it is invalid.
  borrowing func lengthOfZlib(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Int? {
    guard let from = input.baseAddress, let to = output.baseAddress else { return nil }
    var (taken, filled) = (0, 0)
    let result = libdeflate_zlib_decompress_ex(
      decompressor, from, input.count, to, output.count, &taken, &filled)
    return result == LIBDEFLATE_SUCCESS && taken > 0 ? taken : nil
  }

  /// Decompresses a complete stream with zlib's header and checksum; nil if it is invalid, or
  /// longer than `limit`.
  borrowing func zlib(_ input: [UInt8], limit: Int) -> [UInt8]? {
    upTo(limit) { buffer, filled in
      input.withUnsafeBytes { input in
        guard let from = input.baseAddress, let to = buffer.baseAddress else { return false }
        return libdeflate_zlib_decompress(decompressor, from, input.count, to, limit, &filled)
          == LIBDEFLATE_SUCCESS
      }
    }
  }

  /// Decompresses a complete stream without header and checksum; nil if it is invalid, or longer
  /// than `limit`.
  borrowing func raw(_ input: [UInt8], limit: Int) -> [UInt8]? {
    upTo(limit) { buffer, filled in
      input.withUnsafeBytes { input in
        guard let from = input.baseAddress, let to = buffer.baseAddress else { return false }
        return libdeflate_deflate_decompress(decompressor, from, input.count, to, limit, &filled)
          == LIBDEFLATE_SUCCESS
      }
    }
  }

  private borrowing func upTo(
    _ limit: Int, _ decode: (UnsafeMutableBufferPointer<UInt8>, inout Int) -> Bool
  ) -> [UInt8]? {
    var isSound = false
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
      isSound = decode(buffer, &filled)
      if !isSound { filled = 0 }
    }
    guard isSound else { return nil }
    // A cached array must not hold more memory than its bytes need.
    return bytes.count == limit ? bytes : Array(bytes[...])
  }

  /// Decompresses a stream without header and checksum (RFC 1951); returns whether it is valid
  /// and fills `output` exactly. Bytes behind the end of the stream are ignored.
  borrowing func raw(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard let from = input.baseAddress, let to = output.baseAddress else { return false }
    return libdeflate_deflate_decompress(decompressor, from, input.count, to, output.count, nil)
      == LIBDEFLATE_SUCCESS
  }
}
