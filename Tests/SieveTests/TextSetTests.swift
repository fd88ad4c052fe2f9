import Testing

@testable import Sieve

/// Operators on texts, as libyara computes them.
@Suite struct TextSetTests {
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
