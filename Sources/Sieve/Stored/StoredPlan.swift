import Yara

/// A plan and the places of the rules, as bytes.
struct StoredPlan {
  /// Format of the bytes: a change of them needs another number.
  static let format = 1

  let plan: SievePlan
  /// The place of each rule, nil where its text was not understood.
  let places: [RuleSources.Place?]
  let imports: [String: Set<String>]

  var bytes: [UInt8] {
    var writer = PlanWriter()
    writer.add(Int32(plan.rules.count))
    writer.add(plan.tables)
    writer.add(plan.gates)
    writer.add(plan.rules) { writer, rule in
      writer.add(rule.isPrivate)
      writer.add(rule.clauses)
      writer.add(rule.gates)
      writer.add(rule.group)
      writer.add(rule.facts.rawValue)
      // The other rules depend on all strings.
      guard !rule.facts.contains(.isOpaque) else { return }
      writer.add(rule.strings)
      writer.add(rule.literals)
    }
    writer.add(plan.groups) { writer, group in
      writer.add(group.gates)
      writer.add(group.hitless)
      writer.add(group.pivots)
      writer.add(group.literals)
    }
    writer.add(plan.rulesOfLiteral) { $0.add($1) }
    writer.add(plan.rulesWithEffects)
    writer.add(places) { writer, place in
      writer.add(place?.text ?? -1)
      writer.add(place?.included ?? -1)
      writer.add(Int64(place?.range.lowerBound ?? 0))
      writer.add(Int64(place?.range.upperBound ?? 0))
    }
    writer.add(imports.sorted { $0.key < $1.key }) { writer, entry in
      writer.add(entry.key)
      writer.add(entry.value.sorted()) { $0.add($1) }
    }
    return writer.bytes
  }

  init(plan: SievePlan, places: [RuleSources.Place?], imports: [String: Set<String>]) {
    self.plan = plan
    self.places = places
    self.imports = imports
  }

  /// Reads the plan of a number of rules, whose texts are `texts`; nil if the bytes are not one.
  init?(
    _ bytes: [UInt8], ruleCount: Int, stringCount: Int, texts: [RuleText],
    semantics: Library.Semantics
  ) {
    let read = bytes.withUnsafeBytes { bytes in
      var reader = PlanReader(bytes)
      return try? reader.plan(ruleCount, stringCount, texts, semantics)
    }
    guard let read else { return nil }
    self = read
  }
}

extension PlanReader {
  fileprivate mutating func plan(
    _ ruleCount: Int, _ stringCount: Int, _ texts: [RuleText], _ semantics: Library.Semantics
  ) throws(Damage) -> StoredPlan {
    guard Int(try integer()) == ruleCount else { throw Damage() }
    let tables = try tables(of: ruleCount, semantics: semantics)
    let (nodes, literals) = (tables.nodes.count, tables.literals.literals.count)
    guard tables.needs.count <= stringCount else { throw Damage() }
    let gates = try indices(below: nodes)
    let (everyString, everyLiteral) = (
      SievePlan.everyString(tables), SievePlan.everyLiteral(tables)
    )
    let rules = try elements(of: 14) { reader throws(Damage) -> SievePlan.PlannedRule in
      let isPrivate = try reader.flag()
      let clauses = try reader.indices(below: nodes)
      let own = try reader.indices(below: gates.count)
      let group = try reader.index(below: ruleCount)
      let facts = ConditionGraph.Facts(rawValue: try reader.byte())
      let isOpaque = facts.contains(.isOpaque)
      return SievePlan.PlannedRule(
        isPrivate: isPrivate, clauses: clauses, gates: own, group: group,
        strings: isOpaque ? everyString : try reader.indices(below: tables.needs.count),
        literals: isOpaque ? everyLiteral : try reader.indices(below: literals), facts: facts)
    }
    let groups = try elements(of: 16) { reader throws(Damage) in
      SievePlan.Group(
        gates: try reader.indices(below: gates.count),
        hitless: try reader.indices(below: ruleCount), pivots: try reader.indices(below: literals),
        literals: try reader.indices(below: literals))
    }
    let rulesOfLiteral = try elements(of: 4) { reader throws(Damage) in
      try reader.indices(below: ruleCount)
    }
    let rulesWithEffects = try indices(below: ruleCount)
    let places = try elements(of: 24) { reader throws(Damage) in try reader.place(texts) }
    guard rules.count == ruleCount, rulesOfLiteral.count == literals, places.count == ruleCount
    else { throw Damage() }
    for rule in rules where Int(rule.group) >= groups.count { throw Damage() }
    let imports = try elements(of: 8) { reader throws(Damage) in
      let namespace = try reader.text()
      let modules = try reader.elements(of: 4) { reader throws(Damage) in try reader.text() }
      return (namespace, Set(modules))
    }
    guard isAtEnd else { throw Damage() }
    return StoredPlan(
      plan: SievePlan(
        tables: tables, rules: rules, gates: gates, groups: groups,
        rulesOfLiteral: rulesOfLiteral, rulesWithEffects: rulesWithEffects),
      places: places, imports: Dictionary(imports) { $0.union($1) })
  }

  private mutating func place(_ texts: [RuleText]) throws(Damage) -> RuleSources.Place? {
    let (text, included) = (try integer(), try integer())
    let (start, end) = (try longInteger(), try longInteger())
    guard text != -1 else { return nil }
    guard text >= 0, Int(text) < texts.count, included >= -1,
      Int(included) < texts[Int(text)].included.count
    else { throw Damage() }
    let place = RuleSources.Place(text: text, included: included, range: 0..<0)
    guard start >= 0, start <= end, end <= place.bytes(texts).count else { throw Damage() }
    return RuleSources.Place(text: text, included: included, range: Int(start)..<Int(end))
  }
}
