import Yara
import YaraSyntax

extension ConditionBuilder {
  private func index(of name: String) -> Int32? {
    if name == "$" { return currentString }
    return scope.strings.first { $0.identifier == name }?.index
  }

  mutating func string(
    _ name: String, type: ValueType = .boolean, facts: ConditionGraph.Facts = .usesStrings,
    _ node: (Int32) -> ConditionGraph.Node
  ) -> Value {
    guard let index = index(of: name) else { return opaque() }
    return (graph.add(node(index), facts: facts), type)
  }

  mutating func count(_ name: String, _ bounds: Expression.Bounds?) -> Value {
    guard let index = index(of: name) else { return opaque() }
    guard let bounds else { return (add(.count(string: index), facts: .usesStrings), .integer) }
    let within = self.bounds(bounds)
    // 4.2.3 ends the scan of the item with an error where this is reached with another lower bound.
    if scope.semantics == .v42 {
      guard case .integer(0) = bounds.low.kind else { return (effect(), .integer) }
    }
    return (add(.countIn(string: index, within), facts: [.usesStrings, .usesPlaces]), .integer)
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

  private mutating func quantifier(_ quantifier: Expression.Quantifier)
    -> ConditionGraph.Quantifier
  {
    switch quantifier {
    case .all: .all
    case .any: .any
    case .none: .none
    case .count(let expression): .count(number(expression))
    case .percentage(let expression): .percentage(number(expression))
    }
  }

  mutating func of(
    _ quantifier: Expression.Quantifier, _ set: Expression.ElementSet, _ bounds: Expression.Bounds?
  ) -> Value {
    let quantifier = self.quantifier(quantifier)
    let within = bounds.map { self.bounds($0) }
    if let strings = strings(in: set) {
      let facts: ConditionGraph.Facts = within == nil ? .usesStrings : [.usesStrings, .usesPlaces]
      return (add(.ofStrings(quantifier, list(strings), within: within), facts: facts), .boolean)
    }
    guard let rules = rules(in: set), bounds == nil else { return opaque() }
    return (add(.ofRules(quantifier, list(rules)), facts: facts(of: rules)), .boolean)
  }

  /// `quantifier of set at offset`, since 4.5.
  mutating func of(
    _ quantifier: Expression.Quantifier, _ set: Expression.ElementSet, at offset: Expression
  ) -> Value {
    let quantifier = self.quantifier(quantifier)
    let offset = number(offset)
    guard let strings = strings(in: set) else { return opaque() }
    return (
      add(.ofStringsAt(quantifier, list(strings), offset: offset), facts: .usesPlaces), .boolean
    )
  }

  mutating func forOf(
    _ quantifier: Expression.Quantifier, _ set: Expression.ElementSet, _ body: Expression
  ) -> Value {
    let quantifier = self.quantifier(quantifier)
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
      add(.forStrings(quantifier, bodies: list(bodies), isPure ? .truths : .integers)), .boolean
    )
  }

  mutating func forIn(
    _ quantifier: Expression.Quantifier, _ names: [String], _ iterator: Expression.Iterator,
    _ body: Expression
  ) -> Value {
    let quantifier = self.quantifier(quantifier)
    let through: ConditionGraph.Iterator
    var frame: [String: Variable] = [:]
    switch iterator {
    case .range(let bounds):
      let low = number(bounds.low)
      let bounds = ConditionGraph.Bounds(low: low, high: number(bounds.high))
      through = .range(bounds)
      if let name = names.first { frame[name] = .node(add(.between(bounds)), .integer) }
    case .values(let expressions):
      let values = expressions.map { value($0) }
      let list = list(values.map(\.node))
      through = .values(list)
      if let name = names.first {
        let isInteger = values.allSatisfy { $0.type == .integer }
        let any = isInteger ? (add(.oneOf(list)), .integer) : unknown()
        frame[name] = .node(any.0, any.1)
      }
    case .collection(let expression):
      guard let (module, path) = modulePath(expression), let indices = indices(in: expression),
        !path.isEmpty
      else { return opaque() }
      through = .collection(
        moduleValue(module, path, parts: indices).node, ModuleKnowledge.header(of: module, path))
      for name in names { frame[name] = .element(module: module, path: path) }
    }
    variables.append(frame)
    let inner = value(body)
    variables.removeLast()
    let bodies = inner.type == .boolean ? ConditionGraph.Bodies.truths : .integers
    return (add(.forEach(quantifier, through, body: inner.node, bodies)), .boolean)
  }
}
