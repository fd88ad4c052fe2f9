import Testing

@testable import Sieve

/// The tables of operators on sets of truth values, each entry.
@Suite struct TruthSetTests {
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
}
