import Yara

/// Plan of the sieve for a rule set: the conditions that gate each rule, and the rules that a literal
/// hit reactivates. Built once, shared by all sessions.
final class SievePlan: Sendable {
  let tables: ConditionTables
  let rules: [PlannedRule]
  /// The conditions that size and first bytes decide, each once.
  let gates: [ConditionGraph.Index]
  /// The reported rules, those with the same gates together.
  let groups: [Group]
  /// The gates of all groups, in one list: reading a group's own retains it, for every item.
  let gateLists: [Int32]
  /// The part of ``gateLists`` that belongs to each group.
  let gatesOfGroups: [Range<Int32>]
  /// The reported rules that can match only if one of some literals is seen, by those literals.
  let rulesOfLiteral: [[Int32]]
  /// Rules whose conditions may have an effect: they are evaluated for every item, in libyara's order.
  let rulesWithEffects: [Int32]
  /// Whether a rule requires strings at certain places.
  let looksAtPlaces: Bool

  /// The sieve's plan for one rule.
  struct PlannedRule: Sendable {
    let isPrivate: Bool
    /// The parts that must all be true, those of the global rules of the namespace among them, as far
    /// as gates do not decide them for good.
    let clauses: [ConditionGraph.Index]
    /// The gates among the parts, by their numbers.
    let gates: [Int32]
    let group: Int32
    /// Strings that its answer depends on, those of rules it refers to among them.
    let strings: [Int32]
    /// Literals that its answer depends on: of strings, or implied by modules.
    let literals: [Int32]
    /// Facts that its answer depends on.
    let facts: ConditionGraph.Facts
  }

  /// Reported rules with the same gates.
  struct Group: Sendable {
    let gates: [Int32]
    /// The members that may match although none of their literals is seen.
    var hitless: [Int32] = []
    /// The literals of the first search: without one of them, no member may match but the hitless.
    var pivots: [Int32] = []
    /// All literals that its members depend on.
    var literals: [Int32] = []
  }

  init(_ tables: ConditionTables, rules described: [Rule]) {
    let dependencies = Dependencies(tables, described)
    let (everyString, everyLiteral) = (Self.everyString(tables), Self.everyLiteral(tables))
    var gates: [ConditionGraph.Index] = []
    var gateNumbers: [ConditionGraph.Index: Int32] = [:]
    var groups: [Group] = []
    var groupNumbers: [[Int32]: Int32] = [:]
    var planned: [PlannedRule] = []
    for (index, rule) in described.enumerated() {
      let clauses = dependencies.clauses[index]
      let isOpaque = dependencies.facts[index].contains(.isOpaque)
      let own = Set(clauses.filter { tables.facts[Int($0)].isGate }).sorted().map { gate in
        if let number = gateNumbers[gate] { return number }
        gates.append(gate)
        gateNumbers[gate] = Int32(gates.count - 1)
        return Int32(gates.count - 1)
      }
      if groupNumbers[own] == nil {
        groupNumbers[own] = Int32(groups.count)
        groups.append(Group(gates: own))
      }
      planned.append(
        PlannedRule(
          isPrivate: rule.isPrivate,
          clauses: clauses.filter {
            !tables.facts[Int($0)].isGate || tables.facts[Int($0)].contains(.usesPlaces)
          }, gates: own, group: groupNumbers[own]!,
          strings: isOpaque ? everyString : dependencies.strings[index].sorted(),
          literals: isOpaque ? everyLiteral : dependencies.literals[index].sorted(),
          facts: dependencies.facts[index]))
    }

    var literals: [Set<Int32>] = Array(repeating: [], count: groups.count)
    var pivots: [Set<Int32>] = literals
    var rulesOfPivot: [Int32: [Int32]] = [:]
    var opaqueGroups: Set<Int> = []
    var chooser = PivotChooser(tables)
    // The conditions themselves, without an item, decide which rules may match although no literal is found.
    var evaluator = Evaluator(tables)
    evaluator.view.knowledge = .absent
    evaluator.begin()
    for (index, rule) in planned.enumerated() where !rule.isPrivate {
      let group = Int(rule.group)
      if rule.facts.contains(.isOpaque) {
        groups[group].hitless.append(Int32(index))
        if opaqueGroups.insert(group).inserted {
          literals[group].formUnion(everyLiteral)
          pivots[group].formUnion(everyLiteral)
        }
        continue
      }
      literals[group].formUnion(rule.literals)
      if rule.clauses.allSatisfy({ evaluator.truth($0).mayBeYes }) {
        groups[group].hitless.append(Int32(index))
        pivots[group].formUnion(rule.literals)
      } else {
        let chosen = chooser.literals(forAnyOf: rule.clauses) ?? rule.literals
        pivots[group].formUnion(chosen)
        for literal in chosen { rulesOfPivot[literal, default: []].append(Int32(index)) }
      }
    }
    let extended = ConditionTables(tables, literals: chooser.literals)
    var rulesOfLiteral: [[Int32]] = Array(
      repeating: [], count: extended.literals.literals.count)
    for (literal, rules) in rulesOfPivot { rulesOfLiteral[Int(literal)] = rules }
    for index in groups.indices {
      groups[index].literals = literals[index].union(pivots[index]).sorted()
      groups[index].pivots = pivots[index].sorted()
    }
    self.tables = extended
    looksAtPlaces = planned.contains { $0.facts.contains(.usesPlaces) }
    self.gates = gates
    // A group of private rules alone has nothing to report.
    self.groups = groups
    (gateLists, gatesOfGroups) = Self.flattened(groups)
    self.rulesOfLiteral = rulesOfLiteral
    self.rules = planned
    rulesWithEffects = tables.roots.indices.filter {
      tables.facts[Int(tables.roots[$0])].contains(.hasEffect)
    }.map { Int32($0) }
  }

  /// A plan that was made before.
  init(
    tables: ConditionTables, rules: [PlannedRule], gates: [ConditionGraph.Index], groups: [Group],
    rulesOfLiteral: [[Int32]], rulesWithEffects: [Int32]
  ) {
    self.tables = tables
    self.rules = rules
    self.gates = gates
    self.groups = groups
    (gateLists, gatesOfGroups) = Self.flattened(groups)
    self.rulesOfLiteral = rulesOfLiteral
    self.rulesWithEffects = rulesWithEffects
    looksAtPlaces = rules.contains { $0.facts.contains(.usesPlaces) }
  }
}

extension SievePlan {
  private static func flattened(_ groups: [Group]) -> (gates: [Int32], ranges: [Range<Int32>]) {
    var gates: [Int32] = []
    let ranges = groups.map { group in
      let start = Int32(gates.count)
      gates += group.gates
      return start..<Int32(gates.count)
    }
    return (gates, ranges)
  }

  /// All strings, on which a rule that is not understood may depend. Some sets have many such rules, which share one
  /// list.
  static func everyString(_ tables: ConditionTables) -> [Int32] {
    tables.needs.indices.map { Int32($0) }
  }

  /// All literals that strings need, or modules imply.
  static func everyLiteral(_ tables: ConditionTables) -> [Int32] {
    tables.literals.literals.indices.map { Int32($0) }
  }

  /// The parts of a condition that must all be true.
  static func clauses(of root: ConditionGraph.Index, _ tables: ConditionTables)
    -> [ConditionGraph.Index]
  {
    guard case .all(let parts) = tables.nodes[Int(root)] else { return [root] }
    return tables.lists[parts.range].flatMap { clauses(of: $0, tables) }
  }

  /// Whether a gate can be false at all: only libyara can decide some.
  func dependsOnItem(_ clause: ConditionGraph.Index) -> Bool {
    Dependencies.nodes(below: clause, tables).contains { node in
      switch node {
      case .fileSize, .read, .presentAt, .presentIn, .ofStringsAt, .isPortableExecutable, .rule,
        .ofRules:
        true
      case .moduleValue(let header, _, _): header != .none
      case .truth(let value): value == .no
      default: false
      }
    }
  }
}

extension ConditionGraph.Facts {
  /// Whether size and first bytes decide it, unless only libyara can.
  var isGate: Bool { isDisjoint(with: [.usesStrings, .hasEffect]) }
}

/// Dependencies of each rule's answer, direct or through the rules it refers to.
private struct Dependencies {
  /// The parts of a condition that must all be true, with those of global rules.
  private(set) var clauses: [[ConditionGraph.Index]] = []
  private(set) var strings: [Set<Int32>] = []
  private(set) var literals: [Set<Int32>] = []
  private(set) var facts: [ConditionGraph.Facts] = []

  init(_ tables: ConditionTables, _ rules: [Rule]) {
    // Rules refer to rules above only.
    for root in tables.roots {
      var found = Set<Int32>()
      var implied = Set<Int32>()
      var all = tables.facts[Int(root)]
      for node in Self.nodes(below: root, tables) {
        switch node {
        case .present(let string), .presentAt(let string, _), .presentIn(let string, _),
          .count(let string), .countIn(let string, _), .offset(let string, _),
          .length(let string, _):
          found.insert(string)
        case .ofStrings(_, let strings, _), .ofStringsAt(_, let strings, _):
          found.formUnion(tables.lists[strings.range])
        case .compareText(_, _, _, let literal?), .moduleValue(_, let literal?, _):
          implied.insert(literal)
        default: break
        }
        for rule in Self.rules(of: node, tables) {
          found.formUnion(strings[Int(rule)])
          implied.formUnion(literals[Int(rule)])
          all.formUnion(facts[Int(rule)])
        }
      }
      // A part that is not understood may depend on every string: see ``SievePlan/everyString``.
      if all.contains(.isOpaque) { (found, implied) = ([], []) }
      for string in found { implied.formUnion(Self.literals(of: string, tables)) }
      strings.append(found)
      literals.append(implied)
      facts.append(all)
      clauses.append(SievePlan.clauses(of: root, tables))
    }
    addGlobals(rules)
  }

  /// A rule is reported only if every global rule of its namespace is true as well.
  private mutating func addGlobals(_ rules: [Rule]) {
    var globals: [String: [Int]] = [:]
    for (index, rule) in rules.enumerated() where rule.isGlobal {
      globals[rule.namespace, default: []].append(index)
    }
    guard !globals.isEmpty else { return }
    let own = self
    for (index, rule) in rules.enumerated() {
      for global in globals[rule.namespace] ?? [] where global != index {
        clauses[index] += own.clauses[global]
        strings[index].formUnion(own.strings[global])
        literals[index].formUnion(own.literals[global])
        facts[index].formUnion(own.facts[global])
      }
    }
  }

  /// The rules that a node refers to.
  static func rules(of node: ConditionGraph.Node, _ tables: ConditionTables) -> [Int32] {
    switch node {
    case .rule(let rule): [rule]
    case .ofRules(_, let rules): tables.lists[rules.range].filter { $0 >= 0 }
    default: []
    }
  }

  static func nodes(below root: ConditionGraph.Index, _ tables: ConditionTables)
    -> [ConditionGraph.Node]
  {
    var seen: Set<ConditionGraph.Index> = [root]
    var waiting = [root]
    var all: [ConditionGraph.Node] = []
    while let index = waiting.popLast() {
      let node = tables.nodes[Int(index)]
      all.append(node)
      for child in ConditionGraph.children(of: node, tables.lists) where seen.insert(child).inserted
      {
        waiting.append(child)
      }
    }
    return all
  }

  private static func literals(of string: Int32, _ tables: ConditionTables) -> [Int32] {
    (tables.firstPart[Int(string)]..<tables.firstPart[Int(string) + 1]).flatMap { part in
      let part = tables.parts[Int(part)]
      return tables.literalsOfParts[Int(part.start)..<Int(part.start + part.count)]
    }
  }
}
