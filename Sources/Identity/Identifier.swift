public import Findings
public import Yara

/// Says what a match means: from the metadata of the rules, and from what the binary says of itself.
public struct Identifier: Sendable {
  /// What ``attribution(of:moduleFields:)`` wants from the scanner.
  public static let moduleFields = [VersionResource.field]

  /// An identifier.
  public init() {}

  /// What is known of an item that these rules matched; `matches` must not be empty.
  ///
  /// The most convincing rule decides: its product and component hold, the others add reasons. A
  /// version comes from the binary itself; a version resource alone never raises the confidence.
  public func attribution(of matches: [RuleMatch], moduleFields: [ModuleField: ModuleValue])
    -> Attribution
  {
    let ranked = matches.map { RuleClaim($0.rule) }.sorted()
    let best = ranked[0]
    let resource = VersionResource(moduleFields[VersionResource.field])
    func first<Value>(_ key: (RuleClaim) -> Value?) -> Value? { ranked.lazy.compactMap(key).first }
    return Attribution(
      rule: best.rule.identifier,
      confidence: best.confidence,
      vendor: first { $0.rule.text("vendor") },
      product: first { $0.rule.text("product") } ?? resource.productName,
      productVersion: resource.productVersion,
      version: resource.fileVersion,
      component: first(\.component),
      platform: first { $0.rule.text("platform") },
      isEmbedded: best.rule.flag("embedded") ?? false,
      reasons: reasons(of: ranked))
  }

  private func reasons(of ranked: [RuleClaim]) -> [String] {
    var reasons = [String]()
    for claim in ranked {
      guard let reason = claim.rule.text("reason"), !reasons.contains(reason) else { continue }
      reasons.append(reason)
    }
    return reasons
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
