import Bytes
import Engine
import Evidence
import Files
import Findings
import Profiles
import TestSupport
import Testing

/// The engine and its identity stage with a vendor other than the built-in one.
@Suite struct ProfileTests {
  /// A vendor of a few facts.
  private static let acme: VendorProfile = {
    var profile = VendorProfile(
      name: "Acme", company: "Acme Corporation",
      rules: #"""
        rule acme_any_library_banner {
          meta: vendor = "Acme" product = "Acme Core" confidence = "claimed" component = "library" shared = true
            reason = "bears the banner of Acme"
          strings: $a = "[[[ ACME ]]]"
          condition: $a
        }
        """#)
    profile.products.aliases = ["roadrunner": "Acme Roadrunner"]
    profile.products.folders = [.below(["opt", "acme"])]
    profile.products.systemFolders = ["opt": ["acme"]]
    profile.products.pathWord = "acme"
    profile.records.publishers.stems = ["Acme Corporation"]
    profile.records.packages = ["roadrunner"]
    profile.records.sources = [.dpkg: "acme.md 1"]
    return profile
  }()

  private static let status = """
    Package: roadrunner
    Status: install ok installed
    Maintainer: Acme Corporation <help@acme.example>
    Version: 2.1

    Package: kesl
    Status: install ok installed
    Maintainer: Kaspersky Lab <support@kaspersky.com>
    Version: 12.0

    """

  /// Findings, products and context of a scan of a small system.
  private func records(_ profile: VendorProfile) throws -> RecordingSink {
    let folder = try TemporaryDirectory()
    for (name, content) in [
      ("var/lib/dpkg/status", Self.status), ("opt/acme/roadrunner/core.so", "[[[ ACME ]]]"),
      ("opt/acme/roadrunner/notes", "beep"), ("opt/kaspersky/kesl/notes", "x"),
    ] {
      try folder.write(content, to: name)
    }
    let sink = RecordingSink()
    try Scan([FileSource([folder.raw])], with: try RuleSet(profile)).run(sink: sink)
    return sink
  }

  @Test func aSmallProfileMakesFindingsProductsAndContextOfItsOwn() throws {
    let sink = try records(Self.acme)
    let findings = sink.findings.sorted { $0.attribution.rule < $1.attribution.rule }
    #expect(findings.map(\.attribution.vendor) == ["Acme", "Acme"])
    #expect(
      findings.map(\.attribution.rule) == ["acme_any_library_banner", "acme_linux_package_dpkg"])
    #expect(
      findings[1].attribution.reasons == [
        "the dpkg database lists packages of Acme Corporation that are not removed: roadrunner (roadrunner, version 2.1)"
      ])
    #expect(findings[1].traces.map(\.product) == ["roadrunner"])
    #expect(sink.products.map(\.product) == ["Acme Roadrunner"])
    #expect(sink.products.first?.versions == ["2.1"])
    #expect(
      sink.context.map(\.locator.path.shown).allSatisfy {
        $0.hasSuffix("/opt/acme/roadrunner/notes")
      })
    #expect(sink.context.count == 1)
  }

  @Test func withoutAProfileNoRecordIsRead() throws {
    let sink = RecordingSink()
    var rules = try RuleSet(Self.acme)
    rules.profile = nil
    try Scan(
      [MemorySource(name: "/var/lib/dpkg/status", bytes: Array(Self.status.utf8))], with: rules
    ).run(sink: sink)
    #expect(sink.findings.isEmpty)
  }
}
