import Bytes
internal import CDeflate

/// A decompressor of Deflate streams (RFC 1950 and 1951), for one thread at a time. What it is given is
/// a stranger's: it writes nothing outside `output` and answers false where the stream does not hold.
struct Inflate: ~Copyable {
  private let decompressor: OpaquePointer

  /// A decompressor of its own: 20 KB of tables, which cost little beside a chunk.
  init() {
    guard let decompressor = libdeflate_alloc_decompressor() else {
      preconditionFailure("out of memory")
    }
    self.decompressor = decompressor
  }

  deinit { libdeflate_free_decompressor(decompressor) }

  /// Decompresses a stream with zlib's header and checksum (RFC 1950); answers whether it is sound and
  /// fills `output` exactly. Bytes behind the end of the stream are ignored.
  borrowing func zlib(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard let from = input.baseAddress, let to = output.baseAddress else { return false }
    return libdeflate_zlib_decompress(decompressor, from, input.count, to, output.count, nil)
      == LIBDEFLATE_SUCCESS
  }

  /// Decompresses a stream with zlib's header and checksum to as many bytes as it holds; nil if it is not sound,
  /// or holds more than `limit`.
  borrowing func zlib(_ input: [UInt8], limit: Int) -> [UInt8]? {
    upTo(limit) { buffer, filled in
      input.withUnsafeBytes { input in
        guard let from = input.baseAddress, let to = buffer.baseAddress else { return false }
        return libdeflate_zlib_decompress(decompressor, from, input.count, to, limit, &filled)
          == LIBDEFLATE_SUCCESS
      }
    }
  }

  /// Decompresses a stream without header and checksum to as many bytes as it holds; nil as above.
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
    // What stays in a cache must not hold more memory than it has bytes.
    return bytes.count == limit ? bytes : Array(bytes[...])
  }

  /// Decompresses a stream without header and checksum (RFC 1951); answers whether it is sound and
  /// fills `output` exactly. Bytes behind the end of the stream are ignored.
  borrowing func raw(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard let from = input.baseAddress, let to = output.baseAddress else { return false }
    return libdeflate_deflate_decompress(decompressor, from, input.count, to, output.count, nil)
      == LIBDEFLATE_SUCCESS
  }
}

extension Inflate {
  /// A chunk of `count` bytes that `decode` fills; `path` is the file that it is in.
  static func chunk(
    of count: Int, in path: RawPath,
    _ decode: (borrowing Inflate, UnsafeMutableRawBufferPointer) -> Bool
  ) throws(ImageError) -> [UInt8] {
    let inflate = Inflate()
    var isSound = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      isSound = decode(inflate, UnsafeMutableRawBufferPointer(buffer))
      // What is not sound was not all written.
      filled = isSound ? count : 0
    }
    guard isSound else { throw ImageError(damaged: path, "a compressed chunk cannot be decoded") }
    return bytes
  }
}
