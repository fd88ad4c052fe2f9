import Testing

@testable import Containers

/// The subset of Turtle that AFF4 writes is read; anything else is rejected, not guessed at.
@Suite struct TurtleGraphTests {
  private func read(_ text: String) -> TurtleGraph? {
    TurtleGraph(Array(text.utf8), properties: ["urn:p", "urn:q", "http://x/#size"])
  }

  @Test func propertiesAreWhatIsStated() throws {
    let graph = try #require(
      read(
        """
        @prefix x: <http://x/#> . PREFIX : <urn:>
        # nothing
        <urn:s> a x:Type, x:Other ; x:size "12"^^x:int ; :p 7.5 , true, :name.1 ; :other "kept not" .
        :s :q 'it"s\\'' , \"\"\"a " b "" c\"\"\"@en-GB ; .
        """))
    #expect(graph.subjects == ["urn:s"])
    #expect(graph.types("urn:s") == ["http://x/#Type", "http://x/#Other"])
    let size = graph.values("urn:s", "http://x/#size")
    #expect(size.map(\.text) == ["12"] && size.map(\.type) == ["http://x/#int"])
    #expect(graph.values("urn:s", "urn:p").map(\.text) == ["7.5", "true", "urn:name.1"])
    #expect(graph.values("urn:s", "urn:q").map(\.text) == ["it\"s'", "a \" b \"\" c"])
    #expect(graph.values("urn:s", "urn:other").isEmpty)
  }

  @Test(arguments: [
    "<urn:s>", "<urn:s> <urn:p>", "<urn:s> <urn:p> 1", "<urn:s> <urn:p> \"1 .",
    "<urn:s> <urn:p> [ ] .",
    "<urn:s> <urn:p> (1 2) .", "<urn:s <urn:p> 1 .", "@prefix x <urn:> .", "<urn:s> <urn:p> 1 1 .",
    "<urn:s> <urn:p> \"1\"^ .", ". .",
  ])
  func anythingElseIsRefused(_ text: String) {
    #expect(read(text) == nil)
  }
}
