import Containers
import Evidence

extension NtfsTable {
  /// Passes on the runs of clusters that are free in `$Bitmap`, entry 6 (one bit per cluster,
  /// lowest first), then the space behind the last cluster, open-ended.
  func forEachFreeRun(_ body: (Run) throws(ImageError) -> Void) throws(ImageError) {
    var record = [UInt8](repeating: 0, count: geometry.recordSize)
    var attributes = NtfsAttributes()
    guard try read(6, into: &record) == .whole else {
      throw ImageError("the cluster bitmap is damaged")
    }
    attributes.add(record, entry: 6)
    _ = try attributes.addListed(self, of: 6)
    guard
      let stream = attributes.streams(of: NtfsAttribute.Kind.data).first(where: \.name.isEmpty),
      let extents = attributes.extents(of: stream, self)
    else { throw ImageError("the cluster bitmap cannot be found") }
    var cluster: UInt64 = 0
    var start: UInt64?
    func run(to end: UInt64) throws(ImageError) {
      guard let first = start else { return }
      start = nil
      try body(
        Run(
          offset: geometry.start + first * geometry.clusterSize,
          length: (end - first) * geometry.clusterSize))
    }
    for piece in pieces(of: extents, length: 1 << 20) {
      guard cluster < geometry.clusterCount else { break }
      for byte in try bytes(of: [piece]) {
        // Nearly all bytes of the bitmap are 0xFF or 0.
        if byte == 0xFF, start == nil || cluster >= geometry.clusterCount {
          cluster += 8
          continue
        }
        for bit in 0..<UInt64(8) {
          let isFree = byte >> UInt8(bit) & 1 == 0 && cluster + bit < geometry.clusterCount
          if isFree, start == nil { start = cluster + bit }
          if !isFree, start != nil { try run(to: cluster + bit) }
        }
        cluster += 8
      }
    }
    try run(to: min(cluster, geometry.clusterCount))
    let end = geometry.start + geometry.clusterCount * geometry.clusterSize
    try body(Run(offset: end, length: UInt64.max - end))
  }

  private func pieces(of extents: [Extent], length: UInt64) -> some Sequence<Extent> {
    extents.lazy.flatMap { extent in
      stride(from: 0, to: extent.length, by: Int(length)).lazy.map { start in
        Extent(
          offset: extent.offset.map { $0 + start }, length: min(length, extent.length - start))
      }
    }
  }
}
