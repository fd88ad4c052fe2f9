import Bytes
import Evidence

/// One page of an AFF image, and what was done to it (afflib, include/afflib/afflib.h: AF_PAGE_COMPRESSED and
/// AF_PAGE_COMP_ALG_MASK of a segment's argument).
struct AffPage {
  private let segment: AffSegment
  private let file: ImageFile

  enum Packing {
    case none, zlib, lzma, zeros
    /// bzip2, or one that is unknown.
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

  /// How many bytes a page has that is nothing but zeros: that is all that is stored of it.
  func zeros() throws(ImageError) -> UInt64 {
    guard segment.length == 4 else {
      throw ImageError(damaged: file.path, "a page of zeros of \(segment.length) bytes")
    }
    return UInt64(try file.bytes(at: segment.offset, count: 4).big(0, as: UInt32.self))
  }

  /// The page, decoded: as many bytes as are stored of it, and no more than `capacity`.
  func bytes(number: UInt64, capacity: Int) throws(ImageError) -> [UInt8] {
    switch packing {
    case .none:
      return try file.bytes(at: segment.offset, count: min(Int(segment.length), capacity))
    case .zeros:
      return [UInt8](repeating: 0, count: Int(min(try zeros(), UInt64(capacity))))
    case .zlib, .lzma:
      // What is compressed is smaller, or was kept as it was.
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
        "\(file.path.shown): page \(number) is compressed by \(name); convert it with affconvert to an"
          + " image that is compressed by zlib", .unsupported)
    }
  }

  private func damaged(_ number: UInt64) -> ImageError {
    ImageError(damaged: file.path, "page \(number) does not decode")
  }
}
