/// Totals of a proof.
package struct Tally: Sendable {
  package internal(set) var sets = 0
  package internal(set) var rules = 0
  package internal(set) var refused = 0
  package internal(set) var items = 0
  /// Hashes of rule texts without their names.
  package internal(set) var distinctRules: Set<Int> = []
  package internal(set) var productions: [String: Int] = [:]

  // Pairs of a reported rule and an item.
  package internal(set) var pairs = 0
  package internal(set) var matching = 0
  /// Pairs without a match: excluded by the sieve, or evaluated without a search.
  package internal(set) var excluded = 0
  package internal(set) var evaluated = 0

  // Items of whole sets.
  package internal(set) var failedScans = 0
  package internal(set) var printingScans = 0
  /// Scans that libyara gave up.
  package internal(set) var abandonedScans = 0
  /// Scans with the rules that were left, compared with those of the whole set.
  package internal(set) var subsetScans = 0

  // Sets of one rule.
  package internal(set) var singlePairs = 0
  package internal(set) var singleMatching = 0
  package internal(set) var singleExcluded = 0
  package internal(set) var singleEvaluated = 0

  package internal(set) var differences: [Difference] = []

  package init() {}

  /// Number of items below which rules prove nothing, because libyara gave up the others.
  private static let fewestItems = 10

  mutating func count(_ rules: [RandomRule], comparedWith items: Int) {
    self.items += items
    guard items >= Self.fewestItems else { return }
    sets += 1
    self.rules += rules.count
    for rule in rules {
      distinctRules.insert(rule.content.hashValue)
      for production in rule.productions { productions[production, default: 0] += 1 }
    }
  }

  package var shareMatching: Double { Double(matching) / Double(max(1, pairs)) }

  /// Share of the non-matching pairs that need no scan.
  package var power: Double { Double(excluded + evaluated) / Double(max(1, pairs - matching)) }
  package var singlePower: Double {
    Double(singleExcluded + singleEvaluated) / Double(max(1, singlePairs - singleMatching))
  }

  package var report: String {
    func percent(_ part: Int, _ whole: Int) -> String {
      let tenths = whole == 0 ? 0 : (part * 1000 + whole / 2) / whole
      return "\(tenths / 10).\(tenths % 10) %"
    }
    let table = productions.sorted { $0.value < $1.value }
      .map {
        "\(String(repeating: " ", count: max(0, 9 - "\($0.value)".count)))\($0.value)  \($0.key)"
      }
    return """
      productions of accepted rules, rarest first:
      \(table.joined(separator: "\n"))
      sets \(sets), rules \(rules), distinct \(distinctRules.count), refused \(refused), items \(items)
      pairs \(pairs), matching \(matching) (\(percent(matching, pairs)))
      not matching \(pairs - matching): excluded \(percent(excluded, pairs - matching)), \
      evaluated without a scan \(percent(evaluated, pairs - matching))
      sets of one rule: pairs \(singlePairs), matching \(singleMatching), of the others excluded \
      \(percent(singleExcluded, singlePairs - singleMatching)), evaluated \
      \(percent(singleEvaluated, singlePairs - singleMatching))
      scans that failed \(failedScans), that printed \(printingScans), given up by libyara \(abandonedScans)
      scans of subsets \(subsetScans)
      productions \(productions.count), fewest \(productions.values.min() ?? 0)
      differences \(differences.count)
      """
  }
}
