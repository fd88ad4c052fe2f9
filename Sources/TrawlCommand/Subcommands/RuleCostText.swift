import Reports
import Sieve
import Signatures

/// Costs of the rules of a set as text for people.
enum RuleCostText {
  /// Number of rules that are named.
  private static let mostRules = 10
  /// Rules for which less of a disk is left are not worth a remedy.
  private static let leastShare = 0.001

  /// The number of rules of each reach, and the most expensive rules; nothing for a single rule.
  static func summary(of sieve: Sieve) -> String {
    let explanations = sieve.explanations()
    guard explanations.count > 1 else { return "" }
    var lines = ["\(explanations.count) rules:"]
    for reach in [RuleExplanation.Reach.gate, .search, .evaluation, .none] {
      let count = explanations.count { $0.reach == reach }
      if count > 0 { lines.append("  \(count): \(ExplanationText.reach(reach))") }
    }
    let costs = sieve.costs().prefix(mostRules).filter { $0.share >= leastShare }
    if !costs.isEmpty { lines.append("Most expensive, by estimate:") }
    for cost in costs {
      let rule = explanations[cost.rule]
      lines.append(
        "  \(ExplanationText.name(rule.namespace, rule.identifier)): \(reason(of: cost))")
      lines.append("    remedy: \(cost.cause.remedy)")
    }
    return lines.joined(separator: "\n") + "\n\n"
  }

  private static func reason(of cost: RuleCost) -> String {
    guard case .commonLiteral(let literal) = cost.cause else { return cost.cause.reason }
    return "\(cost.cause.reason): \(ExplanationText.text(literal))"
  }

  /// The measured costs.
  static func text(of outcome: RuleProfile, _ sieve: Sieve) -> String {
    let explanations = sieve.explanations()
    var lines = ["Measured on \(of(outcome.whole)):"]
    let measured = outcome.measures.sorted {
      ($1.value.seconds, $0.key) < ($0.value.seconds, $1.key)
    }
    for (number, measure) in measured {
      let rule = explanations[number]
      let milliseconds = Int((measure.seconds * 1000).rounded())
      lines.append(
        "  \(ExplanationText.name(rule.namespace, rule.identifier)): \(milliseconds) ms on"
          + " \(of(measure))")
    }
    if measured.isEmpty { lines.append("  no item is left for any rule") }
    if outcome.undecided.items > 0 {
      lines.append("\(of(outcome.undecided)) are left for all rules: the search was given up.")
    }
    if outcome.unread > 0 { lines.append("\(outcome.unread) files could not be read.") }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func of(_ measure: RuleProfiler.Measure) -> String {
    "\(measure.items) items of \(measure.bytes) bytes"
  }
}
