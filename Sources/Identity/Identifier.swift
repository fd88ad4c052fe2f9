package import Findings
package import Profiles
package import Yara

/// Interprets a match by the metadata of the rules and by the binary's own statements.
package struct Identifier: Sendable {
  private let profile: VendorProfile?

  /// Creates an identifier that knows the vendor of `profile`; without a profile, no code
  /// signature proves anything.
  package init(_ profile: VendorProfile?) { self.profile = profile }

  /// Identifies an item that these rules matched; `matches` must not be empty.
  ///
  /// The most convincing rule determines product and component; the others add reasons. A rule that is
  /// `borrowed` is at most `claimed`, whatever it states, and so is one about a file that `mayBeMixed` with the bytes of
  /// another, because it was carved or deleted, if it is not what someone else signed. A version comes from the binary itself; a version resource
  /// alone never raises the confidence. Code signatures raise it if they prove the vendor, and lower it if a file
  /// that only claims to be the vendor's is signed only by other vendors, or names another vendor and is not what the vendor
  /// signed. Otherwise they add reasons.
  package func attribution(
    of matches: [RuleMatch], resource: VersionResource = VersionResource(),
    signatures: CodeSignatureReader? = nil, borrowed: BorrowedIdentity = BorrowedIdentity(),
    mayBeMixed: Bool = false
  ) -> Attribution {
    let assessment = profile.flatMap { profile in
      signatures.map { SignatureAssessment($0.signatures, problems: $0.problems, profile) }
    }
    let isMixed = mayBeMixed && assessment?.isOthersAndOther == true
    let ranked = matches.map {
      RuleClaim($0.rule, borrowed, isMixed: isMixed)
    }
    .sorted()
    let best = ranked[0]
    func first<Value>(_ key: (RuleClaim) -> Value?) -> Value? { ranked.lazy.compactMap(key).first }
    let namer = ranked.first { $0.rule.text("product") != nil }
    var attribution = Attribution(
      rule: best.rule.identifier,
      confidence: best.confidence,
      vendor: first { $0.rule.text("vendor") },
      product: namer?.rule.text("product"),
      productVersion: resource.productVersion,
      version: resource.fileVersion,
      component: first(\.component),
      platform: first { $0.rule.text("platform") },
      isEmbedded: best.rule.flag("embedded") ?? false,
      isShared: namer?.rule.flag("shared") ?? false,
      codeSignatures: signatures?.signatures ?? [],
      reasons: reasons(of: ranked))
    guard let profile, attribution.vendor == profile.name else {
      attribution.product = attribution.product ?? resource.productName
      return attribution
    }
    let maker = Maker(resource, profile)
    // Signatures do not change findings of rules without a confidence.
    if let assessment, attribution.confidence != nil { attribution.weigh(assessment, maker) }
    attribution.name(
      by: resource, maker, profile.products, isSure: namer?.isCodeIdentity ?? false)
    return attribution
  }

  /// Programs in the resources of a file that is attributed to the vendor.
  package func programs(in bytes: RawSpan, of attribution: Attribution) -> [EmbeddedProgram] {
    guard let profile, attribution.vendor == profile.name else { return [] }
    return EmbeddedPrograms(in: bytes, profile).programs
  }

  /// Adds the signature in a catalogue file to an unsigned file of the vendor. It may prove the vendor; it lowers
  /// nothing, as Microsoft signs the catalogues of many vendors' drivers.
  package func adding(_ signature: CodeSignature, to attribution: Attribution) -> Attribution {
    guard let profile, attribution.vendor == profile.name, let path = signature.catalogue else {
      return attribution
    }
    var attribution = attribution
    attribution.codeSignatures.append(signature)
    let assessment = SignatureAssessment([signature], problems: [], profile)
    if let proof = assessment.proof {
      attribution.confidence = .confirmed
      attribution.reasons.insert("\(proof), in the catalogue \(path)", at: 0)
    }
    attribution.reasons += assessment.remarks.map { "\($0), in the catalogue \(path)" }
    return attribution
  }

  private func reasons(of ranked: [RuleClaim]) -> [String] {
    var reasons = [String]()
    for claim in ranked {
      guard let reason = claim.reason, !reasons.contains(reason) else { continue }
      reasons.append(reason)
    }
    return reasons
  }
}

/// Vendor of a file, by its version resource.
private enum Maker {
  /// The vendor.
  case vendor
  /// Another vendor with this name.
  case other(String)
  /// No vendor in the resource.
  case unstated

  init(_ resource: VersionResource, _ profile: VendorProfile) {
    guard let company = resource.companyName, !company.isEmpty else {
      self = .unstated
      return
    }
    self =
      profile.records.publishers.contains(company) || profile.isNamed(in: company)
      ? .vendor : .other(company)
  }
}

extension Attribution {
  /// Applies the results of code signatures.
  fileprivate mutating func weigh(_ assessment: SignatureAssessment, _ maker: Maker) {
    if let proof = assessment.proof {
      confidence = .confirmed
      reasons.insert(proof, at: 0)
    } else if confidence == .claimed, assessment.isOnlyOthers {
      confidence = .weak
      reasons.append("is signed only by others: the claim is not believed")
    } else if confidence == .claimed, assessment.isOfAnotherFile, case .other(let company) = maker {
      confidence = .weak
      reasons.append(
        "names \(company) as its vendor, and its signatures in another name are of other bytes: the claim is not believed"
      )
    }
    reasons += assessment.remarks
  }

  /// Sets the product that the binary states, if the rules name none, or only a family of drivers.
  fileprivate mutating func name(
    by resource: VersionResource, _ maker: Maker, _ names: ProductNames, isSure: Bool
  ) {
    switch maker {
    case .vendor:
      if component == .driver, !isSure,
        let driver = resource.partName.flatMap({ names.drivers[$0] })
      {
        product = driver
        isShared = true
      }
      product = product ?? resource.productName
    case .unstated: product = product ?? resource.productName
    case .other(let company):
      guard product == nil else { return }
      isShared = true
      if confidence == .confirmed {
        reasons.append(
          "names \(company) as its vendor: it counts as a component, not as a product"
        )
      }
    }
  }
}

/// A rule ordered by how much it proves. Among equals, one that names the product comes first,
/// then the order of the rule files decides.
private struct RuleClaim: Comparable {
  let rule: Rule
  let confidence: Confidence?
  let component: Component?
  /// Words for what is against it; empty if nothing is.
  private let doubt: String
  private let rank: Int

  init(_ rule: Rule, _ borrowed: BorrowedIdentity, isMixed: Bool) {
    self.rule = rule
    let stated = rule.text("confidence").flatMap(Confidence.init)
    if borrowed.rules.contains(rule.identifier) {
      doubt =
        borrowed.isExact
        ? ", but not by its own code alone: anyone can add the other bytes"
        : ", but whether by its own code alone was not checked"
    } else if isMixed, stated.map({ $0 > .claimed }) == true {
      doubt =
        ", but perhaps by bytes of another file: it was deleted or carved, and is not what was"
        + " signed"
    } else {
      doubt = ""
    }
    let confidence = doubt.isEmpty ? stated : stated.map { min($0, .claimed) }
    self.confidence = confidence
    component = rule.text("component").flatMap(Component.init)
    let sureness = confidence.flatMap(Confidence.allCases.firstIndex).map { $0 + 1 } ?? 0
    rank = 2 * sureness + (rule.text("product") == nil ? 0 : 1)
  }

  /// Whether it proves more than a claim.
  var isCodeIdentity: Bool { confidence.map { $0 > .claimed } ?? false }

  /// Reasons for the match, and against it.
  var reason: String? { rule.text("reason").map { $0 + doubt } }

  static func < (left: RuleClaim, right: RuleClaim) -> Bool { left.rank > right.rank }
  static func == (left: RuleClaim, right: RuleClaim) -> Bool { left.rank == right.rank }
}
