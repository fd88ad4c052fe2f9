/// Chooses a few literals for a condition, one of which must be in an item for it to be true: the fewer
/// and the rarer, the cheaper the first search of an item.
struct PivotChooser {
  private let tables: ConditionTables
  private(set) var literals: LiteralTable
  private var memo: [ConditionGraph.Index: Pivot?] = [:]

  /// Literals, and the cost of searching them.
  struct Pivot {
    var literals: Set<Int32>
    var cost: Int
  }

  init(_ tables: ConditionTables) {
    self.tables = tables
    literals = tables.literals
  }

  /// The literals for a rule with these parts; nil if none of them has any.
  mutating func literals(forAnyOf parts: [ConditionGraph.Index]) -> [Int32]? {
    let best = parts.compactMap { pivot($0) }.min { $0.cost < $1.cost }
    return best.map { merged($0.literals) }
  }

  // MARK: Conditions

  private mutating func pivot(_ index: ConditionGraph.Index) -> Pivot? {
    if let known = memo[index] { return known }
    let found = choose(tables.nodes[Int(index)])
    memo[index] = found
    return found
  }

  private mutating func pivots(_ parts: ConditionGraph.List) -> [Pivot?] {
    tables.lists[parts.range].map { pivot($0) }
  }

  private mutating func choose(_ node: ConditionGraph.Node) -> Pivot? {
    switch node {
    case .present(let string), .presentAt(let string, _), .presentIn(let string, _),
      .count(let string):
      return pivot(string: string)
    case .all(let parts): return pivots(parts).compactMap(\.self).min { $0.cost < $1.cost }
    case .any(let parts): return union(pivots(parts), of: parts.count)
    case .compare(let comparison, let left, let right, mayBeFloat: false):
      return pivot(comparison, tables.nodes[Int(left)], tables.nodes[Int(right)])
    case .compareText(_, _, _, let literal?), .moduleValue(_, let literal?, _):
      return pivot(literal: literal)
    case .ofStrings(let quantifier, let strings, _), .ofStringsAt(let quantifier, let strings, _):
      return union(
        tables.lists[strings.range].map { pivot(string: $0) },
        of: enough(quantifier, of: strings.count))
    case .forStrings(let quantifier, let bodies, .truths):
      return union(pivots(bodies), of: enough(quantifier, of: bodies.count))
    case .forEach(let quantifier, _, let body, .truths):
      return asksForOne(quantifier) ? pivot(body) : nil
    case .rule(let rule): return pivot(tables.roots[Int(rule)])
    default: return nil
    }
  }

  /// `#a > 2` and the like are false if the string is absent; so are comparisons of its places.
  private func pivot(
    _ comparison: IntegerSet.Comparison, _ left: ConditionGraph.Node, _ right: ConditionGraph.Node
  ) -> Pivot? {
    for side in [left, right] {
      switch side {
      case .offset(let string, _), .length(let string, _): return pivot(string: string)
      default: continue
      }
    }
    guard case .count(let string) = left, case .integer(let value) = right else { return nil }
    let isFalseAtZero =
      switch comparison {
      case .greater: value >= 0
      case .greaterOrEqual, .equal: value >= 1
      case .notEqual, .less, .lessOrEqual: false
      }
    return isFalseAtZero ? pivot(string: string) : nil
  }

  /// Number of a set that must be absent for a quantifier to be false; nil if it is not known.
  private func enough(_ quantifier: ConditionGraph.Quantifier, of count: Int32) -> Int32? {
    switch quantifier {
    case .all: return 1
    case .any: return count
    case .none, .percentage: return nil
    case .count(let number):
      guard case .integer(let wanted) = tables.nodes[Int(number)], wanted >= 1 else { return nil }
      // More than there are is false anyway.
      return max(1, count - Int32(clamping: wanted) + 1)
    }
  }

  /// Whether a loop needs a body that is true.
  private func asksForOne(_ quantifier: ConditionGraph.Quantifier) -> Bool {
    switch quantifier {
    case .all, .any: return true
    case .none, .percentage: return false
    case .count(let number):
      guard case .integer(let wanted) = tables.nodes[Int(number)] else { return false }
      return wanted >= 1
    }
  }

  /// The union of the cheapest `count` pivots; nil if there are fewer.
  private func union(_ pivots: [Pivot?], of count: Int32?) -> Pivot? {
    let known = pivots.compactMap(\.self).sorted { $0.cost < $1.cost }
    guard let count, known.count >= Int(count) else { return nil }
    return known.prefix(Int(count)).reduce(Pivot(literals: [], cost: 0)) {
      Pivot(literals: $0.literals.union($1.literals), cost: $0.cost + $1.cost)
    }
  }

  // MARK: Strings and literals

  private func pivot(string: Int32) -> Pivot? {
    let parts = tables.firstPart[Int(string)]..<tables.firstPart[Int(string) + 1]
    return parts.compactMap { number -> Pivot? in
      let part = tables.parts[Int(number)]
      guard part.count > 0 else { return nil }
      let found = tables.literalsOfParts[Int(part.start)..<Int(part.start + part.count)]
      return Pivot(literals: Set(found), cost: found.reduce(0) { $0 + cost(of: $1) })
    }.min { $0.cost < $1.cost }
  }

  private func pivot(literal: Int32) -> Pivot {
    Pivot(literals: [literal], cost: cost(of: literal))
  }

  /// Cost of a literal: a short one occurs often, and each time the item is searched again.
  private func cost(of literal: Int32) -> Int {
    let literal = tables.literals[literal]
    let known =
      literal.bytes.count
      + min(6, (literal.context?.before.count ?? 0) + (literal.context?.after.count ?? 0))
    return switch known {
    case ..<4: 64
    case 4: 16
    case 5: 8
    case 6...7: 3
    default: literal.kind == .plain ? 1 : 2
    }
  }

  /// Number of equal first bytes that replace all literals that begin with them.
  private static let leastPrefix = 8

  /// Replaces literals with a common beginning by that beginning: one search instead of many.
  private mutating func merged(_ chosen: Set<Int32>) -> [Int32] {
    let plain = chosen.filter { literals[$0].kind == .plain }
      .sorted { literals[$0].bytes.lexicographicallyPrecedes(literals[$1].bytes) }
    var result = chosen.subtracting(plain)
    var index = 0
    while index < plain.count {
      let first = literals[plain[index]]
      var common = first.bytes
      var end = index + 1
      while end < plain.count, literals[plain[end]].ignoresCase == first.ignoresCase {
        let shared = zip(common, literals[plain[end]].bytes).prefix { $0 == $1 }.count
        guard shared >= Self.leastPrefix else { break }
        common = Array(common.prefix(shared))
        end += 1
      }
      if end - index > 1,
        let number = literals.add(.init(bytes: common, ignoresCase: first.ignoresCase))
      {
        result.insert(number)
      } else {
        result.formUnion(plain[index..<end])
      }
      index = end
    }
    return result.sorted()
  }
}
