import Yara

// Stored forms of conditions and literals.

extension PlanWriter {
  mutating func add(_ tables: ConditionTables) {
    add(tables.texts) { $0.add($1) }
    add(tables.literals.literals) { $0.add($1) }
    add(tables.needs) { writer, need in writer.add(need, tables.literals) }
    add(tables.lists)
    add(Int32(tables.nodes.count))
    for (index, node) in tables.nodes.enumerated() {
      add(tables.facts[index].rawValue)
      add(node)
    }
    add(tables.roots)
  }

  private mutating func add(_ literal: LiteralTable.Literal) {
    add(literal.bytes)
    add(literal.ignoresCase)
    add(literal.kind.rawValue)
    add(literal.context != nil)
    guard let context = literal.context else { return }
    add(context.before) { $0.add($1) }
    add(context.after) { $0.add($1) }
    add(context.first.map { [$0] } ?? []) { $0.add($1) }
  }

  private mutating func add(_ set: ByteSet) {
    for word in set.words { add(Int64(bitPattern: word)) }
  }

  private mutating func add(_ need: StringNeed, _ literals: LiteralTable) {
    add(need.identifier)
    add(Int32(bitPattern: need.traits.rawValue))
    add(Int32(need.origin.rule))
    add(Int32(need.origin.place))
    add(need.isExact)
    add(need.dependsOnNeighbours)
    add(need.beginning.map(\.value))
    add(need.beginning.map(\.mask))
    // Most forms are literals that are searched.
    add(need.forms) { writer, form in
      let number = literals.number(of: form)
      writer.add(number ?? -1)
      if number == nil { writer.add(form) }
    }
    add(need.parts) { writer, part in
      switch part {
      case .anyOf(let numbers): writer.add(numbers)
      case .unsearchable(let reason):
        writer.add(-1 as Int32)
        writer.add(reason.number)
      }
    }
  }
}

extension PlanReader {
  mutating func tables(of ruleCount: Int, semantics: Library.Semantics) throws(Damage)
    -> ConditionTables
  {
    let texts = try elements(of: 4) { reader throws(Damage) in try reader.content() }
    let literals = try elements(of: 7) { reader throws(Damage) in try reader.literal() }
    for literal in literals where literal.bytes.isEmpty { throw Damage() }
    let needs = try elements(of: 34) { reader throws(Damage) in
      try reader.need(literals, ruleCount: ruleCount)
    }
    let lists = try elements(of: 4) { reader throws(Damage) in try reader.integer() }
    let count = Int(try integer())
    guard count >= 0, count <= remaining else { throw Damage() }
    var nodes = NodeReader(
      .init(
        strings: needs.count, rules: ruleCount, texts: texts.count, literals: literals.count),
      lists: lists, count: count)
    var facts: [ConditionGraph.Facts] = []
    facts.reserveCapacity(count)
    for _ in 0..<count {
      facts.append(ConditionGraph.Facts(rawValue: try byte()))
      try nodes.read(&self)
    }
    let roots = try indices(below: count)
    guard roots.count == ruleCount else { throw Damage() }
    for (rule, root) in roots.enumerated() where Int(nodes.greatestRules[Int(root)]) >= rule {
      throw Damage()
    }
    return ConditionTables(
      nodes: nodes.nodes, lists: lists, texts: texts, facts: facts, roots: roots,
      literals: LiteralTable(stored: literals), needs: needs, semantics: semantics)
  }

  private mutating func literal() throws(Damage) -> LiteralTable.Literal {
    let bytes = try content()
    let ignoresCase = try flag()
    guard let kind = LiteralTable.Kind(rawValue: try byte()) else { throw Damage() }
    var context: LiteralTable.Context?
    if try flag() {
      context = LiteralTable.Context(
        before: try elements(of: 32) { reader throws(Damage) in try reader.byteSet() },
        after: try elements(of: 32) { reader throws(Damage) in try reader.byteSet() },
        first: try elements(of: 32) { reader throws(Damage) in try reader.byteSet() }.first)
    }
    return LiteralTable.Literal(
      bytes: bytes, ignoresCase: ignoresCase, kind: kind, context: context)
  }

  private mutating func byteSet() throws(Damage) -> ByteSet {
    var words: [UInt64] = []
    for _ in 0..<4 { words.append(UInt64(bitPattern: try longInteger())) }
    return ByteSet(words: words)
  }

  private mutating func need(_ literals: [LiteralTable.Literal], ruleCount: Int) throws(Damage)
    -> StringNeed
  {
    let identifier = try text()
    let traits = CompiledString.Traits(rawValue: UInt32(bitPattern: try integer()))
    let origin = (rule: Int(try index(below: ruleCount)), place: Int(try index(below: .max)))
    let isExact = try flag()
    let dependsOnNeighbours = try flag()
    let (values, masks) = (try content(), try content())
    guard values.count == masks.count else { throw Damage() }
    let forms = try elements(of: 4) { reader throws(Damage) -> LiteralTable.Literal in
      let number = try reader.integer()
      guard number >= -1, Int(number) < literals.count else { throw Damage() }
      return number == -1 ? try reader.literal() : literals[Int(number)]
    }
    let parts = try elements(of: 4) { reader throws(Damage) in
      try reader.part(literalCount: literals.count)
    }
    guard !isExact || !parts.isEmpty else { throw Damage() }
    return StringNeed(
      identifier: identifier, parts: parts, isExact: isExact, forms: forms,
      dependsOnNeighbours: dependsOnNeighbours, traits: traits, origin: origin,
      beginning: zip(values, masks).map { (value: $0, mask: $1) })
  }

  private mutating func part(literalCount: Int) throws(Damage) -> StringNeed.Part {
    var ahead = self
    guard try ahead.integer() == -1 else { return .anyOf(try indices(below: literalCount)) }
    self = ahead
    guard let reason = StringNeed.Reason(number: try byte()) else { throw Damage() }
    return .unsearchable(reason)
  }
}
