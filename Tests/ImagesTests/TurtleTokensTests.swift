import Testing

@testable import Containers

/// Tokens of Turtle: the end of each is found in any text, and other syntax is rejected.
@Suite struct TurtleTokensTests {
  /// The tokens up to the end; nil if one is rejected.
  private func tokens(_ text: String) -> [TurtleTokens.Token]? {
    var tokens = TurtleTokens(Array(text.utf8))
    var all = [TurtleTokens.Token]()
    while let token = tokens.next() {
      if token == .end { return all }
      all.append(token)
    }
    return nil
  }

  @Test func fullStopsBelongToWordsThatContinue() {
    #expect(tokens("a:b.c. 7.5 .") == [.word("a:b.c"), .mark(0x2E), .word("7.5"), .mark(0x2E)])
    #expect(tokens("x..") == [.word("x"), .mark(0x2E), .mark(0x2E)])
  }

  @Test func commentsAndBlanksAreSkipped() {
    #expect(tokens(" # <a> \n\t<b>#c") == [.iri("b")])
    #expect(tokens("") == [])
    #expect(tokens("# no end of line") == [])
  }

  @Test func literalsEndAtTheirQuotes() {
    #expect(tokens(#""a\"b" 'c'"#) == [.literal("a\"b"), .literal("c")])
    #expect(tokens("\"\"") == [.literal("")])
    #expect(tokens("'''a'b''c'''@en,") == [.literal("a'b''c"), .mark(0x2C)])
    #expect(tokens(#""1"^^<t>"#) == [.literal("1"), .mark(0x5E), .iri("t")])
  }

  @Test(arguments: ["<a", "\"a", "'''a''", "\"a\\", "^", "[", "a (", ")"])
  func textThatEndsTooEarlyOrIsNestedIsRejected(_ text: String) {
    #expect(tokens(text) == nil)
  }
}
