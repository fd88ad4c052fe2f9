import Bytes
import TestSupport
import Testing

/// Ranges of bytes, compared with sets of numbers.
@Suite struct ByteRangesTests {
  private func random(_ generator: inout SeededGenerator) -> [Range<UInt64>] {
    (0..<generator.number(0...6)).map { _ in
      let start = UInt64(generator.number(0...40))
      return start..<(start + UInt64(generator.number(0...10)))
    }
  }

  private func numbers(_ ranges: [Range<UInt64>], below limit: UInt64 = .max) -> Set<UInt64> {
    Set(ranges.joined()).filter { $0 < limit }
  }

  private func isInOrder(_ ranges: ByteRanges) -> Bool {
    ranges.ranges.allSatisfy { !$0.isEmpty }
      && zip(ranges.ranges, ranges.ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound }
  }

  @Test func operationsAreThoseOfSets() {
    var generator = SeededGenerator(seed: 14)
    for _ in 0..<3000 {
      let (left, right) = (random(&generator), random(&generator))
      let limit = UInt64(generator.number(0...50))
      let first = ByteRanges(left, limit: limit)
      let second = ByteRanges(right, limit: .max)
      let (one, two) = (numbers(left, below: limit), numbers(right))
      #expect(numbers(first.ranges) == one && isInOrder(first) && first.count == UInt64(one.count))
      for (result, expected) in [
        (first.union(second), one.union(two)), (first.subtracting(second), one.subtracting(two)),
        (first.intersection(second), one.intersection(two)),
      ] {
        #expect(numbers(result.ranges) == expected && isInOrder(result), "\(left) \(right)")
      }
      let window = UInt64(generator.number(0...20))..<UInt64(generator.number(21...50))
      #expect(
        Array(second.ranges(touching: window)) == second.ranges.filter { $0.overlaps(window) })
    }
  }

  @Test func theWholeMediumIsARange() {
    let all = ByteRanges([0..<UInt64.max], limit: .max)
    #expect(all.count == .max && all.subtracting(all).ranges.isEmpty)
    #expect(all.subtracting(ByteRanges([5..<6], limit: .max)).ranges == [0..<5, 6..<UInt64.max])
  }
}
