import TestSupport

/// Texts, and conditions on modules and other rules.
extension RandomCondition {
  mutating func quoted() -> String {
    if random.oneIn(10) { return made("empty text", "\"\"") }
    let word = random.pick(words)
    let part = random.oneIn(3) ? word.prefix(random.number(1...6)) : word.prefix(40)
    return "\"\(RandomString.escaped(Array(part)))\""
  }

  mutating func text(_ depth: Int) -> String {
    if let variable = variables.last(where: \.isText), random.oneIn(2) { return variable.name }
    return random.oneIn(4)
      ? quoted() : made("external text", random.pick(["ext_s", "ext_s", "ext_e"]))
  }

  mutating func moduleText() -> String {
    let text = random.pick(ModuleNames.texts)
    return made("text of \(ModuleNames.module(of: text))", text)
  }

  mutating func textTruth(_ depth: Int) -> String {
    if random.oneIn(4) {
      let bytes = (0..<random.number(1...2)).map { _ in UInt8(random.number(0x7E...0xFF)) }
      return made(
        "order of texts",
        comparison("\"\(RandomString.escaped(bytes))\"", random.pick(["\"a\"", "ext_s"])))
    }
    let left = random.oneIn(3) ? moduleText() : text(depth)
    if random.oneIn(6) {
      let expression = RandomExpression(words, &random, isShort: true)
      return made(
        "matches", "\(left) matches /\(expression.pattern)/\(random.pick(["", "i", "s"]))")
    }
    return textComparison(left, random.oneIn(6) ? text(depth) : quoted())
  }

  mutating func textComparison(_ left: String, _ right: String) -> String {
    let operation = random.pick([
      "==", "!=", "<", "<=", ">", ">=", "contains", "icontains", "startswith", "istartswith",
      "endswith", "iendswith", "iequals", "==", "contains",
    ])
    let text =
      random.oneIn(10) ? "\(right) \(operation) \(left)" : "\(left) \(operation) \(right)"
    return made("text \(operation)", text)
  }

  // MARK: Modules and rules

  mutating func moduleTruth(_ depth: Int) -> String {
    switch random.number(0...6) {
    case 0, 1:
      let call = random.pick(ModuleNames.integerCalls)
      return made(
        "call of \(ModuleNames.module(of: call))",
        random.oneIn(3) ? "\(call)" : comparison(call, small()))
    case 2: return textComparison(moduleText(), quoted())
    case 3:
      let constant = random.pick(ModuleNames.constants)
      return made(
        "constant of \(ModuleNames.module(of: constant))", comparison(constant, integer(depth)))
    case 4:
      let word = quoted()
      return made(
        "lookup by name",
        random.pick([
          "pe.exports(\(word))", "pe.imports(\(word))", "pe.imports(\"kernel32.dll\", \(word))",
        ]))
    default: return comparison(moduleInteger(), random.oneIn(2) ? small() : integer(depth))
    }
  }

  mutating func moduleInteger() -> String {
    let field = random.pick(ModuleNames.integers)
    return made("integer of \(ModuleNames.module(of: field))", field)
  }

  mutating func ruleTruth() -> String {
    let above = random.pick(rulesAbove)
    switch random.number(0...3) {
    case 0, 1: return made("rule", above)
    case 2:
      let names = (0..<random.number(1...3)).map { _ in random.pick(rulesAbove) }
      return made("of rules", "\(quantifier(names.count)) of (\(names.joined(separator: ", ")))")
    default:
      guard closedPrefix == nil, let prefix = prefixes.last else { return made("rule", above) }
      closedPrefix = prefix
      if random.oneIn(3) {
        return made("percentage of rules", "\(random.pick([20, 50, 100]))% of (\(prefix)*)")
      }
      return made("of rules with *", "\(quantifier(2)) of (\(prefix)*)")
    }
  }
}
