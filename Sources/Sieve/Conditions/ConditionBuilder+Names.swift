import Yara
import YaraSyntax

extension ConditionBuilder {
  /// The module and the fields, without indices, that an expression names.
  func modulePath(_ expression: Expression) -> (module: String, path: [String])? {
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

  mutating func name(_ expression: Expression) -> Value {
    if case .call(let function, let arguments) = expression.kind {
      return call(function, arguments)
    }
    if case .identifier(let name) = expression.kind,
      !scope.modules.contains(name) || variable(name) != nil
    {
      if case .node(let node, let type)? = variable(name) { return (node, type) }
      if case .element(let module, let path)? = variable(name) { return moduleValue(module, path) }
      if let external = scope.externals[name] { return constant(external) }
      if let rule = scope.rules[name] {
        return (add(.rule(rule), facts: facts(of: [rule])), .boolean)
      }
      return opaque()
    }
    guard let (module, path) = modulePath(expression) else { return opaque() }
    // An index may be any expression, which may reach an effect.
    guard let indices = indices(in: expression) else { return (effect(), .unknown) }
    let field = ModuleField(module: module, field: path.first ?? "")
    if path.count == 1, let constant = scope.constants[field] {
      return self.constant(.integer(constant))
    }
    if module == "pe", path == ["is_pe"] { return (add(.isPortableExecutable), .integer) }
    return moduleValue(module, path, parts: indices)
  }

  /// The indices of a name; nil if one reaches an effect.
  mutating func indices(in expression: Expression) -> [Index]? {
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

  mutating func moduleValue(
    _ module: String, _ path: [String], isCall: Bool = false, implied: Int32? = nil,
    parts: [Index] = []
  ) -> Value {
    let header = ModuleKnowledge.header(of: module, path, isCall: isCall)
    return (
      add(
        .moduleValue(header, implies: implied, parts: list(parts)),
        facts: implied == nil ? [] : .usesStrings), .unknown
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
    var implied: Int32?
    if module == "pe", case .text(let name)? = arguments.first?.kind {
      let isLookup =
        path == ["exports"] && arguments.count == 1 || path == ["imports"] && arguments.count <= 2
      if isLookup { implied = literals.text(name, ignoresCase: true) }
    }
    return moduleValue(module, path, isCall: true, implied: implied, parts: parts)
  }

  /// Facts that a reference to rules depends on. Their effects happen where they are defined, not here.
  func facts(of rules: [Int32]) -> ConditionGraph.Facts {
    rules.reduce(into: []) { facts, rule in
      if rule >= 0 { facts.formUnion(scope.ruleFacts[Int(rule)].subtracting(.hasEffect)) }
    }
  }
}
