import Catalogue
import Glibc
import TestSupport
import Testing
import Yara

@Suite struct CatalogueTests {
  private let rules: [Rule]

  init() throws {
    var compiler = try Compiler(includes: .disabled)
    try compiler.add(text: Catalogue.text)
    #expect(compiler.diagnostics == [], "the built-in signatures compile without a remark")
    rules = try compiler.rules().rules
  }

  @Test func embeddedTextIsTheFolder() throws {
    let check = try Subprocess.run(Fixtures.package + "/scripts/embed", ["--check"])
    #expect(check.status == 0, "\(check.errors)")
  }

  @Test func thereAreAtLeastSixtyRules() { #expect(rules.count >= 60) }

  @Test func everyRuleSaysWhatItProvesAndOnWhatFacts() {
    let components: Set = [
      "application", "driver", "kernel_module", "library", "database", "installer", "service",
      "configuration", "licence", "quarantine", "package", "registry", "trace",
    ]
    for rule in rules {
      #expect(rule.text("vendor") == "Kaspersky", "\(rule.identifier)")
      #expect(components.contains(rule.text("component") ?? ""), "\(rule.identifier)")
      #expect(
        ["windows", "linux", "macos", "android", "any"].contains(rule.text("platform")),
        "\(rule.identifier)")
      #expect(
        ["strong", "claimed", "weak"].contains(rule.text("confidence")), "\(rule.identifier)")
      #expect(rule.text("reason")?.isEmpty == false, "\(rule.identifier)")
      #expect(rule.text("source")?.hasPrefix("kaspersky.md A") == true, "\(rule.identifier)")
      #expect(["genuine", "paper"].contains(rule.text("basis")), "\(rule.identifier)")
    }
  }

  /// No genuine file of these platforms was read.
  @Test func rulesThatRestOnPaperFactsNeverAreStrong() {
    for rule in rules {
      if rule.text("platform") != "windows" {
        #expect(rule.text("basis") == "paper", "\(rule.identifier)")
      }
      if rule.text("basis") == "paper" {
        #expect(["claimed", "weak"].contains(rule.text("confidence")), "\(rule.identifier)")
      }
    }
  }

  @Test func aVersionResourceOrAnUnverifiedCertificateOnlyClaims() {
    for rule in rules
    where rule.identifier.hasSuffix("version_resource") || rule.identifier.hasSuffix("certificate")
    {
      #expect(rule.text("confidence") == "claimed", "\(rule.identifier)")
    }
  }

  /// No rule may force every file to be read: header magic, or a small size.
  @Test func everyConditionBeginsWithMagicOrASmallSize() throws {
    let conditions = Catalogue.text.split(separator: "condition:").dropFirst()
    #expect(conditions.count == rules.count)
    let gate = /uint(8|16|32)(be)?\([04]\) *==|\$[a-z_]+ at 0|filesize *<=? *\d+(KB)?\b/
    for condition in conditions {
      let body = condition.prefix(while: { $0 != "}" })
      #expect(body.contains(gate), "\(body)")
    }
  }
}

@Suite struct FixtureTests {
  private static func scanner() throws -> Scanner {
    var compiler = try Compiler(includes: .disabled)
    try compiler.add(text: Catalogue.text)
    return try Scanner(try compiler.rules())
  }

  private static func matches(of file: String, _ scanner: inout Scanner) throws -> Set<String> {
    let descriptor = open(file, O_RDONLY)
    defer { close(descriptor) }
    return Set(try scanner.scan(descriptor: descriptor).matches.map(\.rule.identifier))
  }

  @Test func everyPositiveMatchesItsRule() throws {
    var scanner = try Self.scanner()
    let files = Fixtures.files("positive")
    for (rule, file) in files {
      #expect(try Self.matches(of: file, &scanner).contains(rule), "\(file)")
    }
    #expect(
      Set(files.map(\.folder)) == Set(scanner.rules.rules.map(\.identifier)),
      "every rule has a positive")
  }

  @Test func noNearMissMatchesItsRule() throws {
    var scanner = try Self.scanner()
    let files = Fixtures.files("near-miss")
    for (rule, file) in files {
      let matched = try Self.matches(of: file, &scanner)
      if rule == "any" {
        #expect(matched == [], "\(file)")
      } else {
        #expect(!matched.contains(rule), "\(file)")
      }
    }
    #expect(
      Set(files.map(\.folder)) == Set(scanner.rules.rules.map(\.identifier) + ["any"]),
      "every rule has a near-miss")
  }
}
