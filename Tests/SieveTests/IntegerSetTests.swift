import Testing

@testable import Sieve

/// Operators on sets of integers, compared with those on each value.
@Suite struct IntegerSetTests {
  private func number(_ value: Int64) -> IntegerSet { IntegerSet(value) }

  @Test func undefinedOperandsMakeUndefined() {
    for operation in Int64(0)..<10 {
      let operation = IntegerSet.Operator(rawValue: operation)!
      #expect(number(3).combined(operation, with: .undefined) == .undefined, "\(operation)")
      #expect(IntegerSet.undefined.combined(operation, with: number(3)) == .undefined)
    }
    for comparison in Int64(0)..<6 {
      let comparison = IntegerSet.Comparison(rawValue: comparison)!
      #expect(number(3).compared(comparison, to: .undefined) == .undefined, "\(comparison)")
    }
  }

  @Test func arithmeticWrapsAround() {
    #expect(number(.max).combined(.add, with: number(1)) == number(.min))
    #expect(number(.min).combined(.subtract, with: number(1)) == number(.max))
    #expect(number(.max).combined(.multiply, with: number(2)) == number(-2))
    #expect(number(.min).negated == number(.min))
    #expect(number(5).inverted == number(-6))
    #expect(number(7).combined(.divide, with: number(0)) == .undefined)
    #expect(number(7).combined(.remainder, with: number(0)) == .undefined)
    #expect(number(-7).combined(.divide, with: number(2)) == number(-3))
    #expect(number(.min).combined(.divide, with: number(-1)) == .anything)
  }

  @Test func shiftsBeyondAllBitsAreZero() {
    for operation in [IntegerSet.Operator.shiftLeft, .shiftRight] {
      #expect(number(-1).combined(operation, with: number(64)) == number(0))
      #expect(number(-1).combined(operation, with: number(100)) == number(0))
      #expect(number(-1).combined(operation, with: number(-1)) == .undefined)
    }
    #expect(number(-8).combined(.shiftRight, with: number(1)) == number(-4))
    #expect(number(1).combined(.shiftLeft, with: number(63)) == number(.min))
  }

  @Test func theNumberThatMeansUndefinedIs() {
    #expect(number(IntegerSet.undefinedNumber) == .undefined)
    let near = IntegerSet(IntegerSet.undefinedNumber - 1...IntegerSet.undefinedNumber)
    #expect(near.mayBeUndefined)
  }

  @Test func rangesHoldEveryResult() {
    let samples: [Int64] = [.min, -300, -2, -1, 0, 1, 2, 7, 63, 64, 255, 1 << 40, .max]
    for low in samples {
      for high in samples where low <= high {
        let range = IntegerSet(low...high)
        for other in samples {
          for operation in Int64(0)..<10 {
            let operation = IntegerSet.Operator(rawValue: operation)!
            for member in [low, high] {
              let exact = number(member).combined(operation, with: number(other))
              let set = range.combined(operation, with: number(other))
              #expect(holds(set, exact), "\(low)...\(high) \(operation) \(other)")
              let mirrored = number(other).combined(operation, with: number(member))
              #expect(holds(number(other).combined(operation, with: range), mirrored))
            }
          }
          for comparison in Int64(0)..<6 {
            let comparison = IntegerSet.Comparison(rawValue: comparison)!
            for member in [low, high] {
              let exact = number(member).compared(comparison, to: number(other))
              #expect(range.compared(comparison, to: number(other)).isSuperset(of: exact))
            }
          }
        }
      }
    }
  }

  private func holds(_ set: IntegerSet, _ exact: IntegerSet) -> Bool {
    guard let value = exact.range else { return set.mayBeUndefined }
    guard let range = set.range else { return false }
    return range.lowerBound <= value.lowerBound && value.upperBound <= range.upperBound
  }
}
