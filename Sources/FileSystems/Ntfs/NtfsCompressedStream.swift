import Bytes
import Containers
import Evidence

/// A compressed stream: units of clusters, each compressed, stored as it is, or not stored.
/// Source: libfsntfs, "NTFS metadata files and attributes", compressed data.
struct NtfsCompressedStream {
  private let runs: [NtfsRuns.ClusterRun]
  /// First cluster in the stream of each run.
  private let starts: [UInt64]
  private let clusters: UInt64
  private let geometry: NtfsGeometry
  /// Number of clusters in a unit.
  private let unitClusters: UInt64
  private let size: UInt64
  private let written: UInt64

  /// Largest unit: 16 clusters of 4 KiB by NTFS, more by others.
  private static let maximumUnit: UInt64 = 1 << 20

  /// Creates a stream; nil if it is not one of compressed units, or its runs are damaged.
  init?(_ stream: NtfsStream, _ geometry: NtfsGeometry) {
    guard stream.attribute.isCompressed, case .clusters(let content) = stream.attribute.content,
      !stream.runs.isDamaged, (1...16).contains(content.compressionUnit),
      geometry.clusterSize << UInt64(content.compressionUnit) <= Self.maximumUnit
    else { return nil }
    runs = stream.runs.runs
    var next: UInt64 = 0
    starts = runs.map { run in
      defer { next += run.count }
      return next
    }
    clusters = next
    self.geometry = geometry
    unitClusters = 1 << UInt64(content.compressionUnit)
    size = stream.size
    written = min(stream.written, stream.size)
  }

  /// Bytes of the content from `offset`, fewer than `count` only at its end. Throws if a unit of
  /// them is damaged.
  func bytes(at offset: UInt64, count: Int, _ table: NtfsTable) throws(ImageError) -> [UInt8] {
    guard offset < size else { return [] }
    let end = offset + min(UInt64(max(0, count)), size - offset)
    var bytes = [UInt8]()
    bytes.reserveCapacity(Int(end - offset))
    let unit = unitClusters * geometry.clusterSize
    while offset + UInt64(bytes.count) < end {
      let position = offset + UInt64(bytes.count)
      guard position < written else {
        bytes += [UInt8](repeating: 0, count: Int(end - position))
        break
      }
      let first = position / unit * unit
      let length = Int(min(unit, written - first))
      let content = try self.unit(first / unit, length: length, table)
      let inside = Int(position - first)
      bytes += content[inside..<min(length, Int(end - first))]
    }
    return bytes
  }

  /// First `length` bytes of a unit, decoded.
  private func unit(_ number: UInt64, length: Int, _ table: NtfsTable) throws(ImageError)
    -> [UInt8]
  {
    guard let unit = places(of: number) else {
      throw ImageError("the runs of compression unit \(number) of the content are damaged")
    }
    guard !unit.extents.isEmpty else { return [UInt8](repeating: 0, count: length) }
    let bytes = try table.bytes(of: unit.extents)
    guard bytes.count == unit.extents.reduce(0, { $0 + Int($1.length) }) else {
      throw ImageError("the image ends inside compression unit \(number)", .truncated)
    }
    // A unit that does not become smaller is stored as it is.
    if !unit.hasHole, bytes.count >= length { return Array(bytes[..<length]) }
    let limit = Int(unitClusters * geometry.clusterSize)
    guard
      let decoded = bytes.withUnsafeBytes({ Lznt1.decode($0, count: length, limit: limit) })
    else { throw ImageError("compression unit \(number) of the content is damaged") }
    return Array(decoded[..<length])
  }

  /// Stored clusters of a unit, and whether a hole follows them; nil if the hole does not end it,
  /// or a place is impossible.
  private func places(of number: UInt64) -> (extents: [Extent], hasHole: Bool)? {
    let first = number * unitClusters
    let end = min(first + unitClusters, clusters)
    var list = ExtentList()
    var hasHole = first >= clusters
    var next = first
    var index = starts.partitionPoint { $0 > first } - 1
    while next < end, runs.indices.contains(index) {
      let skipped = next - starts[index]
      let count = min(end - next, runs[index].count - skipped)
      if let cluster = runs[index].cluster {
        let (offset, overflow) = (cluster + skipped).multipliedReportingOverflow(
          by: geometry.clusterSize)
        let (place, placeOverflows) = offset.addingReportingOverflow(geometry.start)
        guard !hasHole, !overflow, !placeOverflows, place <= UInt64(Int64.max) else { return nil }
        list.append(Extent(offset: place, length: count * geometry.clusterSize))
      } else {
        hasHole = true
      }
      next += count
      index += 1
    }
    return (list.all, hasHole)
  }
}
