/// Stored kinds of nodes. The numbers are part of the format: a change needs a new
/// ``StoredPlan/format``.
enum StoredKind: UInt8 {
  case truth, not, defined, all, any, compare, compareText, matches
  case present, presentAt, presentIn, ofStrings, ofStringsAt, ofRules, forStrings, forEach, rule
  case integer, fileSize, unknownInteger, count, countIn, offset, length, read, arithmetic
  case negated, inverted, between, oneOf, moduleValue, isPortableExecutable
  case text, unknownText, float, unknown, effect
}

extension PlanWriter {
  mutating func add(_ node: ConditionGraph.Node) {
    switch node {
    case .truth(let value): add(.truth, value)
    case .not(let a): add(.not, a)
    case .defined(let a): add(.defined, a)
    case .all(let parts): add(.all, parts)
    case .any(let parts): add(.any, parts)
    case .compare(let comparison, let a, let b, let mayBeFloat):
      add(.compare, a, b)
      add(UInt8(comparison.rawValue))
      add(mayBeFloat)
    case .compareText(let operation, let a, let b, let implied):
      add(.compareText, a, b, implied ?? -1)
      add(UInt8(operation.rawValue))
    case .matches(let a): add(.matches, a)
    case .present(let string): add(.present, string)
    case .presentAt(let string, let offset): add(.presentAt, string, offset)
    case .presentIn(let string, let bounds): add(.presentIn, string, bounds.low, bounds.high)
    case .ofStrings(let quantifier, let strings, let bounds):
      add(.ofStrings, strings)
      add(quantifier)
      add(bounds != nil)
      if let bounds { add(bounds) }
    case .ofStringsAt(let quantifier, let strings, let offset):
      add(.ofStringsAt, strings)
      add(quantifier)
      add(offset)
    case .ofRules(let quantifier, let rules):
      add(.ofRules, rules)
      add(quantifier)
    case .forStrings(let quantifier, let bodies, let kind):
      add(.forStrings, bodies)
      add(quantifier)
      add(kind == .truths)
    case .forEach(let quantifier, let iterator, let body, let kind):
      add(.forEach, body)
      add(quantifier)
      add(iterator)
      add(kind == .truths)
    case .rule(let rule): add(.rule, rule)
    case .integer(let value):
      add(StoredKind.integer.rawValue)
      add(value)
    case .fileSize: add(StoredKind.fileSize.rawValue)
    case .unknownInteger(let parts): add(.unknownInteger, parts)
    case .count(let string): add(.count, string)
    case .countIn(let string, let bounds): add(.countIn, string, bounds.low, bounds.high)
    case .offset(let string, let number): add(.offset, string, number ?? -1)
    case .length(let string, let number): add(.length, string, number ?? -1)
    case .read(let read, let offset):
      add(.read, offset)
      add(read.width)
      add(read.isSigned)
      add(read.isBigEndian)
    case .arithmetic(let operation, let a, let b):
      add(.arithmetic, a, b)
      add(UInt8(operation.rawValue))
    case .negated(let a): add(.negated, a)
    case .inverted(let a): add(.inverted, a)
    case .between(let bounds): add(.between, bounds.low, bounds.high)
    case .oneOf(let values): add(.oneOf, values)
    case .moduleValue(let header, let implied, let parts):
      add(.moduleValue, parts)
      add(header.rawValue)
      add(implied ?? -1)
    case .isPortableExecutable: add(StoredKind.isPortableExecutable.rawValue)
    case .text(let number): add(.text, number)
    case .unknownText(let parts): add(.unknownText, parts)
    case .float(let value, let parts):
      add(.float, parts)
      add(value.rawValue)
    case .unknown(let parts): add(.unknown, parts)
    case .effect: add(StoredKind.effect.rawValue)
    }
  }

  private mutating func add(_ kind: StoredKind, _ numbers: Int32...) {
    add(kind.rawValue)
    for number in numbers { add(number) }
  }

  private mutating func add(_ kind: StoredKind, _ value: TruthSet) {
    add(kind.rawValue)
    add(value.rawValue)
  }

  private mutating func add(_ kind: StoredKind, _ list: ConditionGraph.List) {
    add(kind.rawValue)
    add(list)
  }

  private mutating func add(_ list: ConditionGraph.List) {
    add(list.start)
    add(list.count)
  }

  private mutating func add(_ bounds: ConditionGraph.Bounds) {
    add(bounds.low)
    add(bounds.high)
  }

  private mutating func add(_ quantifier: ConditionGraph.Quantifier) {
    switch quantifier {
    case .all: add(0 as UInt8)
    case .any: add(1 as UInt8)
    case .none: add(2 as UInt8)
    case .count(let number):
      add(3 as UInt8)
      add(number)
    case .percentage(let number):
      add(4 as UInt8)
      add(number)
    }
  }

  private mutating func add(_ iterator: ConditionGraph.Iterator) {
    switch iterator {
    case .range(let bounds):
      add(0 as UInt8)
      add(bounds)
    case .values(let values):
      add(1 as UInt8)
      add(values)
    case .collection(let collection, let header):
      add(2 as UInt8)
      add(collection)
      add(header.rawValue)
    }
  }
}
