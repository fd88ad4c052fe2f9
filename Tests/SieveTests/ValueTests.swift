import Testing

@testable import Sieve

/// The tables of operators on sets of values, each entry.
@Suite struct ValueTests {
  private static let values: [TruthSet] = [.no, .undefined, .yes]

  @Test func notOfUndefinedIsUndefined() {
    #expect(Self.values.map(\.negated) == [.yes, .undefined, .no])
    #expect(TruthSet.either.negated == .either)
    #expect(TruthSet.anything.negated == .anything)
    #expect(([.no, .undefined] as TruthSet).negated == [.yes, .undefined])
  }

  @Test func undefinedIsNotDefined() {
    #expect(Self.values.map(\.definedness) == [.yes, .no, .yes])
    #expect(TruthSet.either.definedness == .yes)
    #expect(TruthSet.anything.definedness == .either)
  }

  @Test func onlyYesMayMatch() {
    #expect(Self.values.map(\.mayBeYes) == [false, false, true])
    #expect(!([.no, .undefined] as TruthSet).mayBeYes)
  }

  @Test func countsAreCompared() {
    #expect(TruthSet.atLeast(2, of: 2...3) == .yes)
    #expect(TruthSet.atLeast(4, of: 2...3) == .no)
    #expect(TruthSet.atLeast(3, of: 2...3) == .either)
  }

  // MARK: Integers

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

  // MARK: Texts

  private func holds(_ operation: TextOperator, _ left: [UInt8], _ right: [UInt8]) -> Bool {
    operation.holds(left, right)
  }

  @Test func textsAreComparedAsSignedCharacters() {
    #expect(holds(.less, [0xFF], [0x61]))
    #expect(!holds(.greater, [0xFF], [0x61]))
    #expect(holds(.less, Array("ab".utf8), Array("abc".utf8)))
    #expect(holds(.greaterOrEqual, [], []))
  }

  @Test func anEmptyTextIsInEveryText() {
    for operation in [TextOperator.contains, .icontains, .startswith, .istartswith, .endswith] {
      #expect(holds(operation, [], []), "\(operation)")
      #expect(holds(operation, [1], []), "\(operation)")
    }
    #expect(!holds(.contains, [], [1]))
  }

  @Test func onlyLettersOfASCIIFold() {
    #expect(holds(.iequals, Array("KaZ".utf8), Array("kAz".utf8)))
    #expect(!holds(.iequals, [0xC9], [0xE9]))
    #expect(!holds(.iequals, [0x40], [0x60]))
    #expect(holds(.icontains, Array("xABCx".utf8), Array("abc".utf8)))
    #expect(holds(.iendswith, Array("xABC".utf8), Array("bc".utf8)))
    #expect(!holds(.endswith, Array("xABC".utf8), Array("bc".utf8)))
    #expect(holds(.istartswith, Array("ABC".utf8), Array("ab".utf8)))
  }
}
