import Bytes
import Findings
import Profiles

/// Assessment of an item's origin by its code signatures, with the certificates and companies
/// of a profile.
///
/// A signature proves the vendor when digest and signature are valid and either its certificate
/// is one of the vendor's pinned certificates, or a pinned authority issued it for code signing
/// to one of the vendor's companies. Everything else proves nothing, and the reasons say why.
struct SignatureAssessment {
  /// Reason why the item is the vendor's, as text; nil if no signature proves it.
  private(set) var proof: String?
  /// Further remarks on the signatures, in file order.
  private(set) var remarks: [String] = []
  /// Whether all signatures are valid and none is related to the vendor.
  let isOnlyOthers: Bool
  /// Whether there are signatures in the vendor's name, and each of them is of other bytes than these.
  let isOfAnotherFile: Bool
  /// Whether it is signed, but by nobody for these bytes, and not in the vendor's name.
  let isOthersAndOther: Bool

  /// Limit of remarks: a hostile file has dozens of signatures.
  private static let maximumRemarks = 8

  private let profile: VendorProfile

  init(_ signatures: [CodeSignature], problems: [String], _ profile: VendorProfile) {
    self.profile = profile
    isOnlyOthers =
      !signatures.isEmpty && problems.isEmpty
      && signatures.allSatisfy { $0.isValid && !profile.isNamed(in: $0) }
    let ofVendor = signatures.filter { profile.isNamed(in: $0) }
    isOthersAndOther =
      !(signatures.isEmpty && problems.isEmpty) && ofVendor.isEmpty
      && signatures.allSatisfy { $0.digest != .valid }
    isOfAnotherFile = !ofVendor.isEmpty && ofVendor.allSatisfy { $0.digest == .mismatch }
    for signature in signatures {
      if let proof = proof(signature) {
        self.proof = self.proof ?? proof
      } else {
        remark(remark(on: signature))
      }
      // A valid timestamp proves nothing: anyone can be a time-stamping authority.
      if signature.timestamp?.check == .invalid {
        remark(
          "has an invalid timestamp: it belongs to another signature, was changed, or has a"
            + " certificate that is not for time stamping")
      }
    }
    for problem in problems { remark(problem) }
  }

  private mutating func remark(_ text: String) {
    if remarks.count < Self.maximumRemarks, !remarks.contains(text) { remarks.append(text) }
  }

  /// Reason why a signature proves the vendor; nil if it does not.
  private func proof(_ signature: CodeSignature) -> String? {
    guard signature.isValid, let signer = signature.signer else { return nil }
    if profile.certificates.leaves.contains(Hexadecimal.text(of: signer.sha256)) {
      return "has a valid code signature by a pinned certificate of \(name(signer))"
    }
    // Behind the first certificate, the chain contains only certificates that may issue.
    guard signer.allowsCodeSigning, leadsToAuthority(signature) else { return nil }
    if let organization = signer.organization, profile.entities.contains(organization) {
      return "has a valid code signature by \(organization), certified by a pinned authority"
    }
    if signer.organization == Self.attestingOrganization,
      let program = signature.programName, profile.entities.contains(program)
    {
      return "has a valid code signature by Microsoft, which names \(program) as the submitter"
    }
    return nil
  }

  /// Whether a pinned authority certified the signer.
  private func leadsToAuthority(_ signature: CodeSignature) -> Bool {
    signature.chain.dropFirst().contains {
      profile.certificates.authorities.contains(Hexadecimal.text(of: $0))
    }
  }

  /// Remark on a signature that proves nothing. It is true of genuine files as well: of those that are damaged, that
  /// have a signature of an unknown kind, or whose company or authority the profile does not know.
  private func remark(on signature: CodeSignature) -> String {
    guard let signer = signature.signer else {
      return "has a code signature without its certificate: it cannot be checked"
    }
    let name = name(signer)
    switch signature.digest {
    case .unsupported:
      return "has a code signature in the name of \(name) with an unknown digest algorithm"
    case .mismatch:
      return "differs from what was signed in the name of \(name): it was changed, is not complete,"
        + " or carries the code signature of another file"
    case .valid: break
    }
    guard signature.isSignatureValid else {
      return "has a code signature in the name of \(name) that is invalid or of an unknown kind"
    }
    guard profile.isNamed(in: signature) else {
      return "has a valid code signature by another: \(name)"
    }
    let what: String
    if [signer.organization, signer.commonName].contains(where: { profile.isNamed(in: $0) }) {
      what = "has a code signature in the name of \(name)"
    } else if signer.organization == Self.attestingOrganization,
      let program = signature.programName, profile.isNamed(in: program)
    {
      what = "has a code signature by \(name) with \(program) as the submitter"
    } else {
      return "has a code signature by \(name) that mentions \(profile.name), as anyone's may"
    }
    guard leadsToAuthority(signature) else { return what + " that leads to no pinned certificate" }
    return what + " that leads to a pinned authority, but "
      + (signer.allowsCodeSigning
        ? "not to a known company of \(profile.name)" : "is not for code signing")
  }

  private func name(_ signer: SigningCertificate) -> String {
    signer.organization ?? signer.commonName ?? "nobody"
  }

  /// Organisation that signs drivers of others and writes the submitting company's name as the
  /// program name. In other signatures anyone can choose that name.
  private static let attestingOrganization = "Microsoft Corporation"
}

extension VendorProfile {
  /// Whether the vendor's name occurs anywhere in a signature.
  fileprivate func isNamed(in signature: CodeSignature) -> Bool {
    let signer = signature.signer
    return [signature.programName, signer?.commonName, signer?.organization, signer?.issuer]
      .contains { isNamed(in: $0) }
  }
}
