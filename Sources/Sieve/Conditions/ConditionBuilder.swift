import Yara
import YaraSyntax

/// Turns the condition of one rule, as its text has it, into nodes that refer to the compiled rules.
struct ConditionBuilder {
  /// What names mean where the rule stands.
  struct Scope {
    /// The strings of the rule in their order: the identifier, and the number among all strings.
    var strings: [(identifier: String, index: Int32)]
    /// The rules of the same namespace that stand above, by name.
    var rules: [String: Int32]
    /// What is known of the conditions of all rules above, by their numbers.
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
  }

  /// What a loop's variable stands for.
  private enum Variable {
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

  private(set) var graph: ConditionGraph
  private(set) var literals: LiteralTable
  private var scope: Scope
  private var variables: [[String: Variable]] = []
  /// The string that `$` stands for in a loop.
  private var currentString: Int32?
  private var depth = 0

  /// Deeper conditions are not understood; evaluating one must not exhaust a thread's stack.
  private static let greatestDepth = 200
  /// A loop over more strings is taken for one whose answer is not known.
  private static let mostBodies = 256

  init(graph: ConditionGraph, literals: LiteralTable, scope: Scope) {
    self.graph = graph
    self.literals = literals
    self.scope = scope
  }

  /// The node of a whole condition.
  mutating func condition(_ expression: Expression) -> Index { truth(expression) }

  // MARK: Helpers

  private mutating func add(
    _ kind: ConditionGraph.Kind, a: Index = -1, b: Index = -1, c: Index = -1, value: Int64 = 0,
    list: [Int32] = [], facts: ConditionGraph.Facts = []
  ) -> Index {
    graph.add(.init(kind: kind, a: a, b: b, c: c, value: value), list: list, facts: facts)
  }

  private mutating func truth(_ set: TruthSet) -> Index { add(.truth, value: Int64(set.rawValue)) }
  private mutating func integer(_ value: Int64) -> Index { add(.integer, value: value) }

  /// What is not understood: of any value. It may do anything, so whoever reaches it must be scanned.
  private mutating func opaque() -> Value {
    (add(.effect, facts: [.hasEffect, .isOpaque, .usesStrings, .usesEntryPoint]), .unknown)
  }

  /// Something of a type that is not known, and that does nothing else.
  private mutating func unknown() -> Value { (add(.unknown), .unknown) }

  private mutating func truth(_ expression: Expression) -> Index { value(expression).node }

  // MARK: Expressions

  private mutating func value(_ expression: Expression) -> Value {
    guard depth < Self.greatestDepth else { return opaque() }
    depth += 1
    defer { depth -= 1 }
    switch expression.kind {
    case .boolean(let value): return (truth(TruthSet(value)), .boolean)
    case .integer(let value): return (integer(value), .integer)
    case .float(let value):
      return (add(.float, value: value.bitPattern == 0 ? 0 : 1), .float)
    case .text(let bytes): return (add(.text, a: Index(graph.number(of: bytes))), .text)
    case .regularExpression: return unknown()
    case .fileSize: return (add(.fileSize), .integer)
    case .entryPoint: return (add(.unknownInteger, facts: .usesEntryPoint), .integer)
    case .identifier, .field, .element, .call: return name(expression)
    case .string(let name): return string(name) { .init(kind: .present, a: $0) }
    case .stringAt(let name, let offset):
      let offset = value(offset).node
      return string(name, facts: .usesPlaces) { .init(kind: .presentAt, a: $0, b: offset) }
    case .stringIn(let name, let bounds):
      let (low, high) = (value(bounds.low).node, value(bounds.high).node)
      return string(name, facts: .usesPlaces) { .init(kind: .presentIn, a: $0, b: low, c: high) }
    case .count(let name, let bounds): return count(name, bounds)
    case .offset(let name, let index):
      let index = index.map { value($0).node } ?? -1
      return string(name, type: .integer) { .init(kind: .offset, a: $0, b: index) }
    case .length(let name, let index):
      let index = index.map { value($0).node } ?? -1
      return string(name, type: .integer) { .init(kind: .length, a: $0, b: index) }
    case .read(let read, let offset):
      let packed = Int64(read.width) | (read.isSigned ? 16 : 0) | (read.isBigEndian ? 32 : 0)
      return (add(.read, a: value(offset).node, value: packed), .integer)
    case .unary(let operation, let operand): return unary(operation, operand)
    case .binary(let operation, let left, let right):
      return binary(operation, left, right, expression)
    case .of(let quantifier, let set, let bounds): return of(quantifier, set, bounds)
    case .forIn(let quantifier, let names, let iterator, let body):
      return forIn(quantifier, names, iterator, body)
    case .forOf(let quantifier, let set, let body): return forOf(quantifier, set, body)
    case .ofAt, .unknown: return opaque()
    }
  }

  private mutating func unary(_ operation: UnaryOperator, _ operand: Expression) -> Value {
    let inner = value(operand)
    switch operation {
    case .not: return (add(.not, a: inner.node), .boolean)
    case .defined: return (add(.defined, a: inner.node), .boolean)
    case .minus:
      if inner.type == .integer { return (add(.negated, a: inner.node), .integer) }
      return untyped(inner.type == .float ? .float : .unknown, [inner.node])
    case .bitwiseNot:
      if inner.type == .integer { return (add(.inverted, a: inner.node), .integer) }
      return untyped(.unknown, [inner.node])
    }
  }

  /// A value that is not followed further, but whose parts count: they may reach an effect.
  private mutating func untyped(_ type: ValueType, _ parts: [Index]) -> Value {
    var facts: ConditionGraph.Facts = []
    for part in parts { facts.formUnion(graph.facts[Int(part)]) }
    guard !facts.contains(.hasEffect) else { return (effect(), type) }
    let kind: ConditionGraph.Kind =
      switch type {
      case .float: .float
      case .integer: .unknownInteger
      case .text: .unknownText
      case .boolean, .unknown: .unknown
      }
    return (add(kind, value: kind == .float ? 2 : 0, list: parts), type)
  }

  private mutating func effect() -> Index { add(.effect, facts: [.hasEffect]) }

  private mutating func binary(
    _ operation: BinaryOperator, _ left: Expression, _ right: Expression, _ whole: Expression
  ) -> Value {
    switch operation {
    case .and, .or: return chain(operation, whole)
    case .matches:
      // The right side is a regular expression and nothing else.
      return (add(.matches, a: value(left).node), .boolean)
    default: break
    }
    let (a, b) = (value(left), value(right))
    if let comparison = IntegerSet.Comparison(operation) {
      if a.type == .text || b.type == .text {
        return text(TextOperator(operation), a, b, left, right)
      }
      let mayBeFloat = [a.type, b.type].contains { $0 == .float || $0 == .unknown }
      return (
        add(.compare, a: a.node, b: b.node, c: mayBeFloat ? 1 : 0, value: comparison.rawValue),
        .boolean
      )
    }
    if let arithmetic = IntegerSet.Operator(operation) {
      guard a.type == .integer, b.type == .integer else {
        let isFloat = a.type == .float || b.type == .float
        return untyped(isFloat ? .float : .unknown, [a.node, b.node])
      }
      return (add(.arithmetic, a: a.node, b: b.node, value: arithmetic.rawValue), .integer)
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
    let kind: ConditionGraph.Kind = operation == .and ? .all : .any
    return (add(kind, list: parts), operation == .and || isPure ? .boolean : .unknown)
  }

  // MARK: Texts

  private mutating func text(
    _ operation: TextOperator?, _ a: Value, _ b: Value, _ left: Expression, _ right: Expression
  ) -> Value {
    guard let operation else { return opaque() }
    var implied: Index = -1
    if operation.impliesRightSide, case .text(let bytes) = right.kind,
      let (module, path) = modulePath(left)
    {
      implied = literals.implied(by: module, path, bytes, ignoresCase: operation.ignoresCase) ?? -1
    } else if operation == .equal, case .text(let bytes) = left.kind,
      let (module, path) = modulePath(right)
    {
      implied = literals.implied(by: module, path, bytes, ignoresCase: false) ?? -1
    }
    return (
      add(
        .compareText, a: a.node, b: b.node, c: implied, value: operation.rawValue,
        facts: implied >= 0 ? .usesStrings : []), .boolean
    )
  }

  // MARK: Names

  /// The module and the fields on the way, indices left out, that an expression names.
  private func modulePath(_ expression: Expression) -> (module: String, path: [String])? {
    var path: [String] = []
    var next = expression
    for _ in 0..<Self.greatestDepth {
      switch next.kind {
      case .field(let base, let name):
        path.append(name)
        next = base
      case .element(let base, _): next = base
      case .identifier(let name):
        if let variable = variable(name) {
          guard case .element(let module, let start) = variable else { return nil }
          return (module, start + path.reversed())
        }
        return scope.modules.contains(name) ? (name, path.reversed()) : nil
      default: return nil
      }
    }
    return nil
  }

  private func variable(_ name: String) -> Variable? {
    for frame in variables.reversed() {
      if let variable = frame[name] { return variable }
    }
    return nil
  }

  private mutating func name(_ expression: Expression) -> Value {
    if case .call(let function, let arguments) = expression.kind {
      return call(function, arguments)
    }
    if case .identifier(let name) = expression.kind,
      !scope.modules.contains(name) || variable(name) != nil
    {
      if case .node(let node, let type)? = variable(name) { return (node, type) }
      if case .element(let module, let path)? = variable(name) { return moduleValue(module, path) }
      if let external = scope.externals[name] { return value(of: external) }
      if let rule = scope.rules[name] {
        return (add(.rule, a: rule, facts: facts(of: [rule])), .boolean)
      }
      return opaque()
    }
    guard let (module, path) = modulePath(expression) else { return opaque() }
    // An index may be any expression: what it does must be seen.
    guard let indices = indices(in: expression) else { return (effect(), .unknown) }
    let field = ModuleField(module: module, field: path.first ?? "")
    if path.count == 1, let constant = scope.constants[field] {
      return (integer(constant), .integer)
    }
    if module == "pe", path == ["is_pe"] { return (add(.isPortableExecutable), .integer) }
    return moduleValue(module, path, parts: indices)
  }

  /// The indices of a name; nil if one reaches an effect.
  private mutating func indices(in expression: Expression) -> [Index]? {
    var parts: [Index] = []
    var next = expression
    while true {
      switch next.kind {
      case .field(let base, _): next = base
      case .element(let base, let index):
        parts.append(value(index).node)
        next = base
      default: return parts.contains(where: hasEffect) ? nil : parts
      }
    }
  }

  private func hasEffect(_ node: Index) -> Bool { graph.facts[Int(node)].contains(.hasEffect) }

  private mutating func moduleValue(
    _ module: String, _ path: [String], isCall: Bool = false, implied: Index = -1,
    parts: [Index] = []
  ) -> Value {
    let header = ModuleKnowledge.header(of: module, path, isCall: isCall)
    return (
      add(
        .moduleValue, a: header.rawValue, b: implied, list: parts,
        facts: implied >= 0 ? .usesStrings : []), .unknown
    )
  }

  private mutating func call(_ function: Expression, _ arguments: [Expression]) -> Value {
    var parts = arguments.map { value($0).node }
    guard let (module, path) = modulePath(function), let indices = indices(in: function) else {
      return parts.contains(where: hasEffect) ? (effect(), .unknown) : opaque()
    }
    parts += indices
    if ModuleKnowledge.hasEffect(module) || parts.contains(where: hasEffect) {
      return (effect(), .unknown)
    }
    var implied: Index = -1
    if module == "pe", case .text(let name)? = arguments.first?.kind {
      let isLookup =
        path == ["exports"] && arguments.count == 1 || path == ["imports"] && arguments.count <= 2
      if isLookup { implied = literals.text(name, ignoresCase: true) ?? -1 }
    }
    return moduleValue(module, path, isCall: true, implied: implied, parts: parts)
  }

  private mutating func value(of external: ExternalValue) -> Value {
    switch external {
    case .integer(let value): (integer(value), .integer)
    case .boolean(let value): (truth(TruthSet(value)), .boolean)
    case .float(let value): (add(.float, value: value.bitPattern == 0 ? 0 : 1), .float)
    case .string(let text): (add(.text, a: Index(graph.number(of: Array(text.utf8)))), .text)
    }
  }

  /// What a reference to rules depends on. Their effects happen where they stand, not here.
  private func facts(of rules: [Int32]) -> ConditionGraph.Facts {
    rules.reduce(into: []) { facts, rule in
      if rule >= 0 { facts.formUnion(scope.ruleFacts[Int(rule)].subtracting(.hasEffect)) }
    }
  }

  // MARK: Strings

  private func index(of name: String) -> Int32? {
    if name == "$" { return currentString }
    return scope.strings.first { $0.identifier == name }?.index
  }

  private mutating func string(
    _ name: String, type: ValueType = .boolean, facts: ConditionGraph.Facts = .usesStrings,
    _ node: (Int32) -> ConditionGraph.Node
  ) -> Value {
    guard let index = index(of: name) else { return opaque() }
    return (graph.add(node(index), facts: facts), type)
  }

  private mutating func count(_ name: String, _ bounds: Expression.Bounds?) -> Value {
    guard let index = index(of: name) else { return opaque() }
    guard let bounds else { return (add(.count, a: index, facts: .usesStrings), .integer) }
    let (low, high) = (value(bounds.low).node, value(bounds.high).node)
    // 4.2.3 ends the scan of the item with an error where this is reached with another lower bound.
    guard case .integer(0) = bounds.low.kind else { return (effect(), .integer) }
    return (add(.countIn, a: index, b: low, c: high, facts: .usesStrings), .integer)
  }

  private func strings(in set: Expression.ElementSet) -> [Int32]? {
    switch set {
    case .allStrings: return scope.strings.map(\.index)
    case .strings(let names):
      var all: [Int32] = []
      for name in names {
        let found = scope.strings.filter {
          name.isPrefix ? $0.identifier.hasPrefix(name.text) : $0.identifier == name.text
        }
        guard !found.isEmpty else { return nil }
        all += found.map(\.index)
      }
      return all
    case .rules: return nil
    }
  }

  /// Rules of a set. A wildcard looks at the names of all namespaces and finds the rule in its own,
  /// once for each; it includes the rule itself, which counts as false.
  private func rules(in set: Expression.ElementSet) -> [Int32]? {
    guard case .rules(let names) = set else { return nil }
    var all: [Int32] = []
    for name in names {
      guard name.isPrefix else {
        guard let rule = scope.rules[name.text] else { return nil }
        all.append(rule)
        continue
      }
      for above in scope.rulesAbove where above.name.hasPrefix(name.text) {
        guard let rule = scope.rules[above.name] else { return nil }
        all.append(rule)
      }
      if scope.ownName.hasPrefix(name.text) { all.append(-1) }
    }
    return all
  }

  // MARK: Sets and loops

  private mutating func quantifier(_ quantifier: Expression.Quantifier) -> (QuantifierKind, Index) {
    switch quantifier {
    case .all: (.all, -1)
    case .any: (.any, -1)
    case .none: (.none, -1)
    case .count(let expression):
      (.count, number(expression))
    case .percentage(let expression): (.percentage, number(expression))
    }
  }

  /// A node that is an integer, whatever the expression is.
  private mutating func number(_ expression: Expression) -> Index {
    let number = value(expression)
    return number.type == .integer ? number.node : untyped(.unknown, [number.node]).node
  }

  private mutating func of(
    _ quantifier: Expression.Quantifier, _ set: Expression.ElementSet, _ bounds: Expression.Bounds?
  ) -> Value {
    let (kind, number) = self.quantifier(quantifier)
    let (low, high) = (
      bounds.map { value($0.low).node } ?? -1, bounds.map { value($0.high).node } ?? -1
    )
    if let strings = strings(in: set) {
      return (
        add(
          .ofStrings, a: number, b: low, c: high, value: kind.rawValue, list: strings,
          facts: .usesStrings), .boolean
      )
    }
    guard let rules = rules(in: set), bounds == nil else { return opaque() }
    return (
      add(.ofRules, a: number, value: kind.rawValue, list: rules, facts: facts(of: rules)), .boolean
    )
  }

  private mutating func forOf(
    _ quantifier: Expression.Quantifier, _ set: Expression.ElementSet, _ body: Expression
  ) -> Value {
    let (kind, number) = self.quantifier(quantifier)
    guard let strings = strings(in: set), strings.count <= Self.mostBodies else { return opaque() }
    let outer = currentString
    defer { currentString = outer }
    var bodies: [Index] = []
    var isPure = true
    for string in strings {
      currentString = string
      let one = value(body)
      isPure = isPure && one.type == .boolean
      bodies.append(one.node)
    }
    return (
      add(.forStrings, a: number, c: isPure ? 0 : 1, value: kind.rawValue, list: bodies), .boolean
    )
  }

  private mutating func forIn(
    _ quantifier: Expression.Quantifier, _ names: [String], _ iterator: Expression.Iterator,
    _ body: Expression
  ) -> Value {
    let (kind, number) = self.quantifier(quantifier)
    var list: [Int32]
    var frame: [String: Variable] = [:]
    switch iterator {
    case .range(let bounds):
      let (low, high) = (self.number(bounds.low), self.number(bounds.high))
      list = [IteratorKind.range.rawValue, low, high]
      if let name = names.first { frame[name] = .node(add(.between, a: low, b: high), .integer) }
    case .values(let expressions):
      let values = expressions.map { value($0) }
      list = [IteratorKind.values.rawValue] + values.map(\.node)
      if let name = names.first {
        let isInteger = values.allSatisfy { $0.type == .integer }
        let any = isInteger ? (add(.oneOf, list: values.map(\.node)), .integer) : unknown()
        frame[name] = .node(any.0, any.1)
      }
    case .collection(let expression):
      guard let (module, path) = modulePath(expression), let indices = indices(in: expression),
        !path.isEmpty
      else { return opaque() }
      list = [IteratorKind.collection.rawValue, moduleValue(module, path, parts: indices).node]
      for name in names { frame[name] = .element(module: module, path: path) }
    }
    variables.append(frame)
    let inner = value(body)
    variables.removeLast()
    return (
      add(
        .forEach, a: number, c: inner.type == .boolean ? 0 : 1, value: kind.rawValue,
        list: list + [inner.node]), .boolean
    )
  }
}
