/// Reads nodes. Each refers only to earlier nodes, to existing strings, texts and literals, and
/// to rules whose conditions come before, so that evaluation ends.
struct NodeReader {
  /// Numbers of the strings, texts and other things that nodes may refer to.
  struct Counts {
    var strings: Int
    var rules: Int
    var texts: Int
    var literals: Int
  }

  private let counts: Counts
  private let lists: [Int32]
  /// Nodes read so far.
  private(set) var nodes: [ConditionGraph.Node] = []
  /// Nesting depth below each node.
  private var depths: [Int32] = []
  /// Greatest number of a rule that each node, or a node below it, refers to.
  private(set) var greatestRules: [Int32] = []
  private var depth: Int32 = 0
  private var greatestRule: Int32 = -1
  /// Number of list elements that may still be read: lists are shared, and a hostile file could name one repeatedly.
  private var budget = 1 << 26

  /// Limit of depth: deeper conditions would exhaust a thread's stack; ``ConditionBuilder`` makes none.
  private static let greatestDepth: Int32 = 2048

  init(_ counts: Counts, lists: [Int32], count: Int) {
    self.counts = counts
    self.lists = lists
    nodes.reserveCapacity(count)
    depths.reserveCapacity(count)
    greatestRules.reserveCapacity(count)
  }

  mutating func read(_ reader: inout PlanReader) throws(PlanReader.Damage) {
    depth = 0
    greatestRule = -1
    let node = try node(&reader)
    guard depth < Self.greatestDepth else { throw PlanReader.Damage() }
    nodes.append(node)
    depths.append(depth + 1)
    greatestRules.append(greatestRule)
  }

  private mutating func node(_ reader: inout PlanReader) throws(PlanReader.Damage)
    -> ConditionGraph.Node
  {
    guard let kind = StoredKind(rawValue: try reader.byte()) else { throw PlanReader.Damage() }
    switch kind {
    case .truth: return .truth(try truth(&reader))
    case .not: return .not(try child(&reader))
    case .defined: return .defined(try child(&reader))
    case .all: return .all(try children(&reader))
    case .any: return .any(try children(&reader))
    case .compare:
      let (a, b) = (try child(&reader), try child(&reader))
      guard let comparison = IntegerSet.Comparison(rawValue: Int64(try reader.byte())) else {
        throw PlanReader.Damage()
      }
      return .compare(comparison, a, b, mayBeFloat: try reader.flag())
    case .compareText:
      let (a, b) = (try child(&reader), try child(&reader))
      let implied = try literal(&reader)
      guard let operation = TextOperator(rawValue: Int64(try reader.byte())) else {
        throw PlanReader.Damage()
      }
      return .compareText(operation, a, b, implies: implied)
    case .matches: return .matches(try child(&reader))
    case .present: return .present(string: try string(&reader))
    case .presentAt:
      let string = try string(&reader)
      return .presentAt(string: string, offset: try child(&reader))
    case .presentIn:
      let string = try string(&reader)
      return .presentIn(string: string, try bounds(&reader))
    case .ofStrings:
      let strings = try strings(&reader)
      let quantifier = try quantifier(&reader)
      return .ofStrings(
        quantifier, strings, within: try reader.flag() ? try bounds(&reader) : nil)
    case .ofStringsAt:
      let strings = try strings(&reader)
      let quantifier = try quantifier(&reader)
      return .ofStringsAt(quantifier, strings, offset: try child(&reader))
    case .ofRules:
      let rules = try rules(&reader)
      return .ofRules(try quantifier(&reader), rules)
    case .forStrings:
      let bodies = try children(&reader)
      let quantifier = try quantifier(&reader)
      return .forStrings(quantifier, bodies: bodies, try reader.flag() ? .truths : .integers)
    case .forEach:
      let body = try child(&reader)
      let quantifier = try quantifier(&reader)
      let iterator = try iterator(&reader)
      return .forEach(quantifier, iterator, body: body, try reader.flag() ? .truths : .integers)
    case .rule:
      let rule = try reader.index(below: counts.rules)
      greatestRule = max(greatestRule, rule)
      return .rule(rule)
    case .integer: return .integer(try reader.longInteger())
    case .fileSize: return .fileSize
    case .unknownInteger: return .unknownInteger(try children(&reader))
    case .count: return .count(string: try string(&reader))
    case .countIn:
      let string = try string(&reader)
      return .countIn(string: string, try bounds(&reader))
    case .offset:
      let string = try string(&reader)
      return .offset(string: string, number: try optionalChild(&reader))
    case .length:
      let string = try string(&reader)
      return .length(string: string, number: try optionalChild(&reader))
    case .read:
      let offset = try child(&reader)
      let width = try reader.byte()
      guard [1, 2, 4].contains(width) else { throw PlanReader.Damage() }
      let isSigned = try reader.flag()
      return .read(
        .init(width: width, isSigned: isSigned, isBigEndian: try reader.flag()), at: offset)
    case .arithmetic:
      let (a, b) = (try child(&reader), try child(&reader))
      guard let operation = IntegerSet.Operator(rawValue: Int64(try reader.byte())) else {
        throw PlanReader.Damage()
      }
      return .arithmetic(operation, a, b)
    case .negated: return .negated(try child(&reader))
    case .inverted: return .inverted(try child(&reader))
    case .between: return .between(try bounds(&reader))
    case .oneOf: return .oneOf(try children(&reader))
    case .moduleValue:
      let parts = try children(&reader)
      let header = try header(&reader)
      return .moduleValue(header, implies: try literal(&reader), parts: parts)
    case .isPortableExecutable: return .isPortableExecutable
    case .text: return .text(try reader.index(below: counts.texts))
    case .unknownText: return .unknownText(try children(&reader))
    case .float:
      let parts = try children(&reader)
      return .float(try truth(&reader), parts)
    case .unknown: return .unknown(try children(&reader))
    case .effect: return .effect
    }
  }

  // MARK: Operands

  private mutating func child(_ reader: inout PlanReader) throws(PlanReader.Damage)
    -> ConditionGraph.Index
  {
    let child = try reader.index(below: nodes.count)
    note(child)
    return child
  }

  private mutating func note(_ child: ConditionGraph.Index) {
    depth = max(depth, depths[Int(child)])
    greatestRule = max(greatestRule, greatestRules[Int(child)])
  }

  private mutating func optionalChild(_ reader: inout PlanReader) throws(PlanReader.Damage)
    -> ConditionGraph.Index?
  {
    let number = try reader.integer()
    guard number != -1 else { return nil }
    guard number >= 0, Int(number) < nodes.count else { throw PlanReader.Damage() }
    note(number)
    return number
  }

  private func string(_ reader: inout PlanReader) throws(PlanReader.Damage) -> Int32 {
    try reader.index(below: counts.strings)
  }

  private func literal(_ reader: inout PlanReader) throws(PlanReader.Damage) -> Int32? {
    let number = try reader.integer()
    guard number >= -1, Int(number) < counts.literals else { throw PlanReader.Damage() }
    return number == -1 ? nil : number
  }

  private func truth(_ reader: inout PlanReader) throws(PlanReader.Damage) -> TruthSet {
    let value = TruthSet(rawValue: try reader.byte())
    guard value.isSubset(of: .anything) else { throw PlanReader.Damage() }
    return value
  }

  private func header(_ reader: inout PlanReader) throws(PlanReader.Damage) -> Header {
    guard let header = Header(rawValue: try reader.byte()) else { throw PlanReader.Damage() }
    return header
  }

  /// A list whose elements are at least `least`, and less than `limit`.
  private mutating func list(_ reader: inout PlanReader, _ least: Int32, _ limit: Int)
    throws(PlanReader.Damage) -> ConditionGraph.List
  {
    let (start, count) = (try reader.integer(), try reader.integer())
    guard start >= 0, count >= 0, Int(start) + Int(count) <= lists.count, budget >= Int(count)
    else { throw PlanReader.Damage() }
    budget -= Int(count)
    let list = ConditionGraph.List(start: start, count: count)
    for place in list.range where lists[place] < least || Int(lists[place]) >= limit {
      throw PlanReader.Damage()
    }
    return list
  }

  private mutating func children(_ reader: inout PlanReader) throws(PlanReader.Damage)
    -> ConditionGraph.List
  {
    let list = try list(&reader, 0, nodes.count)
    for place in list.range { note(lists[place]) }
    return list
  }

  private mutating func strings(_ reader: inout PlanReader) throws(PlanReader.Damage)
    -> ConditionGraph.List
  {
    try list(&reader, 0, counts.strings)
  }

  private mutating func rules(_ reader: inout PlanReader) throws(PlanReader.Damage)
    -> ConditionGraph.List
  {
    let list = try list(&reader, -1, counts.rules)
    for place in list.range { greatestRule = max(greatestRule, lists[place]) }
    return list
  }

  private mutating func bounds(_ reader: inout PlanReader) throws(PlanReader.Damage)
    -> ConditionGraph.Bounds
  {
    let low = try child(&reader)
    return .init(low: low, high: try child(&reader))
  }

  private mutating func quantifier(_ reader: inout PlanReader) throws(PlanReader.Damage)
    -> ConditionGraph.Quantifier
  {
    switch try reader.byte() {
    case 0: .all
    case 1: .any
    case 2: .none
    case 3: .count(try child(&reader))
    case 4: .percentage(try child(&reader))
    default: throw PlanReader.Damage()
    }
  }

  private mutating func iterator(_ reader: inout PlanReader) throws(PlanReader.Damage)
    -> ConditionGraph.Iterator
  {
    switch try reader.byte() {
    case 0: return .range(try bounds(&reader))
    case 1: return .values(try children(&reader))
    case 2:
      let collection = try child(&reader)
      return .collection(collection, try header(&reader))
    default: throw PlanReader.Damage()
    }
  }
}
