import Yara
import YaraSyntax

/// Turns the text of one rule's condition into nodes that refer to the compiled rules.
struct ConditionBuilder {
  /// Meaning of names at the place of the rule.
  struct Scope {
    /// The strings of the rule in their order: the identifier, and the number among all strings.
    var strings: [(identifier: String, index: Int32)]
    /// The rules of the same namespace that stand above, by name.
    var rules: [String: Int32]
    /// Facts about the conditions of all rules above, by their numbers.
    var ruleFacts: [ConditionGraph.Facts]
    /// All rules above in all namespaces, with their names, for sets with wildcards.
    var rulesAbove: [(name: String, index: Int32)]
    /// The name of the rule itself.
    var ownName: String
    /// Modules that are imported, in any text.
    var modules: Set<String>
    /// External variables.
    var externals: [String: ExternalValue]
    /// Values of the modules' constants.
    var constants: [ModuleField: Int64]
    /// The rules by which libyara evaluates.
    var semantics: Library.Semantics
  }

  /// Value of a loop variable.
  enum Variable {
    case node(ConditionGraph.Index, ValueType)
    /// An element of a module's array or dictionary.
    case element(module: String, path: [String])
  }

  /// The types of libyara's expressions, as far as they are known.
  enum ValueType {
    case boolean, integer, float, text, unknown
  }

  typealias Index = ConditionGraph.Index
  typealias Value = (node: Index, type: ValueType)

  var graph: ConditionGraph
  var literals: LiteralTable
  let scope: Scope
  var variables: [[String: Variable]] = []
  /// The string that `$` stands for in a loop.
  var currentString: Int32?
  private var depth = 0

  /// Limit of the depth of a condition, so that its evaluation does not exhaust a thread's stack.
  static let greatestDepth = 200
  /// Limit of the strings in a loop; the result of a longer loop counts as unknown.
  static let mostBodies = 256

  init(graph: ConditionGraph, literals: LiteralTable, scope: Scope) {
    self.graph = graph
    self.literals = literals
    self.scope = scope
  }

  /// The node of a whole condition.
  mutating func condition(_ expression: Expression) -> Index { value(expression).node }

  // MARK: Helpers

  mutating func add(_ node: ConditionGraph.Node, facts: ConditionGraph.Facts = []) -> Index {
    graph.add(node, facts: facts)
  }

  mutating func list(_ elements: [Int32]) -> ConditionGraph.List { graph.list(elements) }

  /// Adds a node for an unparsed expression, which may have any value and any effect.
  mutating func opaque() -> Value {
    (add(.effect, facts: [.hasEffect, .isOpaque, .usesStrings, .usesEntryPoint]), .unknown)
  }

  /// Adds a node for a call with an effect.
  mutating func effect() -> Index { add(.effect, facts: [.hasEffect]) }

  /// Adds a node of unknown type without an effect.
  mutating func unknown() -> Value { (add(.unknown(.empty)), .unknown) }

  func hasEffect(_ node: Index) -> Bool { graph.facts[Int(node)].contains(.hasEffect) }

  /// Whether an offset is relative to the size: the size, or a sum with the size.
  private func dependsOnSize(_ node: Index) -> Bool {
    switch graph.nodes[Int(node)] {
    case .fileSize: true
    case .arithmetic(.subtract, let left, _): dependsOnSize(left)
    case .arithmetic(.add, let left, let right): dependsOnSize(left) || dependsOnSize(right)
    default: false
    }
  }

  /// Adds a node whose value is unknown, but whose parts are kept: they may reach an effect.
  mutating func untyped(_ type: ValueType, _ parts: [Index]) -> Value {
    guard !parts.contains(where: hasEffect) else { return (effect(), type) }
    let parts = list(parts)
    let node: ConditionGraph.Node =
      switch type {
      case .float: .float(.anything, parts)
      case .integer: .unknownInteger(parts)
      case .text: .unknownText(parts)
      case .boolean, .unknown: .unknown(parts)
      }
    return (add(node), type)
  }

  /// Returns a node that is an integer, for any expression.
  mutating func number(_ expression: Expression) -> Index {
    let number = value(expression)
    return number.type == .integer ? number.node : untyped(.unknown, [number.node]).node
  }

  mutating func bounds(_ bounds: Expression.Bounds) -> ConditionGraph.Bounds {
    let low = value(bounds.low).node
    return .init(low: low, high: value(bounds.high).node)
  }

  mutating func constant(_ value: ExternalValue) -> Value {
    switch value {
    case .integer(let value): (add(.integer(value)), .integer)
    case .boolean(let value): (add(.truth(TruthSet(value))), .boolean)
    // libyara tests whether its bits are zero: `-0.0` is true.
    case .float(let value): (add(.float(TruthSet(value.bitPattern != 0), .empty)), .float)
    case .string(let text): (add(.text(graph.number(of: Array(text.utf8)))), .text)
    }
  }

  // MARK: Expressions

  mutating func value(_ expression: Expression) -> Value {
    guard depth < Self.greatestDepth else { return opaque() }
    depth += 1
    defer { depth -= 1 }
    switch expression.kind {
    case .boolean(let value): return constant(.boolean(value))
    case .integer(let value): return constant(.integer(value))
    case .float(let value): return constant(.float(value))
    case .text(let bytes): return (add(.text(graph.number(of: bytes))), .text)
    case .regularExpression: return unknown()
    case .fileSize: return (add(.fileSize), .integer)
    case .entryPoint:
      return (add(.unknownInteger(.empty), facts: .usesEntryPoint), .integer)
    case .identifier, .field, .element, .call: return name(expression)
    case .string(let name): return string(name) { .present(string: $0) }
    case .stringAt(let name, let offset):
      let offset = value(offset).node
      return string(name, facts: .usesPlaces) { .presentAt(string: $0, offset: offset) }
    case .stringIn(let name, let bounds):
      let bounds = self.bounds(bounds)
      return string(name, facts: .usesPlaces) { .presentIn(string: $0, bounds) }
    case .count(let name, let bounds): return count(name, bounds)
    case .offset(let name, let index):
      let number = index.map { value($0).node }
      return string(name, type: .integer) { .offset(string: $0, number: number) }
    case .length(let name, let index):
      let number = index.map { value($0).node }
      return string(name, type: .integer) { .length(string: $0, number: number) }
    case .read(let read, let offset):
      let offset = value(offset).node
      // Places relative to the end are in the last bytes, which are known after a search.
      let facts: ConditionGraph.Facts = dependsOnSize(offset) ? .usesPlaces : []
      return (add(.read(.init(read), at: offset), facts: facts), .integer)
    case .unary(let operation, let operand): return unary(operation, operand)
    case .binary(let operation, let left, let right):
      return binary(operation, left, right, expression)
    case .of(let quantifier, let set, let bounds): return of(quantifier, set, bounds)
    case .forIn(let quantifier, let names, let iterator, let body):
      return forIn(quantifier, names, iterator, body)
    case .forOf(let quantifier, let set, let body): return forOf(quantifier, set, body)
    case .ofAt(let quantifier, let set, let offset): return of(quantifier, set, at: offset)
    case .unknown: return opaque()
    }
  }

  private mutating func unary(_ operation: UnaryOperator, _ operand: Expression) -> Value {
    let inner = value(operand)
    switch operation {
    case .not: return (add(.not(inner.node)), .boolean)
    case .defined: return (add(.defined(inner.node)), .boolean)
    case .minus:
      if inner.type == .integer { return (add(.negated(inner.node)), .integer) }
      return untyped(inner.type == .float ? .float : .unknown, [inner.node])
    case .bitwiseNot:
      if inner.type == .integer { return (add(.inverted(inner.node)), .integer) }
      return untyped(.unknown, [inner.node])
    }
  }

  private mutating func binary(
    _ operation: BinaryOperator, _ left: Expression, _ right: Expression, _ whole: Expression
  ) -> Value {
    switch operation {
    case .and, .or: return chain(operation, whole)
    case .matches:
      // The right side is a regular expression and nothing else.
      return (add(.matches(value(left).node)), .boolean)
    default: break
    }
    let (a, b) = (value(left), value(right))
    if let comparison = IntegerSet.Comparison(operation) {
      if a.type == .text || b.type == .text {
        return text(TextOperator(operation), a, b, left, right)
      }
      let mayBeFloat = [a.type, b.type].contains { $0 == .float || $0 == .unknown }
      return (add(.compare(comparison, a.node, b.node, mayBeFloat: mayBeFloat)), .boolean)
    }
    if let arithmetic = IntegerSet.Operator(operation) {
      guard a.type == .integer, b.type == .integer else {
        let isFloat = a.type == .float || b.type == .float
        return untyped(isFloat ? .float : .unknown, [a.node, b.node])
      }
      return (add(.arithmetic(arithmetic, a.node, b.node)), .integer)
    }
    return text(TextOperator(operation), a, b, left, right)
  }

  /// A chain of `and` or `or` as one node, however long: neither is ever undefined, so that nesting
  /// makes no difference but for the type of an `or`, which leaves its left integer behind.
  private mutating func chain(_ operation: BinaryOperator, _ whole: Expression) -> Value {
    var operands: [Expression] = []
    var next = whole
    while case .binary(operation, let left, let right) = next.kind {
      operands.append(right)
      next = left
    }
    operands.append(next)
    var parts: [Index] = []
    var isPure = true
    for operand in operands.reversed() {
      let part = value(operand)
      parts.append(part.node)
      isPure = isPure && part.type == .boolean
    }
    let list = list(parts)
    return (
      add(operation == .and ? .all(list) : .any(list)),
      operation == .and || isPure ? .boolean : .unknown
    )
  }

  // MARK: Texts

  private mutating func text(
    _ operation: TextOperator?, _ a: Value, _ b: Value, _ left: Expression, _ right: Expression
  ) -> Value {
    guard let operation else { return opaque() }
    var implied: Int32?
    if operation.impliesRightSide, case .text(let bytes) = right.kind,
      let (module, path) = modulePath(left)
    {
      implied = literals.implied(by: module, path, bytes, ignoresCase: operation.ignoresCase)
    } else if operation == .equal, case .text(let bytes) = left.kind,
      let (module, path) = modulePath(right)
    {
      implied = literals.implied(by: module, path, bytes, ignoresCase: false)
    }
    return (
      add(
        .compareText(operation, a.node, b.node, implies: implied),
        facts: implied == nil ? [] : .usesStrings), .boolean
    )
  }
}
