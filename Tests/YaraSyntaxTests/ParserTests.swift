import Testing
import YaraSyntax

@Suite("Parsing rule texts")
struct ParserTests {
  @Test("An empty text has no parts")
  func empty() {
    #expect(SourceFile(parsing: []).items.isEmpty)
  }
}
