import Catalogue
import Findings
import Foundation
import Identity
import TestSupport
import Testing
import Yara

/// What signed fixtures come to with the built-in signatures, with and without their authority.
@Suite struct SignatureConfidenceTests {
  private func attribution(_ bytes: [UInt8], _ anchors: TrustAnchors) throws -> Attribution {
    var compiler = try Compiler(includes: .disabled)
    try compiler.add(text: Catalogue.text)
    var options = Scanner.Options()
    options.moduleFields = Identifier.moduleFields
    var scanner = try Scanner(try compiler.rules(), options: options)
    let result = try scanner.scan(bytes.span.bytes)
    try #require(!result.matches.isEmpty)
    return Identifier(anchors: anchors).attribution(
      of: result.matches, moduleFields: result.moduleFields,
      signatures: CodeSignatureReader(bytes.span.bytes))
  }

  /// The built-in anchors and the authority of the fixtures.
  private func testAnchors() throws -> TrustAnchors {
    var anchors = TrustAnchors.builtIn
    let pem = try Data(contentsOf: URL(fileURLWithPath: Fixtures.folder + "/authority.pem"))
    #expect(anchors.add(pem: [UInt8](pem)) == 1)
    return anchors
  }

  @Test(arguments: [
    ("authority/sha256.sys", Confidence.confirmed, "AO Kaspersky Lab, whom a pinned authority"),
    ("authority/kaspersky-first.sys", .confirmed, "AO Kaspersky Lab, whom a pinned authority"),
    ("authority/twenty-nested.sys", .confirmed, "AO Kaspersky Lab, whom a pinned authority"),
    ("authority/kaspersky-last.sys", .confirmed, "Kaspersky Lab Switzerland GmbH as the submitter"),
    ("authority/submitted.sys", .confirmed, "names AO Kaspersky Lab as the submitter"),
    ("authority/unicode-name.sys", .confirmed, "names AO Kaspersky Lab as the submitter"),
    ("authority/other-names-itself.sys", .claimed, "mentions Kaspersky and proves nothing"),
    ("authority/other-vendor.sys", .weak, "signed by others only"),
    ("self-made/kaspersky.sys", .claimed, "leads to no pinned certificate"),
    ("self-made/negative-serial.sys", .claimed, "leads to no pinned certificate"),
    ("self-made/bmp-string.sys", .claimed, "leads to no pinned certificate"),
    ("none/unsigned.sys", .claimed, "version resource"),
    ("none/stripped.sys", .claimed, "version resource"),
  ])
  func theAuthorityOfTheTestsConfirms(_ name: String, _ confidence: Confidence, _ reason: String)
    throws
  {
    let found = try attribution(try SignedFile.fixture(name).bytes, try testAnchors())
    #expect(found.confidence == confidence)
    #expect(found.reasons.contains { $0.contains(reason) }, "\(found.reasons)")
    if confidence == .confirmed { #expect(found.reasons.first?.contains(reason) == true) }
  }

  @Test func nothingIsConfirmedWithoutAPinnedCertificate() throws {
    for fixture in Fixtures.files("signed") {
      let found = try attribution(try SignedFile(fixture.file).bytes, .builtIn)
      #expect(try #require(found.confidence) <= .claimed, "\(fixture.file)")
    }
  }

  @Test func whatWasChangedOrTransplantedIsNotConfirmed() throws {
    let signed = try SignedFile.fixture("authority/sha256.sys")
    let unsigned = try SignedFile.fixture("none/unsigned.sys")
    let other = try SignedFile.fixture("authority/32-bit.exe")
    for bytes in [
      signed.flipping(0x50), unsigned.carrying(other.bytes[other.table]),
    ] {
      let found = try attribution(bytes, try testAnchors())
      #expect(found.confidence == .claimed)
      #expect(found.reasons.contains { $0.contains("changed after signing") }, "\(found.reasons)")
    }
    for bytes in [signed.bytes + [0], Array(signed.bytes.dropLast(100))] {
      let found = try attribution(bytes, try testAnchors())
      #expect(found.confidence == .claimed)
      #expect(found.reasons.contains { $0.contains("certificate table") }, "\(found.reasons)")
    }
    #expect(
      try attribution(signed.flipping(signed.checksum), try testAnchors()).confidence == .confirmed)
  }

  @Test func codeIdentityStaysStrongWhateverTheSignature() throws {
    let file = try SignedFile(Fixtures.positive("kaspersky_windows_driver_klif"))
    let other = try SignedFile.fixture("authority/other-vendor.sys")
    let found = try attribution(file.carrying(other.bytes[other.table]), try testAnchors())
    #expect(found.confidence == .strong)
  }

  @Test func onlyCertificatesAreAnchors() {
    var anchors = TrustAnchors.builtIn
    #expect(anchors.add(pem: []) == nil)
    #expect(anchors.add(pem: Array("no certificate".utf8)) == nil)
    #expect(
      anchors.add(pem: Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----".utf8))
        == nil)
    #expect(anchors == .builtIn)
  }
}
