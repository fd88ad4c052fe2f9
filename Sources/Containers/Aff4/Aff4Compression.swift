import Bytes
import Evidence

/// Compression of a stream's chunks, by the IRIs of the AFF4 Standard v1.0. A chunk whose
/// stored length is the chunk size is not compressed, whatever the method.
enum Aff4Compression: Sendable {
  case none, zlib, deflate, snappy, lz4
  /// Pre-standard imagers compressed every chunk.
  case snappyAlways

  init(_ iri: String?, _ path: RawPath) throws(ImageError) {
    switch iri {
    case nil, "http://aff4.org/Schema#NullCompressor", "http://aff4.org/Schema#compression/stored":
      self = .none
    case "https://www.ietf.org/rfc/rfc1950.txt": self = .zlib
    case "https://tools.ietf.org/html/rfc1951": self = .deflate
    case "http://code.google.com/p/snappy/": self = .snappy
    case "https://github.com/google/snappy": self = .snappyAlways
    case "https://code.google.com/p/lz4/", "https://github.com/lz4/lz4": self = .lz4
    case let other?:
      throw ImageError(unsupported: path, "unsupported chunk compression \(RawPath(other).shown)")
    }
  }

  /// Decodes a chunk; nil if it is invalid.
  func decode(_ stored: [UInt8], chunkSize: Int) -> [UInt8]? {
    switch self {
    case .none: return stored
    case .snappyAlways:
      return [UInt8](atMost: chunkSize, from: stored, Snappy.decode)
        ?? (stored.count == chunkSize ? stored : nil)
    case _ where stored.count == chunkSize: return stored
    case .zlib: return Inflate().zlib(stored, limit: chunkSize)
    case .deflate: return Inflate().raw(stored, limit: chunkSize)
    case .snappy: return [UInt8](atMost: chunkSize, from: stored, Snappy.decode)
    case .lz4:
      let plain = [UInt8](atMost: chunkSize, from: stored, LZ4.decode)
      if plain?.count == chunkSize { return plain }
      return lengthFirst(stored, chunkSize) ?? plain
    }
  }

  /// pyaff4 writes the length before the block.
  private func lengthFirst(_ stored: [UInt8], _ chunkSize: Int) -> [UInt8]? {
    guard stored.count > 4, Int(stored.little(0) as UInt32) <= chunkSize else { return nil }
    let bytes = [UInt8](atMost: chunkSize, from: Array(stored[4...]), LZ4.decode)
    return bytes?.count == Int(stored.little(0) as UInt32) ? bytes : nil
  }
}
