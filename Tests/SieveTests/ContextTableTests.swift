import Testing

@testable import Sieve

/// Required bytes around a literal, at the ends of a piece and of an item.
@Suite struct ContextTableTests {
  private let table: ContextTable

  init() {
    var around = LiteralTable.Literal(bytes: [5, 5], ignoresCase: false)
    around.context = .init(before: [ByteSet(1), ByteSet(2)], after: [ByteSet(3)])
    var first = LiteralTable.Literal(bytes: [5, 5], ignoresCase: false)
    first.context = .init(before: [], after: [], first: ByteSet([7, 8]))
    table = ContextTable([LiteralTable.Literal(bytes: [5, 5], ignoresCase: false), around, first])
  }

  private func allows(
    _ number: Int32, _ bytes: [UInt8], end: Int, isFirst: Bool = false, isLast: Bool = false
  ) -> Bool {
    bytes.withUnsafeBytes {
      table.allows(
        number, endingAt: end, in: SearchedPiece(bytes: $0, isFirst: isFirst, isLast: isLast))
    }
  }

  @Test func withoutContextEverythingFits() {
    #expect(allows(0, [5, 5], end: 2) && allows(0, [], end: 0))
  }

  @Test func allBytesAroundMustFit() {
    #expect(allows(1, [1, 2, 5, 5, 3], end: 4, isFirst: true, isLast: true))
    #expect(!allows(1, [1, 9, 5, 5, 3], end: 4))
    #expect(!allows(1, [9, 2, 5, 5, 3], end: 4))
    #expect(!allows(1, [1, 2, 5, 5, 9], end: 4))
  }

  @Test func onlyTheItemsEndsAreKnown() {
    // The piece before holds the first byte.
    #expect(!allows(1, [2, 5, 5, 3], end: 3, isFirst: false))
    // Context outside the item is not required.
    #expect(allows(1, [2, 5, 5, 3], end: 3, isFirst: true))
    #expect(!allows(1, [9, 5, 5, 3], end: 3, isFirst: true))
    #expect(allows(1, [1, 2, 5, 5], end: 4, isLast: true))
    #expect(!allows(1, [1, 2, 5, 5], end: 4, isLast: false))
  }

  @Test func theFirstByteMayBeRestricted() {
    #expect(allows(2, [8, 0], end: 2) && allows(2, [7, 0], end: 2) && !allows(2, [9, 0], end: 2))
  }
}
