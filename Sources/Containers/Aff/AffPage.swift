import Bytes
import Evidence

/// One page of an AFF image, with its encoding (afflib, include/afflib/afflib.h:
/// AF_PAGE_COMPRESSED and AF_PAGE_COMP_ALG_MASK of a segment's argument).
struct AffPage {
  private let segment: AffSegment
  private let file: ImageFile

  enum Packing {
    case none, zlib, lzma, zeros
    /// bzip2, or an unknown algorithm.
    case other(String)
  }

  init(_ segment: AffSegment, _ file: ImageFile) {
    self.segment = segment
    self.file = file
  }

  var packing: Packing {
    guard segment.argument & 1 != 0 else { return .none }
    switch segment.argument & 0xF0 {
    case 0x00: return .zlib
    case 0x10: return .other("bzip2")
    case 0x20: return .lzma
    case 0x30: return .zeros
    case let kind: return .other("an unknown method (0x\(String(kind, radix: 16)))")
    }
  }

  /// Length in bytes of a page of zeros, of which only the length is stored.
  func zeros() throws(ImageError) -> UInt64 {
    guard segment.length == 4 else {
      throw ImageError(damaged: file.path, "invalid zero page of \(segment.length) bytes")
    }
    return UInt64(try file.bytes(at: segment.offset, count: 4).big(0, as: UInt32.self))
  }

  /// Decodes the page: all stored bytes, at most `capacity`.
  func bytes(number: UInt64, capacity: Int) throws(ImageError) -> [UInt8] {
    switch packing {
    case .none:
      return try file.bytes(at: segment.offset, count: min(Int(segment.length), capacity))
    case .zeros:
      return [UInt8](repeating: 0, count: Int(min(try zeros(), UInt64(capacity))))
    case .zlib, .lzma:
      // Compressed data is smaller than this; otherwise it is stored uncompressed.
      guard segment.length <= capacity + 1 << 16 else { throw damaged(number) }
      let packed = try file.bytes(at: segment.offset, count: Int(segment.length))
      let isDeflated = if case .zlib = packing { true } else { false }
      let bytes =
        isDeflated
        ? Inflate().zlib(packed, limit: capacity)
        : [UInt8](atMost: capacity, from: packed, Lzma.alone)
      guard let bytes else { throw damaged(number) }
      return bytes
    case .other(let name):
      throw ImageError(
        "\(file.path.shown): page \(number) is compressed with \(name); recompress the image with zlib"
          + " (affconvert)", .unsupported)
    }
  }

  private func damaged(_ number: UInt64) -> ImageError {
    ImageError(damaged: file.path, "page \(number) cannot be decoded")
  }
}
