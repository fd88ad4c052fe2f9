import Engine
import Testing

@testable import Signatures

@Suite struct LintTests {
  /// Lint findings for a text of rules called `rules.yar`.
  private func findings(_ text: String) throws -> [String] {
    let ruleSet = try RuleSet([.init(name: "rules.yar", bytes: Array(text.utf8))])
    return try #require(Lint.findings(of: ruleSet)).map(\.description)
  }

  /// A rule with one metadata entry per line, from line 4.
  private func rule(
    _ metadata: [String], condition: String = "uint16(0) == 0x5A4D"
  ) -> String {
    (["rule r", "{", "  meta:"] + metadata.map { "    \($0)" }
      + ["  condition:", "    \(condition)", "}"]).joined(separator: "\n")
  }

  private let whole = [
    #"vendor = "Northwind""#, #"component = "driver""#, #"platform = "windows""#,
    #"confidence = "strong""#, #"basis = "genuine""#, #"reason = "is a driver""#,
    #"source = "a book""#,
  ]

  /// The whole metadata with one line replaced.
  private func rule(with line: String) -> String {
    let key = line.prefix { $0 != " " }
    return rule(whole.map { $0.hasPrefix(key + " ") ? line : $0 })
  }

  @Test func aWholeSignatureIsClean() throws {
    #expect(try findings(rule(whole)) == [])
    let all = whole + [#"product = "Product""#, "embedded = true", "shared = false"]
    #expect(try findings(rule(all)) == [])
  }

  @Test func eachRequiredKeyIsMissed() throws {
    for (number, key) in [
      "vendor", "component", "platform", "confidence", "basis", "reason", "source",
    ]
    .enumerated() {
      var metadata = whole
      metadata.remove(at: number)
      #expect(try findings(rule(metadata)) == ["rules.yar:1: r: missing metadata: \(key)"])
    }
  }

  @Test func missingKeysAreOneRemark() throws {
    let found = try findings("rule r { condition: uint16(0) == 0x5A4D }")
    #expect(
      found == [
        "rules.yar:1: r: missing metadata: vendor, component, platform, confidence, basis, reason, source"
      ])
  }

  @Test(arguments: [
    (#"vendor = """#, 4, "vendor is empty"),
    (
      #"component = "kernel""#, 5,
      #"component "kernel" must be one of application, driver, library"#
    ),
    (
      #"platform = "beos""#, 6,
      #"platform "beos" must be one of windows, linux, macos, android, any"#
    ),
    (#"confidence = "sure""#, 7, #"confidence "sure" must be one of strong, claimed, weak"#),
    (#"confidence = "confirmed""#, 7, "a rule alone cannot confirm"),
    (#"basis = "hearsay""#, 8, #"basis "hearsay" must be one of genuine, paper"#),
    (#"basis = "paper""#, 7, #"confidence "strong" on paper facts"#),
    ("reason = 1", 9, "reason must be a string"),
    ("source = true", 10, "source must be a string"),
  ])
  func aWrongValueIsMetAtItsLine(line: String, number: Int, message: String) throws {
    let found = try findings(rule(with: line))
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("rules.yar:\(number): r: ") == true, "\(found)")
    #expect(found.first?.contains(message) == true, "\(found)")
  }

  @Test func aFlagIsNoText() throws {
    let found = try findings(rule(whole + [#"shared = "true""#]))
    #expect(found == ["rules.yar:11: r: shared must be true or false, without quotes"])
  }

  @Test func anUnknownKeyIsAWarningAndARepeatedOneAnError() throws {
    let found = try findings(rule(whole + [#"author = "me""#, #"vendor = "Contoso""#]))
    #expect(
      found == [
        "rules.yar:11: r: warning: unknown metadata key author",
        "rules.yar:12: r: duplicate vendor: the first one counts",
      ])
  }

  @Test func linesAreCountedAcrossRulesAndRemarksOfARuleStandInTheirOrder() throws {
    let text =
      "\n\n" + rule(with: "reason = 1") + "\n"
      + rule(Array(whole.dropFirst()) + ["x = 1"]).replacing("rule r", with: "rule second")
    #expect(
      try findings(text) == [
        "rules.yar:11: r: reason must be a string in quotes",
        "rules.yar:16: second: missing metadata: vendor",
        "rules.yar:25: second: warning: unknown metadata key x",
      ])
  }

  @Test func aPrivateRuleIsNoSignature() throws {
    #expect(try findings("private rule helper { condition: true }") == [])
    let found = try findings(
      "private rule helper { condition: true }\n" + rule(whole, condition: "helper"))
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("rules.yar:2: r: reads files to their end") == true)
  }

  @Test func aRuleThatReadsEverythingIsRefused() throws {
    let found = try findings(rule(whole, condition: "filesize > 10"))
    #expect(found.count == 1)
    #expect(found.first?.contains("keep 256 of 256 unrelated files") == true, "\(found)")
  }
}
