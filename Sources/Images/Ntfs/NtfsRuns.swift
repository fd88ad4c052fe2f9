/// Cluster runs of one stream, put together from the entries that hold them.
struct NtfsRuns {
  /// A run of clusters; nil is a hole.
  struct ClusterRun {
    let cluster: UInt64?
    let count: UInt64
  }

  private(set) var runs: [ClusterRun] = []
  /// The cluster of the stream that comes next.
  private(set) var nextCluster: UInt64 = 0
  /// Whether what was appended last could not be understood: runs after it are not to be trusted.
  private(set) var isDamaged = false

  /// A stream may have so many; more than any real one.
  private static let maximumCount = 500_000

  /// Appends the encoded runs of an attribute (libfsntfs, data runs): a byte with the widths of two numbers,
  /// the count of clusters, and the signed distance of the first from that of the run before.
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

  /// The first `size` bytes as extents of the image; nil if the runs do not hold so many. Zeros after
  /// the first `written` bytes.
  func extents(size: UInt64, written: UInt64, _ geometry: NtfsGeometry) -> [Extent]? {
    guard !isDamaged else { return nil }
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
    guard remaining == 0 else { return nil }
    list.append(Extent(offset: nil, length: size - min(size, written)))
    return list.all
  }
}
