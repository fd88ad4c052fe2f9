import Bytes
import Evidence

/// A stream of an AFF4 container that is put together from places of others (AFF4 Standard v1.0, "Map"): the
/// medium of most images. What was not acquired, or could not be read then, is an error where it is read.
final class Aff4Map: MappedImage {
  let size: UInt64
  /// Bytes that were left out on purpose, and bytes that could not be read, when it was acquired.
  let unknown: UInt64
  let unreadable: UInt64
  private let path: RawPath
  /// In order, without overlap.
  private let entries: [Aff4MapEntry]
  private let targets: [Aff4Target]
  /// What lies between entries.
  private let gap: Aff4Target

  /// Each takes 32 bytes of memory here.
  private static let maximumEntries: UInt64 = 1 << 22
  private static let maximumTargets: UInt64 = 1 << 20

  init(_ volume: Aff4Volume, _ subject: String) throws(ImageError) {
    path = volume.file.path
    guard let map = volume.member(subject + "/map"), let index = volume.member(subject + "/idx")
    else { throw ImageError(damaged: path, "a map of its medium is missing") }
    guard map.length / Aff4MapEntry.size <= Self.maximumEntries, index.length <= Self.maximumTargets
    else { throw ImageError(unsupported: path, "a map of \(map.length) bytes") }
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
      throw ImageError(damaged: path, "a medium of \(size) bytes")
    }
    var sums: [Aff4Target.Kind: UInt64] = [:]
    for entry in entries {
      sums[targets[entry.target].kind, default: 0] += UInt64(entry.range.count)
    }
    // What no entry covers.
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
      // There are 256 symbols, and names that stand for some of them.
      guard targets.count < 512, known.insert(Array(line)).inserted else {
        throw ImageError(
          unsupported: volume.file.path, "a map of too many symbols, or one named twice")
      }
      let name = String(decoding: line, as: UTF8.self)
      let target = try Aff4Target(name, volume, number: targets.count)
      // Each looks for its segments among all members.
      if case .stream = target { streams += 1 }
      guard streams <= 16 else {
        throw ImageError(unsupported: volume.file.path, "a map of more than 16 streams")
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
        throw ImageError(damaged: path, "an entry of its map at an impossible place")
      }
      if !entry.range.isEmpty { entries.append(entry) }
    }
    guard bytes.count % Int(Aff4MapEntry.size) == 0 else {
      throw ImageError(damaged: path, "its map is cut off")
    }
    entries.sort { $0.range.lowerBound < $1.range.lowerBound }
    guard
      zip(entries, entries.dropFirst()).allSatisfy({ $0.range.upperBound <= $1.range.lowerBound })
    else { throw ImageError(damaged: path, "entries of its map overlap") }
    return entries
  }

  var chunks: ChunkCounts {
    targets.reduce(ChunkCounts()) { counts, target in
      if case .stream(let stream) = target { return counts + stream.chunks }
      return counts
    }
  }

  /// Segments that are missing in the streams that it is put together from.
  var missingSegments: Int {
    targets.reduce(0) { count, target in
      if case .stream(let stream) = target { return count + stream.missingSegments }
      return count
    }
  }

  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    // The first entry that ends behind it.
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].range.upperBound <= offset { low = middle + 1 } else { high = middle }
    }
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

/// 28 bytes, little-endian: where in the medium, how many bytes, where in the target, which target.
struct Aff4MapEntry {
  let range: Range<UInt64>
  /// Where in the target it begins.
  let start: UInt64
  let target: Int

  static let size: UInt64 = 28

  /// nil if it lies beyond what numbers can hold.
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
