import Bytes
import Evidence

/// Target of a map entry: a stream, or a symbolic stream that is only a name (AFF4 Standard
/// v1.0, "Symbolic Streams").
enum Aff4Target: Sendable {
  case stream(Aff4Stream)
  /// One repeated byte: aff4:Zero, aff4:SymbolicStream61.
  case byte(UInt8)
  /// aff4:UnknownData: omitted during acquisition.
  case unknown
  /// aff4:UnreadableData: unreadable during acquisition.
  case unreadable

  enum Kind: Hashable {
    case known, unknown, unreadable
  }

  init(_ iri: String, _ volume: Aff4Volume, number: Int) throws(ImageError) {
    let path = volume.file.path
    switch iri {
    case Aff4Schema.base + "Zero": self = .byte(0)
    case Aff4Schema.base + "FFDevice": self = .byte(0xFF)
    case Aff4Schema.base + "UnknownData": self = .unknown
    case Aff4Schema.base + "UnreadableData": self = .unreadable
    case let name where name.hasPrefix(Aff4Schema.base + "SymbolicStream"):
      guard let byte = UInt8(name.dropFirst(Aff4Schema.base.count + 14), radix: 16) else {
        throw ImageError(damaged: path, "a stream with an unknown symbol")
      }
      self = .byte(byte)
    default:
      let types = volume.graph.types(iri)
      guard !types.contains(Aff4Schema.base + "EncryptedStream") else {
        throw Aff4Image.encrypted(path)
      }
      guard types.contains(where: Aff4Image.streamTypes.contains), !volume.isElsewhere(iri) else {
        throw ImageError(
          unsupported: path,
          "part of a multi-file AFF4 image (striped or appended), or a map of maps")
      }
      self = .stream(try Aff4Stream(volume, iri, number: number))
    }
  }

  var kind: Kind {
    switch self {
    case .unknown: .unknown
    case .unreadable: .unreadable
    case .stream, .byte: .known
    }
  }

  /// Content at `offset` of the target, for up to `length` bytes.
  func piece(at offset: UInt64, length: UInt64, of path: RawPath) throws(ImageError) -> Piece {
    switch self {
    case .byte(0): return Piece(.zeros, length: length)
    case .byte(let byte):
      return Piece(
        .packed(RepeatedByte.chunks, chunk: UInt64(byte), at: 0),
        length: min(length, UInt64(RepeatedByte.count)))
    case .unknown:
      throw ImageError("\(path.shown): this part of the medium was not acquired (aff4:UnknownData)")
    case .unreadable:
      throw ImageError(
        "\(path.shown): this part of the medium was unreadable when acquired"
          + " (aff4:UnreadableData)")
    case .stream(let stream):
      guard offset < stream.size else {
        throw ImageError(damaged: path, "the map points beyond the end of a stream")
      }
      let piece = try stream.piece(at: offset)
      return Piece(piece.content, length: min(piece.length, length))
    }
  }
}

/// Chunks of one repeated byte.
private final class RepeatedByte: ChunkDecoder {
  static let chunks = RepeatedByte()
  static let count = 32768
  private let cache = ChunkCache<UInt64>(capacity: 1 << 20, shards: 1)

  func chunk(_ index: UInt64) -> [UInt8] {
    cache.chunk(index) { [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: Self.count) }
  }
}
