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
  /// The most convincing rule determines product and component; the others add reasons. A rule whose identifier
  /// is in `borrowed` is at most `claimed`, whatever it states. A version comes from the binary itself; a version resource
  /// alone never raises the confidence. Code signatures raise it if they prove the vendor, and lower it if a file
  /// that only claims to be the vendor's is signed only by other vendors, or contains the certificates of another file. Otherwise
  /// they add reasons.
  package func attribution(
    of matches: [RuleMatch], resource: VersionResource = VersionResource(),
    signatures: CodeSignatureReader? = nil, borrowed: Set<String> = []
  ) -> Attribution {
    let ranked = matches.map {
      RuleClaim($0.rule, isBorrowed: borrowed.contains($0.rule.identifier))
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
    if let signatures, attribution.confidence != nil {
      attribution.weigh(
        SignatureAssessment(signatures.signatures, problems: signatures.problems, profile), maker)
    }
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
        "names \(company) as its vendor but carries certificates of another file: the claim is not believed"
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
          "names \(company) as its vendor: a component shipped with a product, not a product itself"
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
  private let isBorrowed: Bool
  private let rank: Int

  init(_ rule: Rule, isBorrowed: Bool) {
    self.rule = rule
    self.isBorrowed = isBorrowed
    let stated = rule.text("confidence").flatMap(Confidence.init)
    let confidence = isBorrowed ? stated.map { min($0, .claimed) } : stated
    self.confidence = confidence
    component = rule.text("component").flatMap(Component.init)
    let sureness = confidence.flatMap(Confidence.allCases.firstIndex).map { $0 + 1 } ?? 0
    rank = 2 * sureness + (rule.text("product") == nil ? 0 : 1)
  }

  /// Whether it proves more than a claim.
  var isCodeIdentity: Bool { confidence.map { $0 > .claimed } ?? false }

  /// Reasons for the match, and against it.
  var reason: String? {
    guard isBorrowed else { return rule.text("reason") }
    return rule.text("reason").map {
      $0 + ", but outside its own code, where anyone can add it"
    }
  }

  static func < (left: RuleClaim, right: RuleClaim) -> Bool { left.rank > right.rank }
  static func == (left: RuleClaim, right: RuleClaim) -> Bool { left.rank == right.rank }
}
