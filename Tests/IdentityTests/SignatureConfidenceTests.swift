import Catalogue
import Findings
import Foundation
import Identity
import Profiles
import TestSupport
import Testing
import Yara

/// Attribution of signed files by the built-in signatures, with and without the fixtures'
/// authority.
@Suite struct SignatureConfidenceTests {
  private let rules: Rules
  private let builtIn = VendorProfile.kaspersky.certificates

  init() throws {
    var compiler = try Compiler(includes: .disabled)
    try compiler.add(text: VendorProfile.kaspersky.rules)
    rules = try compiler.rules()
  }

  /// Attribution of a file, and the rule that decided; nil when no rule matches.
  private func found(_ bytes: [UInt8], _ anchors: TrustAnchors, mayBeMixed: Bool = false) throws
    -> (Attribution, Rule)?
  {
    var scanner = try Scanner(rules)
    let result = try scanner.scan(bytes.span.bytes)
    guard !result.matches.isEmpty else { return nil }
    var profile = VendorProfile.kaspersky
    profile.certificates = anchors
    let attribution = Identifier(profile).attribution(
      of: result.matches, resource: VersionResource(bytes.span.bytes),
      signatures: CodeSignatureReader(bytes.span.bytes),
      borrowed: BorrowedIdentity(among: result.matches, in: bytes.span.bytes) {
        try? scanner.scan($0).matches
      }, mayBeMixed: mayBeMixed)
    let rule = result.matches.map(\.rule).first { $0.identifier == attribution.rule }
    return (attribution, try #require(rule))
  }

  /// The built-in anchors and the authority of the fixtures.
  private func testAnchors() throws -> TrustAnchors {
    var anchors = VendorProfile.kaspersky.certificates
    let pem = try Data(contentsOf: URL(fileURLWithPath: Fixtures.folder + "/authority.pem"))
    #expect(anchors.add(pem: [UInt8](pem)) == 1)
    return anchors
  }

  private func expect(
    _ bytes: [UInt8], _ anchors: TrustAnchors, _ expected: SignatureOutcome.Expected
  ) throws {
    let (attribution, rule) = try #require(try found(bytes, anchors))
    let reasons = attribution.reasons
    #expect(attribution.confidence == expected.confidence, "\(reasons)")
    #expect(reasons.contains { $0.contains(expected.reason) }, "\(reasons)")
    #expect(!reasons.contains { $0.contains("verified") }, "\(reasons)")
    #expect(Set(reasons).count == reasons.count, "\(reasons)")
    // The most convincing reason comes first: the proof, or else that of the deciding rule.
    if expected.confidence == .confirmed {
      #expect(reasons.first?.hasPrefix("has a valid code signature by") == true, "\(reasons)")
    } else {
      let reason = try #require(rule.text("reason"))
      #expect(reasons.first?.hasPrefix(reason) == true, "\(reasons)")
    }
  }

  @Test(arguments: SignatureOutcome.all)
  func withTheAuthorityOfTheTests(_ outcome: SignatureOutcome) throws {
    try expect(try outcome.bytes(), try testAnchors(), outcome.trusted)
  }

  @Test(arguments: SignatureOutcome.all)
  func withTheBuiltInCertificates(_ outcome: SignatureOutcome) throws {
    try expect(try outcome.bytes(), builtIn, outcome.untrusted)
  }

  /// Bytes of a driver in what is left of another vendor's signed driver: a live file was changed, but a deleted or carved
  /// one may be of two files. What the vendor signed is the vendor's, even damaged, and so is what someone signed again.
  @Test func aFileOfSeveralFilesHasNoIdentityOfCode() throws {
    let file = try SignedFile.fixture("authority/overwritten.sys")
    let table = [UInt8](repeating: 0, count: file.table.count)
    let variants: [[UInt8]] = [
      file.bytes, file.carrying(table[...]), Array(file.bytes[..<file.table.lowerBound]),
    ]
    for bytes in variants {
      #expect(try found(bytes, builtIn)?.0.confidence == .strong)
      let (mixed, _) = try #require(try found(bytes, builtIn, mayBeMixed: true))
      #expect(mixed.confidence == .claimed)
      #expect(mixed.reasons.first?.contains("perhaps by bytes of another file") == true)
    }
    let own = try SignedFile.fixture("authority/klif.sys")
    for bytes in [own.bytes, own.flipping(0x50)] {
      #expect(try found(bytes, builtIn, mayBeMixed: true)?.0.confidence == .strong)
    }
    let again = try SignedFile.fixture("authority/klif-re-signed.sys").bytes
    #expect(try found(again, builtIn, mayBeMixed: true)?.0.confidence == .strong)
    let path = Fixtures.positive("kaspersky_windows_driver_klif")
    let unsigned = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(try found(unsigned, builtIn, mayBeMixed: true)?.0.confidence == .strong)
  }

  /// Signatures of genuine files that the profile does not know are not said to lead nowhere.
  @Test func whatIsNotKnownIsNotDenied() throws {
    let (attribution, _) = try #require(
      try found(try SignedFile.fixture("authority/other-vendor.sys").bytes, try testAnchors()))
    #expect(attribution.reasons.contains("has a valid code signature by another: Northwind"))
    var unknown = VendorProfile.kaspersky
    unknown.certificates = try testAnchors()
    unknown.entities = []
    let bytes = try SignedFile.fixture("authority/sha256.sys").bytes
    let signatures = CodeSignatureReader(bytes.span.bytes)
    var scanner = try Scanner(rules)
    let reasons = Identifier(unknown).attribution(
      of: try scanner.scan(bytes.span.bytes).matches, signatures: signatures
    ).reasons
    #expect(
      reasons.contains(
        "has a code signature in the name of AO Kaspersky Lab that leads to a pinned authority, but not to a known company of Kaspersky"
      ), "\(reasons)")
  }

  /// Without a chain to a pinned certificate, nothing exceeds `claimed`, unless code identity
  /// makes it `strong`; then the first reason is that one.
  @Test func onlyCodeIdentityIsAboveClaimedWithoutAPinnedChain() throws {
    var count: [Confidence: Int] = [:]
    func check(_ bytes: [UInt8], _ comment: Comment) throws {
      // Near misses of the rules are among the signed files.
      guard let (attribution, rule) = try found(bytes, builtIn) else { return }
      let confidence = try #require(attribution.confidence, comment)
      count[confidence, default: 0] += 1
      guard confidence > .claimed else { return }
      #expect(confidence == .strong, comment)
      #expect(rule.text("confidence") == "strong", comment)
      #expect(attribution.reasons.first == rule.text("reason"), comment)
    }
    for outcome in SignatureOutcome.all {
      try check(try outcome.bytes(), "\(outcome.testDescription)")
    }
    for path in SignedFile.signed {
      for (name, bytes) in try SignedFile(path).variants() { try check(bytes, "\(path), \(name)") }
    }
    #expect(count[.confirmed] == nil)
    for confidence in [Confidence.strong, .claimed, .weak] {
      #expect(count[confidence, default: 0] > 5, "\(confidence)")
    }
  }

  /// Anyone can name Kaspersky in their own certificate: trusting other authorities does not make
  /// them Kaspersky.
  @Test func aCertificateAloneIsClaimedUnlessItsAuthorityIsPinned() throws {
    let files = Fixtures.files("positive").filter { $0.folder.hasSuffix("_certificate") }
    #expect(files.count >= 4)
    for (_, path) in files {
      let bytes = try SignedFile(path).bytes
      let name = "names Kaspersky Lab in the certificate of a code signature"
      try expect(bytes, builtIn, .claimed(name))
      let isSelfMade = path.hasSuffix("/self-signed.exe")
      try expect(bytes, try testAnchors(), isSelfMade ? .claimed(name) : .confirmed(name))
    }
  }

  @Test func onlyCertificatesAreAnchors() {
    var anchors = VendorProfile.kaspersky.certificates
    #expect(anchors.add(pem: []) == nil)
    #expect(anchors.add(pem: Array("no certificate".utf8)) == nil)
    #expect(
      anchors.add(pem: Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----".utf8))
        == nil)
    #expect(anchors == builtIn)
  }
}
