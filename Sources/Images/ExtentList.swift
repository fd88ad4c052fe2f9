/// Extents in order; what follows its predecessor on the disk becomes one with it.
struct ExtentList {
  private(set) var all: [Extent] = []

  mutating func append(_ extent: Extent) {
    guard extent.length > 0 else { return }
    if let last = all.last, last.offset.map({ $0 + last.length }) == extent.offset {
      all[all.count - 1] = Extent(offset: last.offset, length: last.length + extent.length)
    } else {
      all.append(extent)
    }
  }
}
