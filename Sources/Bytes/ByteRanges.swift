/// Byte ranges of a medium, in order, that neither overlap nor touch. Built from any number of
/// ranges at once, and combined in one pass.
package struct ByteRanges: Hashable, Sendable {
  package private(set) var ranges: [Range<UInt64>] = []

  /// Creates the union of ranges, in any order, cut at `limit`.
  package init(_ unordered: [Range<UInt64>], limit: UInt64) {
    let sorted = unordered.sorted { $0.lowerBound < $1.lowerBound }
    for range in sorted where range.lowerBound < limit {
      let end = min(range.upperBound, limit)
      if let last = ranges.last, range.lowerBound <= last.upperBound {
        ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, end)
      } else if range.lowerBound < end {
        ranges.append(range.lowerBound..<end)
      }
    }
  }

  private init() {}

  /// Total number of bytes.
  package var count: UInt64 { ranges.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) } }

  /// Ranges that share bytes with `window`, not cut.
  package func ranges(touching window: Range<UInt64>) -> ArraySlice<Range<UInt64>> {
    // The ranges are in order and do not overlap.
    let start = ranges.partitionPoint { $0.upperBound > window.lowerBound }
    let end = ranges.partitionPoint { $0.lowerBound >= window.upperBound }
    return ranges[start..<max(start, end)]
  }

  /// Difference of these ranges and `other`.
  package func subtracting(_ other: ByteRanges) -> ByteRanges {
    var result = ByteRanges()
    var next = 0
    for range in ranges {
      var start = range.lowerBound
      while next < other.ranges.count, other.ranges[next].upperBound <= start { next += 1 }
      var index = next
      while start < range.upperBound {
        guard index < other.ranges.count, other.ranges[index].lowerBound < range.upperBound else {
          result.ranges.append(start..<range.upperBound)
          break
        }
        let taken = other.ranges[index]
        if start < taken.lowerBound { result.ranges.append(start..<taken.lowerBound) }
        start = max(start, taken.upperBound)
        index += 1
      }
    }
    return result
  }

  /// Ranges that are in both.
  package func intersection(_ other: ByteRanges) -> ByteRanges { subtracting(subtracting(other)) }

  /// Union with `other`.
  package func union(_ other: ByteRanges) -> ByteRanges {
    ByteRanges(ranges + other.ranges, limit: .max)
  }
}
