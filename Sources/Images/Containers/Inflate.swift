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
