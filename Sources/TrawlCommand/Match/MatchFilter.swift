import Locks
import Yara

/// Selects the rules to show, up to the limit (handle_message of yara.c).
final class MatchFilter: Sendable {
  private let tags: Set<String>
  private let identifiers: Set<String>
  private let isNegated: Bool
  private let limit: Int
  /// Number of matches in all items so far.
  private let total = Locked(0)

  init(_ arguments: MatchArguments) {
    func texts(_ option: String) -> Set<String> {
      Set(arguments.texts(option).map { String(decoding: $0, as: UTF8.self) })
    }
    tags = texts("tag")
    identifiers = texts("identifier")
    isNegated = arguments.has("negate")
    limit = Int(Int32(truncatingIfNeeded: arguments.integer("max-rules")))
  }

  /// Whether rules that do not match are needed.
  var needsNonMatching: Bool { isNegated || limit != 0 }

  /// Part of one item's result that passes the filters.
  struct Selection {
    var shown: [RuleMatch] = []
    var shownNonMatching: [(rule: Rule, strings: [StringMatch])] = []
    /// Number of matches, shown or not.
    var count = 0
  }

  func select(from result: ScanResult) -> Selection {
    guard limit != 0 else {
      return Selection(
        shown: isNegated ? [] : result.matches.filter { isShown($0.rule) },
        shownNonMatching: isNegated
          ? result.nonMatching.indices.filter { isShown(result.nonMatching[$0]) }
            .map { Self.nonMatching($0, of: result) } : [],
        count: result.matches.count)
    }
    return total.withLock { total in selectLimited(from: result, &total) }
  }

  /// Selects up to the limit. libyara asks after each rule whether to continue, and `yara` stops
  /// at the last match wanted: in later items it still sees the first rule.
  private func selectLimited(from result: ScanResult, _ total: inout Int) -> Selection {
    var selection = Selection()
    var match = 0
    var nonMatching = 0
    while match < result.matches.count || nonMatching < result.nonMatching.count {
      let isMatch =
        match < result.matches.count && result.nonMatchingBefore[match] <= nonMatching
      if isMatch {
        let found = result.matches[match]
        if !isNegated, isShown(found.rule) { selection.shown.append(found) }
        selection.count += 1
        total += 1
        match += 1
      } else {
        if isNegated, isShown(result.nonMatching[nonMatching]) {
          selection.shownNonMatching.append(Self.nonMatching(nonMatching, of: result))
        }
        nonMatching += 1
      }
      if total >= limit { break }
    }
    return selection
  }

  private static func nonMatching(_ index: Int, of result: ScanResult)
    -> (rule: Rule, strings: [StringMatch])
  {
    let hasStrings = index < result.nonMatchingStrings.count
    return (result.nonMatching[index], hasStrings ? result.nonMatchingStrings[index] : [])
  }

  /// Whether the filters show a rule. With identifiers and tags given, `yara` checks only the
  /// identifiers.
  private func isShown(_ rule: Rule) -> Bool {
    if !identifiers.isEmpty { return identifiers.contains(rule.identifier) }
    return tags.isEmpty || rule.tags.contains { tags.contains($0) }
  }
}
