import Testing
import Yara

@Suite struct RuleTests {
  private static let text = """
    rule a : first second {
      meta:
        text = "words"
        number = 42
        negative = -7
        yes = true
        no = false
        text = "again"
        empty = ""
      condition: true
    }
    global rule g { condition: true }
    private rule p { condition: true }
    global private rule gp { condition: true }
    rule last : only { condition: p }
    """

  private func rule(_ index: Int) throws -> Rule { try rules(Self.text).rules[index] }

  @Test func metadataKeepsTypeAndOrder() throws {
    let metadata = try rule(0).metadata
    #expect(
      metadata.map(\.key) == ["text", "number", "negative", "yes", "no", "text", "empty"])
    #expect(
      metadata.map(\.value) == [
        .string(Array("words".utf8)), .integer(42), .integer(-7), .boolean(true), .boolean(false),
        .string(Array("again".utf8)), .string([]),
      ])
  }

  @Test func theFirstOfAKeyIsFound() throws {
    let rule = try rule(0)
    #expect(rule.text("text") == "words")
    #expect(rule.text("empty") == "")
    #expect(rule.text("number") == nil)
    #expect(rule.text("nowhere") == nil)
    #expect(rule.flag("yes") == true)
    #expect(rule.flag("no") == false)
    #expect(rule.flag("text") == nil)
  }

  @Test func aTextThatIsNotUTF8KeepsItsBytes() throws {
    var compiler = try Compiler()
    try compiler.add(
      text: Array(#"rule a { meta: name = ""#.utf8) + [0x4B, 0xE9, 0xC3]
        + Array(#"" escaped = "\xe9\t" condition: true }"#.utf8))
    let compiled = try compiler.rules()
    let metadata = try #require(compiled.rules.first?.metadata)
    #expect(metadata.map(\.value) == [.string([0x4B, 0xE9, 0xC3]), .string([0xE9, 0x09])])
  }

  @Test func tagsKeepTheirOrder() throws {
    #expect(try rule(0).tags == ["first", "second"])
    #expect(try rule(1).tags == [])
    #expect(try rule(4).tags == ["only"])
  }

  @Test func globalAndPrivateAreTold() throws {
    let all = try rules(Self.text).rules
    #expect(all.map(\.isGlobal) == [false, true, false, true, false])
    #expect(all.map(\.isPrivate) == [false, false, true, true, false])
  }

  @Test func privateRulesAreDescribedButNeverReported() throws {
    var options = Scanner.Options()
    options.reportsNonMatching = true
    let result = try scan("x", with: Self.text, options: options)
    #expect(result.names == ["a", "g", "last"])
    #expect(result.nonMatching == [])
  }

  @Test func aMatchCarriesTheWholeDescription() throws {
    let result = try scan("x", with: Self.text)
    #expect(try result.matches.first?.rule == rule(0))
  }
}
