import Findings
import Profiles
import Testing

@testable import Identity

/// Proofs of the vendor by signatures, and their limits.
@Suite struct SignatureAssessmentTests {
  private static let leaf = [UInt8](repeating: 0xA1, count: 32)
  private static let authority = [UInt8](repeating: 0xB2, count: 32)
  private static let profile: VendorProfile = {
    var profile = VendorProfile(name: "Acme", rules: "")
    profile.certificates = TrustAnchors(
      leaves: [String(repeating: "a1", count: 32)],
      authorities: [String(repeating: "b2", count: 32)])
    profile.entities = ["Acme Ltd"]
    profile.words = ["acme"]
    return profile
  }()

  /// A valid signature by an organisation, whose chain leads to the pinned authority.
  private func signature(
    _ organization: String?, _ change: (inout CodeSignature) -> Void = { _ in }
  ) -> CodeSignature {
    let certificate = [UInt8](repeating: 1, count: 32)
    var signature = CodeSignature(
      digestAlgorithm: "sha256", digest: .valid, isSignatureValid: true,
      signer: SigningCertificate(
        commonName: organization, organization: organization, issuer: "CN=Root", serial: [1],
        sha1: [], sha256: certificate, allowsCodeSigning: true),
      chain: [certificate, Self.authority])
    change(&signature)
    return signature
  }

  private func assess(_ signatures: CodeSignature..., problems: [String] = [])
    -> SignatureAssessment
  {
    SignatureAssessment(signatures, problems: problems, Self.profile)
  }

  @Test func aPinnedCertificateProvesWithoutAnAuthority() {
    let found = assess(
      signature("Somebody") {
        $0.signer?.sha256 = Self.leaf
        $0.signer?.allowsCodeSigning = false
        $0.chain = []
      })
    #expect(found.proof == "has a valid code signature by a pinned certificate of Somebody")
    #expect(found.remarks.isEmpty)
  }

  @Test func anAuthorityProvesForTheVendorsCompanies() {
    #expect(
      assess(signature("Acme Ltd")).proof
        == "has a valid code signature by Acme Ltd, certified by a pinned authority")
    for name in ["acme ltd", "Acme Ltd ", "Acme", nil] {
      #expect(assess(signature(name)).proof == nil, "another company")
    }
    #expect(assess(signature("Acme Ltd") { $0.signer?.allowsCodeSigning = false }).proof == nil)
    // The authority's own certificate is not issued by itself.
    #expect(assess(signature("Acme Ltd") { $0.chain = [Self.authority] }).proof == nil)
    #expect(assess(signature("Acme Ltd") { $0.chain.removeLast() }).proof == nil)
  }

  @Test func onlyMicrosoftNamesASubmitter() {
    func proof(_ organization: String, _ program: String?) -> String? {
      assess(signature(organization) { $0.programName = program }).proof
    }
    #expect(
      proof("Microsoft Corporation", "Acme Ltd")
        == "has a valid code signature by Microsoft, which names Acme Ltd as the submitter")
    #expect(proof("Microsoft Corporation", "Acme") == nil)
    #expect(proof("Microsoft Corporation", nil) == nil)
    #expect(proof("Northwind", "Acme Ltd") == nil, "anyone can choose a program name")
  }

  @Test func anInvalidSignatureProvesNothing() {
    let changed = assess(signature("Acme Ltd") { $0.digest = .mismatch })
    #expect(changed.proof == nil && changed.isOfAnotherFile && !changed.isOnlyOthers)
    #expect(
      changed.remarks.first?.hasPrefix("differs from what was signed in the name of Acme Ltd")
        == true)
    let unknown = assess(signature("Acme Ltd") { $0.digest = .unsupported })
    #expect(unknown.proof == nil && !unknown.isOfAnotherFile)
    #expect(unknown.remarks.first?.contains("unknown digest algorithm") == true)
    let forged = assess(signature("Acme Ltd") { $0.isSignatureValid = false })
    #expect(
      forged.remarks == [
        "has a code signature in the name of Acme Ltd that is invalid or of an unknown kind"
      ])
    let bare = assess(signature("Acme Ltd") { $0.signer = nil })
    #expect(bare.proof == nil && bare.remarks.first?.contains("without its certificate") == true)
  }

  @Test func whatIsOnlyOthersIsSaid() {
    let other = assess(signature("Northwind"), signature("Contoso"))
    #expect(other.isOnlyOthers && !other.isOfAnotherFile)
    #expect(other.remarks.first == "has a valid code signature by another: Northwind")
    #expect(!assess().isOnlyOthers, "no signature")
    #expect(!assess(signature("Northwind"), problems: ["unread"]).isOnlyOthers)
    #expect(!assess(signature("Northwind") { $0.isSignatureValid = false }).isOnlyOthers)
    #expect(!assess(signature("Northwind"), signature("ACME GmbH")).isOnlyOthers)
  }

  @Test func theVendorsNameAloneIsARemark() {
    let unpinned = assess(signature("Acme GmbH"))
    #expect(
      unpinned.remarks == [
        "has a code signature in the name of Acme GmbH that leads to a pinned authority, but not to a known company of Acme"
      ])
    let mentioned = assess(signature("Northwind") { $0.signer?.issuer = "O=Acme" })
    #expect(
      mentioned.remarks == [
        "has a code signature by Northwind that mentions Acme, as anyone's may"
      ])
    #expect(assess(signature(nil)).remarks.first?.hasSuffix("by another: nobody") == true)
  }

  @Test func oneMismatchBesideAValidSignatureIsNotAnotherFile() {
    let found = assess(
      signature("Acme Ltd") { $0.digest = .mismatch }, signature("Acme Ltd"))
    #expect(!found.isOfAnotherFile && found.proof != nil && found.remarks.count == 1)
  }

  @Test func aTimestampOfAnotherSignatureIsARemarkBesideTheProof() {
    let found = assess(
      signature("Acme Ltd") {
        $0.timestamp = SigningTime(kind: .rfc3161, check: .invalid, time: nil)
      })
    #expect(found.proof != nil)
    #expect(
      found.remarks.first?.hasPrefix("has an invalid timestamp: it belongs to another signature")
        == true)
  }

  @Test func remarksAreBoundedAndNoneComesTwice() {
    let many = (0..<50).map { number in signature("Northwind \(number)") }
    let found = SignatureAssessment(many + many, problems: ["a", "a"], Self.profile)
    #expect(found.remarks.count == 8 && Set(found.remarks).count == 8)
    #expect(assess(problems: ["a", "a", "b"]).remarks == ["a", "b"])
  }
}
