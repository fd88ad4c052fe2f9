/// Bytes of a medium as ranges in order that neither overlap nor touch. Built from any number of ranges at
/// once, and combined in one pass.
struct ByteRanges: Hashable, Sendable {
  private(set) var ranges: [Range<UInt64>] = []

  /// The union of some ranges, in any order, cut at `limit`.
  init(_ unordered: [Range<UInt64>], limit: UInt64) {
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

  /// How many bytes they are.
  var count: UInt64 { ranges.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) } }

  /// Those that share bytes with `window`, whole.
  func ranges(touching window: Range<UInt64>) -> ArraySlice<Range<UInt64>> {
    // They are in order, and none holds the start of another.
    func first(_ isBehind: (Range<UInt64>) -> Bool) -> Int {
      var low = 0
      var high = ranges.count
      while low < high {
        let middle = (low + high) / 2
        if isBehind(ranges[middle]) { high = middle } else { low = middle + 1 }
      }
      return low
    }
    let start = first { $0.upperBound > window.lowerBound }
    let end = first { $0.lowerBound >= window.upperBound }
    return ranges[start..<max(start, end)]
  }

  /// These without those of `other`.
  func subtracting(_ other: ByteRanges) -> ByteRanges {
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

  /// What is in both.
  func intersection(_ other: ByteRanges) -> ByteRanges { subtracting(subtracting(other)) }

  /// These and those of `other`.
  func union(_ other: ByteRanges) -> ByteRanges {
    ByteRanges(ranges + other.ranges, limit: .max)
  }
}
