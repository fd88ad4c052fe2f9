import TestSupport
import Testing
import Yara

@Suite struct DiagnosticTests {
  /// A text, the location of its first error, and part of the message.
  private static let errors: [(text: String, line: Int, rule: String?, words: String)] = [
    ("rule a {\n condition:\n }", 3, "a", "syntax error"),
    // libyara reports no line at the end of a text.
    ("rule a { condition: true", 0, "a", "syntax error"),
    ("nonsense", 1, nil, "syntax error"),
    ("rule a {\n condition:\n $missing }", 3, "a", "undefined string \"$missing\""),
    ("rule a { condition: true }\n\nrule a { condition: true }", 3, nil, "duplicated"),
    (
      "rule a { strings: $s = \"x\"\n $s = \"y\"\n condition: any of them }", 2, "a",
      "duplicated"
    ),
    ("rule a { strings:\n $s = \"unused\"\n condition: true }", 3, "a", "unreferenced string"),
    ("rule a { strings: $s = /(/ condition: $s }", 1, "a", "regular expression"),
    ("rule a { strings: $s = { 41 [5-2] 42 }\n condition: $s }", 1, "a", "hex string"),
    ("rule a {\n condition: unknown.field }", 2, "a", "undefined identifier \"unknown\""),
    ("import \"nothing\"", 1, nil, "unknown module \"nothing\""),
    ("rule a { condition: 1 == \"1\" }", 1, "a", "type mismatch"),
    ("rule a { condition: 1 \\ 0 == 1 }", 1, "a", "division by zero"),
  ]

  @Test(arguments: errors)
  func anErrorSaysWhere(text: String, line: Int, rule: String?, words: String) throws {
    let first = try #require(try diagnostics(of: text).first)
    #expect(first.level == .error)
    #expect(first.line == line)
    #expect(first.rule == rule)
    #expect(first.file == nil)
    #expect(first.message.contains(words), "\(first.message)")
  }

  @Test func anErrorInAFileNamesIt() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write("rule first { condition: true }\nrule a { }", to: "broken.yar")
    let error = #expect(throws: YaraError.self) {
      var compiler = try Compiler()
      try compiler.add(file: path)
    }
    let first = try #require(error?.diagnostics.first)
    #expect(first.file == path)
    #expect(first.line == 2)
    #expect(error?.message.contains(path) == true)
    withExtendedLifetime(folder) {}
  }

  @Test func aSlowStringIsAWarningAndTheRulesAreUsable() throws {
    var compiler = try Compiler()
    try compiler.add(
      text: "rule quick { condition: true }\nrule slow {\n strings: $s = /.*/\n condition: $s }")
    let warning = try #require(compiler.diagnostics.first)
    let levels = Set(compiler.diagnostics.map(\.level))
    #expect(levels == [.warning])
    #expect(warning.level == .warning)
    #expect(warning.line == 3)
    #expect(warning.rule == "slow")
    #expect(warning.message.contains("$s"), "\(warning.message)")
    let compiled = try compiler.rules()
    #expect(compiled.count == 2)
  }

  @Test func warningsAreNotAmongTheErrorsThatAreThrown() throws {
    let error = #expect(throws: YaraError.self) {
      _ = try rules("rule slow { strings: $s = /.*/ condition: $s }\nrule broken {")
    }
    #expect(error?.diagnostics.map(\.level) == [.error])
  }

  @Test func theWordsAreThoseOfYara() throws {
    let folder = try TemporaryDirectory()
    try folder.write("rule a {\n condition: $missing }", to: "broken.yar")
    try folder.write("text", to: "item")
    let yara = try Subprocess.run("yara", ["broken.yar", "item"], in: folder.path)
    let error = #expect(throws: YaraError.self) {
      var compiler = try Compiler()
      try compiler.add(file: folder.path + "/broken.yar")
    }
    #expect(yara.status != 0)
    let line = try #require(error?.diagnostics.first?.description)
    #expect(
      yara.errors.contains(line.replacing(folder.path + "/", with: "")),
      "\(yara.errors) does not contain \(line)")
  }

  @Test func aDescriptionNamesRuleFileAndLine() throws {
    let broken = #expect(throws: YaraError.self) { _ = try rules("rule a {\n condition: $b }") }
    #expect(
      broken?.description == """
        rule text does not compile
        error: rule "a" in <text>(2): undefined string "$b"
        """)
    let alien = #expect(throws: YaraError.self) { _ = try rules("\nimport \"nothing\"") }
    #expect(
      alien?.named("rules.yar").description == """
        rules.yar: rule text does not compile
        error: rules.yar(2): unknown module "nothing"
        """)
  }
}
