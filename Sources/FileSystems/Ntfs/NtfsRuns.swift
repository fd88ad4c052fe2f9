import Evidence

/// Cluster runs of one stream, assembled from the entries that contain them.
struct NtfsRuns {
  /// Run of clusters; nil for a hole.
  struct ClusterRun {
    let cluster: UInt64?
    let count: UInt64
  }

  private(set) var runs: [ClusterRun] = []
  /// Next cluster of the stream.
  private(set) var nextCluster: UInt64 = 0
  /// Whether the last runs appended were not understood: later runs are not trusted.
  private(set) var isDamaged = false

  /// Limit of runs in a stream; more than in any real one.
  private static let maximumCount = 500_000

  /// Appends the encoded runs of an attribute (libfsntfs, data runs): a byte with the widths of
  /// two numbers, the number of clusters, and the signed distance from the preceding run's first
  /// cluster.
  mutating func append(_ record: UnsafeRawBufferPointer, _ content: NtfsAttribute.ClusterContent) {
    guard content.firstCluster == nextCluster else {
      isDamaged = true
      return
    }
    var position = content.runs.lowerBound
    var cluster: Int64 = 0
    while position < content.runs.upperBound, record[position] != 0 {
      let countWidth = Int(record[position] & 0x0F)
      let distanceWidth = Int(record[position] >> 4)
      position += 1
      guard (1...8).contains(countWidth), distanceWidth <= 8,
        position + countWidth + distanceWidth <= content.runs.upperBound,
        runs.count < Self.maximumCount
      else {
        isDamaged = true
        return
      }
      let count = UInt64(bitPattern: Self.number(record, position, countWidth, isSigned: false))
      position += countWidth
      let (next, overflow) = nextCluster.addingReportingOverflow(count)
      guard count > 0, !overflow, next <= 1 << 52 else {
        isDamaged = true
        return
      }
      if distanceWidth == 0 {
        runs.append(ClusterRun(cluster: nil, count: count))
      } else {
        let distance = Self.number(record, position, distanceWidth, isSigned: true)
        let (sum, overflow) = cluster.addingReportingOverflow(distance)
        guard !overflow, sum >= 0, sum <= 1 << 52 else {
          isDamaged = true
          return
        }
        cluster = sum
        runs.append(ClusterRun(cluster: UInt64(cluster), count: count))
      }
      position += distanceWidth
      nextCluster = next
    }
  }

  private static func number(
    _ record: UnsafeRawBufferPointer, _ position: Int, _ width: Int, isSigned: Bool
  ) -> Int64 {
    var bits: UInt64 = 0
    for index in 0..<width { bits |= UInt64(record[position + index]) << UInt64(8 * index) }
    guard isSigned, width < 8, record[position + width - 1] & 0x80 != 0 else {
      return Int64(bitPattern: bits)
    }
    return Int64(bitPattern: bits | ~0 << UInt64(8 * width))
  }

  /// Runs of the clusters in the image.
  func stored(_ geometry: NtfsGeometry) -> [Run] {
    runs.compactMap { run in
      guard let cluster = run.cluster else { return nil }
      let (offset, overflow) = cluster.multipliedReportingOverflow(by: geometry.clusterSize)
      let (place, placeOverflows) = offset.addingReportingOverflow(geometry.start)
      let (length, lengthOverflows) = run.count.multipliedReportingOverflow(
        by: geometry.clusterSize)
      guard !overflow, !placeOverflows, !lengthOverflows else { return nil }
      return Run(offset: place, length: length)
    }
  }

  /// First `size` bytes as extents of the image, with zeros after the first `written` bytes; nil
  /// if the runs are shorter.
  func extents(size: UInt64, written: UInt64, _ geometry: NtfsGeometry) -> [Extent]? {
    guard !isDamaged,
      case (let extents, let length)? = part(size: size, written: written, geometry),
      length == size
    else { return nil }
    return extents
  }

  /// Extents as far as the runs reach (see ``extents(size:written:_:)``), and their length in bytes; nil if a
  /// run is impossible.
  func part(size: UInt64, written: UInt64, _ geometry: NtfsGeometry)
    -> (extents: [Extent], length: UInt64)?
  {
    var list = ExtentList()
    var remaining = min(size, written)
    for run in runs where remaining > 0 {
      let (length, overflow) = run.count.multipliedReportingOverflow(by: geometry.clusterSize)
      let taken = overflow ? remaining : min(length, remaining)
      if let cluster = run.cluster {
        let (offset, overflow) = cluster.multipliedReportingOverflow(by: geometry.clusterSize)
        let (place, placeOverflows) = offset.addingReportingOverflow(geometry.start)
        guard !overflow, !placeOverflows, place <= UInt64(Int64.max) else { return nil }
        list.append(Extent(offset: place, length: taken))
      } else {
        list.append(Extent(offset: nil, length: taken))
      }
      remaining -= taken
    }
    let held = min(size, written) - remaining
    guard remaining == 0 else { return (list.all, held) }
    list.append(Extent(offset: nil, length: size - held))
    return (list.all, size)
  }
}
