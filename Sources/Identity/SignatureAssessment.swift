import Bytes
import Findings

/// What the code signatures of an item say about its origin, with the anchors of the scan.
///
/// A signature proves the vendor when digest and signature hold and either its certificate is one of
/// the vendor's that are pinned, or a pinned authority issued it for code signing in the name of one
/// of the vendor's companies. Everything else proves nothing, and the reasons say why.
struct SignatureAssessment {
  /// Why the item is the vendor's, in words; nil when no signature proves it.
  private(set) var proof: String?
  /// What else there is to say of the signatures, in the order of the file.
  private(set) var remarks: [String] = []
  /// Whether all signatures are valid, and none has anything to do with the vendor.
  let isOnlyOthers: Bool

  /// More remarks are left out: a hostile file has dozens of signatures.
  private static let maximumRemarks = 8

  init(_ signatures: [CodeSignature], problems: [String], _ anchors: TrustAnchors) {
    isOnlyOthers =
      !signatures.isEmpty && problems.isEmpty
      && signatures.allSatisfy { $0.isValid && !Self.namesVendor($0) }
    for signature in signatures {
      if let proof = Self.proof(signature, anchors) {
        self.proof = self.proof ?? proof
      } else {
        remark(Self.remark(on: signature))
      }
      // A good one proves nothing: anybody can be an authority for time.
      if signature.timestamp?.check == .invalid {
        remark("has a timestamp that is not one of its code signature, or was changed")
      }
    }
    for problem in problems { remark(problem) }
  }

  private mutating func remark(_ text: String) {
    if remarks.count < Self.maximumRemarks, !remarks.contains(text) { remarks.append(text) }
  }

  /// Why a signature proves the vendor; nil when it does not.
  private static func proof(_ signature: CodeSignature, _ anchors: TrustAnchors) -> String? {
    guard signature.isValid, let signer = signature.signer else { return nil }
    if anchors.leaves.contains(Hexadecimal.text(of: signer.sha256)) {
      return "has a valid code signature by a pinned certificate of \(name(signer))"
    }
    // Behind the first, the chain holds only certificates that may issue.
    guard signer.allowsCodeSigning,
      signature.chain.dropFirst().contains(where: {
        anchors.authorities.contains(Hexadecimal.text(of: $0))
      })
    else { return nil }
    if let organization = signer.organization, PinnedCertificates.entities.contains(organization) {
      return "has a valid code signature by \(organization), whom a pinned authority certified"
    }
    if signer.organization == PinnedCertificates.attestingOrganization,
      let program = signature.programName, PinnedCertificates.entities.contains(program)
    {
      return "has a valid code signature by Microsoft, which names \(program) as the submitter"
    }
    return nil
  }

  private static func remark(on signature: CodeSignature) -> String {
    guard let signer = signature.signer else {
      return "has a code signature without its certificate: nothing can be checked"
    }
    let name = name(signer)
    switch signature.digest {
    case .unsupported:
      return "has a code signature in the name of \(name) whose digest is of no known kind"
    case .mismatch:
      return "was changed after signing, or carries the code signature of another file: the digest"
        + " that is signed in the name of \(name) is not that of this file"
    case .valid: break
    }
    guard signature.isSignatureValid else {
      return "has an invalid code signature in the name of \(name)"
    }
    guard namesVendor(signature) else { return "has a valid code signature by another: \(name)" }
    return isVendor(signer.organization) || isVendor(signer.commonName)
      ? "has a code signature in the name of \(name) that leads to no pinned certificate"
      : "has a code signature by \(name) that mentions Kaspersky and proves nothing"
  }

  private static func name(_ signer: SigningCertificate) -> String {
    signer.organization ?? signer.commonName ?? "nobody"
  }

  /// Whether the vendor's name is anywhere in a signature.
  private static func namesVendor(_ signature: CodeSignature) -> Bool {
    let signer = signature.signer
    return [signature.programName, signer?.commonName, signer?.organization, signer?.issuer]
      .contains(where: isVendor)
  }

  /// Whether a text has the vendor's name in it, however spelt.
  private static func isVendor(_ text: String?) -> Bool {
    guard let text = text?.lowercased() else { return false }
    return text.contains("kaspersky") || text.contains("касперск")
  }
}
