/// Extents in order; extents that are adjacent on the disk are merged.
package struct ExtentList {
  package private(set) var all: [Extent] = []

  package init() {}

  package mutating func append(_ extent: Extent) {
    guard extent.length > 0 else { return }
    if let last = all.last, last.offset.map({ $0 + last.length }) == extent.offset {
      all[all.count - 1] = Extent(offset: last.offset, length: last.length + extent.length)
    } else {
      all.append(extent)
    }
  }
}
