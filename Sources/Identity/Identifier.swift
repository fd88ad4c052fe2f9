public import Findings
public import Yara

/// Says what a match means: from the metadata of the rules, and from what the binary says of itself.
public struct Identifier: Sendable {
  /// What ``attribution(of:moduleFields:)`` wants from the scanner.
  public static let moduleFields = [VersionResource.field]

  private let anchors: TrustAnchors

  /// An identifier that takes the word of `anchors` on code signatures.
  public init(anchors: TrustAnchors = .builtIn) { self.anchors = anchors }

  /// What is known of an item that these rules matched; `matches` must not be empty.
  ///
  /// The most convincing rule decides: its product and component hold, the others add reasons. A
  /// version comes from the binary itself; a version resource alone never raises the confidence.
  /// Code signatures raise it when they prove the vendor, and lower it when a file that only claims
  /// to be the vendor's is signed by others alone; else they add reasons.
  public func attribution(
    of matches: [RuleMatch], moduleFields: [ModuleField: ModuleValue],
    signatures: CodeSignatureReader? = nil
  ) -> Attribution {
    let ranked = matches.map { RuleClaim($0.rule) }.sorted()
    let best = ranked[0]
    let resource = VersionResource(moduleFields[VersionResource.field])
    func first<Value>(_ key: (RuleClaim) -> Value?) -> Value? { ranked.lazy.compactMap(key).first }
    var attribution = Attribution(
      rule: best.rule.identifier,
      confidence: best.confidence,
      vendor: first { $0.rule.text("vendor") },
      product: first { $0.rule.text("product") } ?? resource.productName,
      productVersion: resource.productVersion,
      version: resource.fileVersion,
      component: first(\.component),
      platform: first { $0.rule.text("platform") },
      isEmbedded: best.rule.flag("embedded") ?? false,
      isShared: ranked.first { $0.rule.text("product") != nil }?.rule.flag("shared") ?? false,
      codeSignatures: signatures?.signatures ?? [],
      reasons: reasons(of: ranked))
    // Rules that name another vendor, or state no confidence, are not about what is proven here.
    if let signatures, attribution.confidence != nil, attribution.vendor == Self.vendor {
      attribution.weigh(
        SignatureAssessment(
          signatures.signatures, problems: signatures.problems, anchors))
    }
    return attribution
  }

  /// The vendor whose certificates are pinned, as rules name it.
  private static let vendor = "Kaspersky"

  private func reasons(of ranked: [RuleClaim]) -> [String] {
    var reasons = [String]()
    for claim in ranked {
      guard let reason = claim.rule.text("reason"), !reasons.contains(reason) else { continue }
      reasons.append(reason)
    }
    return reasons
  }
}

extension Attribution {
  /// Takes in what code signatures prove.
  fileprivate mutating func weigh(_ assessment: SignatureAssessment) {
    if let proof = assessment.proof {
      confidence = .confirmed
      reasons.insert(proof, at: 0)
    } else if confidence == .claimed, assessment.isOnlyOthers {
      confidence = .weak
      reasons.append("is signed by others only, so that the claim is not believed")
    }
    reasons += assessment.remarks
  }
}

/// A rule by how much it proves; among equals one that names the product comes first, then the order
/// of the rule files decides.
private struct RuleClaim: Comparable {
  let rule: Rule
  let confidence: Confidence?
  let component: Component?
  private let rank: Int

  init(_ rule: Rule) {
    self.rule = rule
    confidence = rule.text("confidence").flatMap(Confidence.init)
    component = rule.text("component").flatMap(Component.init)
    let sureness = confidence.flatMap(Confidence.allCases.firstIndex).map { $0 + 1 } ?? 0
    rank = 2 * sureness + (rule.text("product") == nil ? 0 : 1)
  }

  static func < (left: RuleClaim, right: RuleClaim) -> Bool { left.rank > right.rank }
  static func == (left: RuleClaim, right: RuleClaim) -> Bool { left.rank == right.rank }
}
