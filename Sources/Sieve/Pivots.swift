/// Chooses, for a condition, a few literals one of which must be in an item for it to be true: the fewer
/// and the rarer, the cheaper the first search of an item.
struct PivotChooser {
  private let tables: ConditionTables
  private(set) var literals: LiteralTable
  private var memo: [ConditionGraph.Index: Pivot?] = [:]

  /// Literals and what it costs to look for them.
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

  private func list(_ node: ConditionGraph.Node) -> ArraySlice<Int32> {
    tables.lists[Int(node.listStart)..<Int(node.listStart + node.listCount)]
  }

  private mutating func choose(_ node: ConditionGraph.Node) -> Pivot? {
    switch node.kind {
    case .present, .presentAt, .presentIn, .count: return pivot(string: node.a)
    case .all: return list(node).compactMap { pivot($0) }.min { $0.cost < $1.cost }
    case .any: return union(list(node).map { pivot($0) }, of: node.listCount)
    case .compare: return comparison(node)
    case .compareText: return node.c >= 0 ? pivot(literal: node.c) : nil
    case .moduleValue: return node.b >= 0 ? pivot(literal: node.b) : nil
    case .ofStrings: return union(list(node).map { pivot(string: $0) }, of: enough(node))
    case .forStrings:
      return node.c == 0 ? union(list(node).map { pivot($0) }, of: enough(node)) : nil
    case .forEach:
      guard node.c == 0, let body = list(node).last, asksForOne(node) else { return nil }
      return pivot(body)
    case .rule: return pivot(tables.roots[Int(node.a)])
    default: return nil
    }
  }

  /// `#a > 2` and the like are false where the string is absent; so is what compares a place of it.
  private mutating func comparison(_ node: ConditionGraph.Node) -> Pivot? {
    let (left, right) = (tables.nodes[Int(node.a)], tables.nodes[Int(node.b)])
    guard node.c == 0 else { return nil }
    for side in [left, right] where side.kind == .offset || side.kind == .length {
      return pivot(string: side.a)
    }
    guard left.kind == .count, right.kind == .integer else { return nil }
    let isFalseAtZero =
      switch IntegerSet.Comparison(rawValue: node.value)! {
      case .greater: right.value >= 0
      case .greaterOrEqual, .equal: right.value >= 1
      case .notEqual, .less, .lessOrEqual: false
      }
    return isFalseAtZero ? pivot(string: left.a) : nil
  }

  /// How many of a set must be absent for a quantifier to be false; nil if it is not known.
  private func enough(_ node: ConditionGraph.Node) -> Int32? {
    switch QuantifierKind(rawValue: node.value)! {
    case .all: return 1
    case .any: return node.listCount
    case .none, .percentage: return nil
    case .count:
      let wanted = tables.nodes[Int(node.a)]
      guard wanted.kind == .integer, wanted.value >= 1 else { return nil }
      // More than there are is false anyway.
      return max(1, node.listCount - Int32(clamping: wanted.value) + 1)
    }
  }

  /// Whether a loop needs a body that is true.
  private func asksForOne(_ node: ConditionGraph.Node) -> Bool {
    switch QuantifierKind(rawValue: node.value)! {
    case .all, .any: true
    case .none, .percentage: false
    case .count: tables.nodes[Int(node.a)].kind == .integer && tables.nodes[Int(node.a)].value >= 1
    }
  }

  /// The cheapest `count` of some pivots together; nil if there are not so many.
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

  /// Short literals are met often, and each time the item is searched again.
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

  /// So many equal first bytes stand for all literals that begin with them.
  private static let leastPrefix = 8

  /// Literals that begin alike are looked for by their common beginning: one search instead of many.
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
