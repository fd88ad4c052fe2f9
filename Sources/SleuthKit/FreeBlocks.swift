import Evidence

/// Joins free blocks to runs.
final class FreeBlocks {
  private let start: UInt64
  private let size: UInt64
  private(set) var runs: [Run] = []

  init(_ start: UInt64, _ size: UInt64) {
    self.start = start
    self.size = size
  }

  func add(_ block: UInt64, count: UInt64) {
    let (offset, overflow) = block.multipliedReportingOverflow(by: size)
    let (place, placeOverflows) = offset.addingReportingOverflow(start)
    let (length, lengthOverflows) = count.multipliedReportingOverflow(by: size)
    guard !overflow, !placeOverflows, !lengthOverflows else { return }
    if let last = runs.last, last.offset &+ last.length == place, last.length <= .max - length {
      runs[runs.count - 1] = Run(offset: last.offset, length: last.length + length)
    } else {
      runs.append(Run(offset: place, length: length))
    }
  }

  func behind(_ lastBlock: UInt64) -> Run {
    let end = lastBlock.addingReportingOverflow(1)
    let offset = end.partialValue.multipliedReportingOverflow(by: size)
    let place = offset.partialValue.addingReportingOverflow(start)
    guard !end.overflow, !offset.overflow, !place.overflow else { return Run(offset: 0, length: 0) }
    return Run(offset: place.partialValue, length: UInt64.max - place.partialValue)
  }
}
