import Glibc

/// Estimated cost of a rule in a scan, with the reason and a remedy.
package struct RuleCost: Hashable, Sendable {
  /// Number of the rule.
  package let rule: Int
  /// Estimated share of the bytes of a disk that libyara must scan for this rule.
  package let share: Double
  /// Reason for the cost, and its remedy.
  package let cause: Cause

  /// Reason why items remain for a rule.
  package enum Cause: Hashable, Sendable {
    /// The rule prints, or ends a scan with an error.
    case effect
    /// The parser does not understand the text of the rule.
    case unknownText
    /// A string that is not searched.
    case unsearchable(String, reason: String)
    /// The condition requires no string.
    case noStrings
    /// The condition may be true without its strings.
    case trueWithoutStrings
    /// The rarest literal of the rule is in many items.
    case commonLiteral(RuleExplanation.Literal)
  }
}

extension RuleCost.Cause {
  /// Reason in words.
  package var reason: String {
    switch self {
    case .effect: "it prints, or counts a string between bounds of which the lower is not 0"
    case .unknownText: "its text is not understood"
    case .unsearchable(let string, let reason): "\(string) is not searched, because \(reason)"
    case .noStrings: "its condition uses no string"
    case .trueWithoutStrings: "its condition may be true without any of its strings"
    case .commonLiteral: "its rarest literal is in many items"
    }
  }

  /// Remedy for the rule's author.
  package var remedy: String {
    switch self {
    case .effect: "leave out the output, or count from 0"
    case .unknownText: "compile it from a text that libyara 4.2.3 accepts"
    case .unsearchable(_, StringNeed.Reason.tooShort.rawValue):
      "require a string with three fixed bytes in a row as well, or bind the string to a place such as `at 0`"
    case .unsearchable(_, StringNeed.Reason.noAtom.rawValue):
      "require a string with fixed bytes as well, or a size such as `filesize < 64KB`"
    case .unsearchable: "split the string"
    case .noStrings, .trueWithoutStrings:
      "require a string, first bytes such as `uint16(0) == 0x5A4D`, or a size"
    case .commonLiteral: "require a longer or rarer string as well"
    }
  }
}

extension Sieve {
  /// Estimates of all reported rules, the most expensive first.
  package func costs() -> [RuleCost] {
    let gates = gateSelectivities()
    return plan.rules.indices.filter { !plan.rules[$0].isPrivate }
      .map { cost(of: $0, gates[$0]) }
      .sorted { ($1.share, $0.rule) < ($0.share, $1.rule) }
  }

  /// Share of items that pass even the narrowest gate: files of the kind that the rule is about.
  private static let leastPassing = 0.1
  /// Share of a scan that evaluation without a search costs.
  private static let costOfEvaluation = 0.05
  /// Size in bytes of a typical large item.
  private static let typicalSize = Double(1 << 20)

  private func cost(of index: Int, _ gate: GateSelectivity) -> RuleCost {
    let rule = plan.rules[index]
    let passing = max(
      Double(gate.kept) / Double(GateSelectivity.pages), Self.leastPassing)
    func cost(_ share: Double, _ cause: RuleCost.Cause) -> RuleCost {
      RuleCost(rule: index, share: share * passing, cause: cause)
    }
    if rule.facts.contains(.isOpaque) { return cost(1, .unknownText) }
    if plan.tables.facts[Int(plan.tables.roots[index])].contains(.hasEffect) {
      return RuleCost(rule: index, share: 1, cause: .effect)
    }
    guard plan.groups[Int(rule.group)].hitless.contains(Int32(index)) else {
      let (share, literal) = shareOfHits(index)
      return cost(share, literal.map { .commonLiteral(.init($0)) } ?? .trueWithoutStrings)
    }
    for string in rule.strings {
      if let unsearchable = unsearchable(string) {
        return cost(1, .unsearchable(unsearchable.identifier, reason: unsearchable.reason))
      }
    }
    return cost(
      Self.costOfEvaluation, rule.strings.isEmpty ? .noStrings : .trueWithoutStrings)
  }

  /// Share of typical items in which the literals occur that make a rule a candidate, and the most common of them.
  private func shareOfHits(_ index: Int) -> (Double, LiteralTable.Literal?) {
    var sum = 0.0
    var commonest: (share: Double, literal: LiteralTable.Literal)?
    for number in plan.literals(forRule: Int32(index)) {
      let literal = plan.tables.literals[number]
      let share = ByteRarity.shareOfPlaces(literal)
      sum += share
      if share > commonest?.share ?? 0 { commonest = (share, literal) }
    }
    return (min(1, sum * Self.typicalSize), commonest?.literal)
  }
}

extension SievePlan {
  /// The literals one of which makes an item a candidate for a rule.
  fileprivate func literals(forRule rule: Int32) -> [Int32] {
    groups[Int(rules[Int(rule)].group)].pivots.filter { rulesOfLiteral[Int($0)].contains(rule) }
  }
}

extension ByteRarity {
  /// Expected share of the places in a content at which a literal occurs with its context.
  fileprivate static func shareOfPlaces(_ literal: LiteralTable.Literal) -> Double {
    var bits = halfBits(of: literal.bytes, ignoresCase: literal.ignoresCase)
    for set in (literal.context?.before ?? []) + (literal.context?.after ?? []) {
      bits += set.single.map { halfBits(of: [$0], ignoresCase: false) } ?? set.halfBits
    }
    // The shares of a version resource or a difference are those of their bytes.
    return exp2(-Double(min(bits, 200)) / 2)
  }
}
