import Catalogue
import Engine
import Glibc
import Profiles
import Signatures
import TestSupport
import Testing
import Yara

@Suite struct CatalogueTests {
  private let rules: [Rule]

  init() throws {
    var compiler = try Compiler(includes: .disabled)
    try compiler.add(text: VendorProfile.kaspersky.rules)
    #expect(compiler.diagnostics == [], "the built-in signatures compile without a remark")
    rules = try compiler.rules().rules
  }

  @Test func embeddedTextIsTheFolder() throws {
    let check = try Subprocess.run(Fixtures.package + "/scripts/embed", ["--check"])
    #expect(check.status == 0, "\(check.errors)")
  }

  @Test func thereAreAtLeastSixtyRules() { #expect(rules.count >= 60) }

  /// Rules have complete metadata, and none requires reading every file.
  @Test func theLintHasNoRemark() throws {
    let findings = try #require(Lint.findings(of: try RuleSet(.kaspersky)))
    #expect(findings.map(\.description) == [])
  }

  /// VENDOR_PLATFORM_COMPONENT_NAME: the name of a rule states what it detects.
  @Test func identifiersBeginWithVendorPlatformAndComponent() throws {
    // A package that is not installed yet is an installer.
    for rule in rules where rule.identifier != "kaspersky_linux_package_rpm_file" {
      let parts = try ["vendor", "platform", "component"].map { try #require(rule.text($0)) }
      let prefix = parts.joined(separator: "_").lowercased() + "_"
      #expect(rule.identifier.hasPrefix(prefix), "\(rule.identifier)")
    }
  }

  @Test func everyRuleCitesASectionOfTheFacts() throws {
    let citations = try FactSheet.citations()
    for rule in rules {
      #expect(rule.text("vendor") == "Kaspersky", "\(rule.identifier)")
      #expect(citations.contains(try #require(rule.text("source"))), "\(rule.identifier)")
    }
  }

  /// No genuine file of these platforms was read.
  @Test func onlyRulesForWindowsRestOnGenuineFiles() {
    for rule in rules where rule.text("platform") != "windows" {
      #expect(rule.text("basis") == "paper", "\(rule.identifier)")
    }
  }

  @Test func aVersionResourceOrAnUnverifiedCertificateOnlyClaims() {
    for rule in rules
    where rule.identifier.hasSuffix("version_resource") || rule.identifier.hasSuffix("certificate")
    {
      #expect(rule.text("confidence") == "claimed", "\(rule.identifier)")
    }
  }
}

@Suite struct FixtureTests {
  private static func scanner() throws -> Scanner {
    var compiler = try Compiler(includes: .disabled)
    try compiler.add(text: VendorProfile.kaspersky.rules)
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
