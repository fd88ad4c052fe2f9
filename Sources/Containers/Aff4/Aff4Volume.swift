import Bytes
import Evidence

/// An AFF4 container (AFF4 Standard v1.0): a Zip archive whose `information.turtle` assigns its
/// members to streams.
final class Aff4Volume: Sendable {
  let archive: ZipArchive
  let graph: TurtleGraph
  /// Name of the volume; empty if it has none.
  private let name: String
  /// Members by their unescaped names.
  private let members: [String: ZipMember]

  /// Decoded chunks of all streams.
  let chunks = ChunkCache<ChunkName>()

  /// A chunk of one of the streams.
  struct ChunkName: Hashable, Sendable {
    let stream: Int
    let index: UInt64
  }

  var file: ImageFile { archive.file }

  /// Largest description in bytes; that of one disk has some 10 KB.
  private static let maximumDescription: UInt64 = 16 << 20

  init(_ file: ImageFile) throws(ImageError) {
    archive = try ZipArchive(file)
    guard let description = archive.members["information.turtle"] else {
      throw ImageError(damaged: file.path, "information.turtle is missing")
    }
    guard description.length <= Self.maximumDescription else {
      throw ImageError(
        damaged: file.path, "information.turtle of \(description.length) bytes is too large")
    }
    let text = try archive.bytes(of: description, at: 0, count: Int(description.length))
    guard let graph = TurtleGraph(text, properties: Aff4Schema.properties) else {
      throw ImageError(damaged: file.path, "information.turtle cannot be parsed")
    }
    self.graph = graph
    var members = [String: ZipMember](minimumCapacity: archive.members.count)
    for (name, member) in archive.members { members[Self.unescaped(name)] = member }
    self.members = members
    var name = ""
    if let member = members["container.description"], member.length <= 4096 {
      let bytes = try archive.bytes(of: member, at: 0, count: Int(member.length))
      name = String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self)
    }
    self.name = name
  }

  /// Member that an IRI names: by the complete IRI, without its scheme, or relative to the
  /// volume.
  func member(_ iri: String) -> ZipMember? {
    let iri = Self.unescaped(iri)
    if let member = members[iri] { return member }
    if !name.isEmpty, iri.hasPrefix(name + "/"),
      let member = members[String(iri.dropFirst(name.count + 1))]
    {
      return member
    }
    return iri.hasPrefix("aff4://") ? members[String(iri.dropFirst(7))] : nil
  }

  /// Whether a subject is stored in a different volume.
  func isElsewhere(_ subject: String) -> Bool {
    let places = graph.values(subject, Aff4Schema.stored).map(\.text)
    return !places.isEmpty && !name.isEmpty && !places.contains(name)
  }

  /// Number of a property; nil if it is missing or not a number.
  func number(_ subject: String, _ properties: String...) -> UInt64? {
    for property in properties {
      if let text = graph.values(subject, property).first?.text { return UInt64(text) }
    }
    return nil
  }

  /// Digests of a subject that cover all its bytes.
  func digests(_ subject: String) -> [StoredDigest] {
    graph.values(subject, Aff4Schema.hash).compactMap { value in
      let kind: (StoredDigest.Algorithm, Int)? =
        switch value.type {
        case Aff4Schema.base + "MD5": (.md5, 16)
        case Aff4Schema.base + "SHA1": (.sha1, 20)
        case Aff4Schema.base + "SHA256": (.sha256, 32)
        default: nil
        }
      guard let (algorithm, count) = kind, let bytes = Self.bytes(hexadecimal: value.text),
        bytes.count == count
      else { return nil }
      return StoredDigest(algorithm, bytes)
    }
  }

  private static func bytes(hexadecimal text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2), digits.count <= 128 else { return nil }
    var bytes = [UInt8]()
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard
        let byte = UInt8(String(decoding: digits[place..<(place + 2)], as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  /// Decodes `%3A` and similar escapes in a name.
  private static func unescaped(_ name: String) -> String {
    guard name.utf8.contains(UInt8(ascii: "%")) else { return name }
    let bytes = Array(name.utf8)
    var plain = [UInt8]()
    var position = 0
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "%"), position + 2 < bytes.count,
        let byte = UInt8(
          String(decoding: bytes[(position + 1)...(position + 2)], as: UTF8.self), radix: 16)
      {
        plain.append(byte)
        position += 3
      } else {
        plain.append(bytes[position])
        position += 1
      }
    }
    return String(decoding: plain, as: UTF8.self)
  }
}

/// Names of AFF4 (AFF4 Standard v1.0, and those of earlier imagers).
enum Aff4Schema {
  static let base = "http://aff4.org/Schema#"
  static let size = base + "size"
  static let chunkSize = base + "chunkSize"
  static let chunksInSegment = base + "chunksInSegment"
  static let compression = base + "compressionMethod"
  static let dataStream = base + "dataStream"
  static let hash = base + "hash"
  static let stored = base + "stored"
  static let gap = base + "mapGapDefaultStream"
  /// Names used by pmem and the first aff4imager.
  static let oldChunkSize = base + "chunk_size"
  static let oldChunksInSegment = base + "chunks_per_segment"
  static let oldCompression = base + "compression"

  static let properties: Set<String> = [
    size, chunkSize, chunksInSegment, compression, dataStream, hash, stored, gap, oldChunkSize,
    oldChunksInSegment, oldCompression,
  ]
}
