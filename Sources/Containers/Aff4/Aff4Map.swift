import Bytes
import Evidence

/// A stream of an AFF4 container assembled from parts of others (AFF4 Standard v1.0, "Map"):
/// the medium of most images. Reading a part that was not acquired, or was unreadable during
/// acquisition, is an error.
final class Aff4Map: MappedImage {
  let size: UInt64
  /// Bytes that were intentionally omitted, and bytes that could not be read, during acquisition.
  let unknown: UInt64
  let unreadable: UInt64
  private let path: RawPath
  /// Entries in order, without overlap.
  private let entries: [Aff4MapEntry]
  private let targets: [Aff4Target]
  /// Target of ranges between entries.
  private let gap: Aff4Target

  /// Limit of entries; each takes 32 bytes of memory.
  private static let maximumEntries: UInt64 = 1 << 22
  private static let maximumTargets: UInt64 = 1 << 20

  init(_ volume: Aff4Volume, _ subject: String) throws(ImageError) {
    path = volume.file.path
    guard let map = volume.member(subject + "/map"), let index = volume.member(subject + "/idx")
    else { throw ImageError(damaged: path, "the map of the medium is missing") }
    guard map.length / Aff4MapEntry.size <= Self.maximumEntries, index.length <= Self.maximumTargets
    else { throw ImageError(unsupported: path, "the map of \(map.length) bytes is too large") }
    targets = try Self.targets(
      try volume.archive.bytes(of: index, at: 0, count: Int(index.length)), volume)
    if let name = volume.graph.values(subject, Aff4Schema.gap).first?.text {
      gap = try Aff4Target(name, volume, number: targets.count)
    } else {
      gap = .byte(0)
    }
    let bytes = try volume.archive.bytes(of: map, at: 0, count: Int(map.length))
    entries = try Self.entries(bytes, targets.count, path)
    let end = entries.last?.range.upperBound ?? 0
    size = max(volume.number(subject, Aff4Schema.size) ?? 0, end)
    guard size <= UInt64(Int64.max) else {
      throw ImageError(damaged: path, "invalid medium size of \(size) bytes")
    }
    var sums: [Aff4Target.Kind: UInt64] = [:]
    for entry in entries {
      sums[targets[entry.target].kind, default: 0] += UInt64(entry.range.count)
    }
    // Bytes that no entry covers.
    sums[gap.kind, default: 0] += size - entries.reduce(0) { $0 + UInt64($1.range.count) }
    (unknown, unreadable) = (sums[.unknown] ?? 0, sums[.unreadable] ?? 0)
  }

  private static func targets(_ lines: [UInt8], _ volume: Aff4Volume) throws(ImageError)
    -> [Aff4Target]
  {
    var targets = [Aff4Target]()
    var known = Set<[UInt8]>()
    var streams = 0
    for line in lines.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      // There are 256 symbols, and further names for some of them.
      guard targets.count < 512, known.insert(Array(line)).inserted else {
        throw ImageError(
          unsupported: volume.file.path, "a map with too many symbols, or a duplicate one")
      }
      let name = String(decoding: line, as: UTF8.self)
      let target = try Aff4Target(name, volume, number: targets.count)
      // Each stream searches for its segments among all members.
      if case .stream = target { streams += 1 }
      guard streams <= 16 else {
        throw ImageError(unsupported: volume.file.path, "a map with more than 16 streams")
      }
      targets.append(target)
    }
    return targets
  }

  private static func entries(_ bytes: [UInt8], _ targets: Int, _ path: RawPath)
    throws(ImageError) -> [Aff4MapEntry]
  {
    var entries = [Aff4MapEntry]()
    entries.reserveCapacity(bytes.count / Int(Aff4MapEntry.size))
    for place in stride(
      from: 0, through: bytes.count - Int(Aff4MapEntry.size), by: Int(Aff4MapEntry.size))
    {
      guard let entry = Aff4MapEntry(bytes, at: place), entry.target < targets else {
        throw ImageError(damaged: path, "a map entry is out of range")
      }
      if !entry.range.isEmpty { entries.append(entry) }
    }
    guard bytes.count % Int(Aff4MapEntry.size) == 0 else {
      throw ImageError(damaged: path, "the map is truncated")
    }
    entries.sort { $0.range.lowerBound < $1.range.lowerBound }
    guard
      zip(entries, entries.dropFirst()).allSatisfy({ $0.range.upperBound <= $1.range.lowerBound })
    else { throw ImageError(damaged: path, "map entries overlap") }
    return entries
  }

  var chunks: ChunkCounts {
    targets.reduce(ChunkCounts()) { counts, target in
      if case .stream(let stream) = target { return counts + stream.chunks }
      return counts
    }
  }

  /// Number of segments missing in the streams that it consists of.
  var missingSegments: Int {
    targets.reduce(0) { count, target in
      if case .stream(let stream) = target { return count + stream.missingSegments }
      return count
    }
  }

  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    // First entry that ends behind the offset.
    let low = entries.partitionPoint { $0.range.upperBound > offset }
    guard low < entries.count, entries[low].range.lowerBound <= offset else {
      let end = low < entries.count ? entries[low].range.lowerBound : size
      return try gap.piece(at: offset, length: end - offset, of: path)
    }
    let entry = entries[low]
    let inside = offset - entry.range.lowerBound
    return try targets[entry.target].piece(
      at: entry.start + inside, length: entry.range.upperBound - offset, of: path)
  }
}

/// Map entry of 28 bytes, little-endian: offset in the medium, length in bytes, offset in the
/// target, number of the target.
struct Aff4MapEntry {
  let range: Range<UInt64>
  /// Offset of its beginning in the target.
  let start: UInt64
  let target: Int

  static let size: UInt64 = 28

  /// Parses an entry; nil if its end overflows.
  init?(_ bytes: [UInt8], at place: Int) {
    let offset: UInt64 = bytes.little(place)
    let length: UInt64 = bytes.little(place + 8)
    start = bytes.little(place + 16)
    target = Int(bytes.little(place + 24, as: UInt32.self))
    let last = UInt64(Int64.max)
    guard offset <= last, length <= last - offset, start <= last, length <= last - start else {
      return nil
    }
    range = offset..<(offset + length)
  }
}
