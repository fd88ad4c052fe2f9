import TestSupport

/// A condition of one rule: every production of libyara's grammar, biased to be true of an item that it
/// aims at.
struct RandomCondition {
  /// What may fail a scan with an error, or print: whatever reaches it must not be excluded.
  struct Effects: OptionSet {
    let rawValue: Int
    static let failures = Effects(rawValue: 1)
    static let output = Effects(rawValue: 2)
  }

  private struct Variable {
    let name: String
    let isText: Bool
  }

  let strings: [RandomString]
  let aim: [UInt8]
  let words: [[UInt8]]
  /// Rules that stand above, and prefixes that no rule may use after this one.
  let rulesAbove: [String]
  let prefixes: [String]
  let effects: Effects

  var random: SeededGenerator
  private(set) var productions: [String] = []
  private(set) var used: Set<String> = []
  private(set) var closedPrefix: String?
  private(set) var isEntryPointUsed = false
  private var variables: [Variable] = []
  private var isInStringLoop = false
  private var loops = 0

  init(
    strings: [RandomString], aim: [UInt8], words: [[UInt8]], rulesAbove: [String],
    prefixes: [String], effects: Effects, random: SeededGenerator
  ) {
    self.strings = strings
    self.aim = aim
    self.words = words
    self.rulesAbove = rulesAbove
    self.prefixes = prefixes
    self.effects = effects
    self.random = random
  }

  private mutating func made(_ production: String, _ text: String) -> String {
    productions.append(production)
    return text
  }

  mutating func condition() -> String {
    if let effect = effect() {
      // Nothing but the effect asks for a scan.
      let never = random.pick(["filesize > 99999", "uint32(0) == 0x21436587", "ext_i == 7"])
      return made("effect of what is false", "(\(effect)) and (\(never))")
    }
    var text = boolean(0)
    for _ in 0..<random.number(0...2) {
      let more = boolean(0)
      text =
        random.oneIn(3)
        ? made("and", "(\(text)) and (\(more))") : made("or", "(\(text)) or (\(more))")
    }
    return text
  }

  // MARK: Truth

  private mutating func boolean(_ depth: Int) -> String {
    if depth < 3, random.oneIn(3) { return compound(depth + 1) }
    if let effect = effect() { return effect }
    let hasStrings = !strings.isEmpty
    if isInStringLoop, random.oneIn(4) { return stringTruth(depth) }
    switch random.number(0...29) {
    case 0...4 where hasStrings: return stringTruth(depth)
    case 5...8 where hasStrings: return of()
    case 9, 10: return made("compare integers", comparison(integer(depth), integer(depth)))
    case 11, 12: return satisfiedComparison()
    case 13: return textTruth(depth)
    case 14: return moduleTruth(depth)
    case 15:
      return made(
        "compare floats", comparison(float(depth), random.oneIn(2) ? float(depth) : integer(depth)))
    case 16: return made("boolean constant", random.pick(["true", "false"]))
    case 17 where !rulesAbove.isEmpty: return ruleTruth()
    case 18...19 where loops < 2: return loop(depth)
    case 20...21 where hasStrings && !isInStringLoop && loops < 2: return stringLoop(depth)
    case 22: return made("integer as truth", "(\(integer(depth)))")
    case 23: return made("text as truth", random.oneIn(2) ? text(depth) : moduleText())
    case 24: return made("external boolean", "ext_b")
    case 25 where hasStrings: return countTruth(depth)
    case 26:
      return made("float as truth", random.pick(["0.0", "-0.0", "1.5", "ext_f"]))
    case 27: return undefinedTruth()
    case 28:
      isEntryPointUsed = true
      return made(
        "entrypoint",
        random.pick([
          "entrypoint > 0", "defined entrypoint", "uint8(entrypoint) == 0",
        ]))
    default: return satisfiedComparison()
    }
  }

  /// A failure or output, where there may be one.
  private mutating func effect() -> String? {
    guard !effects.isEmpty, random.oneIn(3) else { return nil }
    if effects.contains(.output) {
      return made(
        "console.log",
        random.pick([
          "console.log(\"x\")", "console.log(\"n \", filesize)", "console.hex(uint8(0))",
          "console.log(1.5)",
        ]))
    }
    let name = name()
    guard name.count > 1 else { return nil }
    return made(
      "compare a count within bounds", comparison(countIn(String(name.dropFirst()), 0), "1"))
  }

  private mutating func compound(_ depth: Int) -> String {
    switch random.number(0...12) {
    case 10:
      return made(
        "not of and not",
        "not ((not (\(boolean(depth)))) and \(random.pick(["true", "filesize >= 0"])))")
    case 11: return made("not defined not", "not defined (not (\(undefinedTruth())))")
    case 12: return made("not of and not", "not ((not (\(undefinedTruth()))) and filesize >= 0)")
    case 0, 1, 2: return made("not", "not (\(boolean(depth)))")
    case 3:
      return random.oneIn(3)
        ? made("defined of a value", "defined \(random.oneIn(2) ? integer(depth) : moduleText())")
        : made("defined of a truth", "defined (\(boolean(depth)))")
    case 4, 5: return made("and", "(\(boolean(depth))) and (\(boolean(depth)))")
    case 6: return made("or with an integer", "(\(integer(depth))) or (\(boolean(depth)))")
    default: return made("or", "(\(boolean(depth))) or (\(boolean(depth)))")
    }
  }

  /// What is undefined in most items.
  private mutating func undefinedTruth() -> String {
    let value = random.pick([
      "uint32(99999)", "pe.number_of_sections", "elf.type", "macho.magic", "uint8(-1)",
      "(1 << -ext_i)",
      "pe.sections[7].virtual_size",
    ])
    let float = random.pick(["1.5", "(ext_f + 1)"])
    let text =
      switch random.number(0...3) {
      case 0: comparison(float, value)
      case 1: comparison(value, float)
      default: comparison(value, small())
      }
    return made("undefined truth", text)
  }

  private mutating func comparison(_ left: String, _ right: String) -> String {
    let comparison = random.pick(["==", "!=", "<", "<=", ">", ">="])
    return made("operator \(comparison)", "\(left) \(comparison) \(right)")
  }

  /// Something that is so in the item that the rule aims at.
  private mutating func satisfiedComparison() -> String {
    let size = aim.count
    switch random.number(0...6) {
    case 0: return made("filesize", "filesize == \(size)")
    case 1: return made("filesize", "filesize < \(size + random.number(1...3000))")
    case 2: return made("filesize", "filesize >= \(max(0, size - random.number(0...300)))")
    default:
      let offset = random.oneIn(3) ? random.pick(Vocabulary.offsets) : random.number(0...80)
      guard let (read, value) = reading(at: offset) else {
        return made("read", "uint8(\(offset)) != 7 or not defined uint8(\(offset))")
      }
      switch random.number(0...4) {
      case 0: return "\(read) & 0xF0 == \(value & 0xF0)"
      case 1: return "\(read) > \(value - 3)"
      case 2: return "\(read) ^ \(value) == 0"
      default: return "\(read) == \(value)"
      }
    }
  }

  private mutating func reading(at offset: Int) -> (String, Int64)? {
    let width = random.pick([1, 2, 4])
    guard offset + width <= aim.count else { return nil }
    let (isSigned, isBig) = (random.oneIn(3), random.oneIn(2))
    let bytes = aim[offset..<offset + width]
    var bits: Int64 = 0
    for byte in isBig ? Array(bytes) : bytes.reversed() { bits = bits << 8 | Int64(byte) }
    if isSigned, bits >> (8 * Int64(width) - 1) != 0 { bits -= 1 << (8 * Int64(width)) }
    let name = (isSigned ? "int" : "uint") + "\(8 * width)" + (isBig ? "be" : "")
    return (made("read \(name)", "\(name)(\(offset))"), bits)
  }

  // MARK: Strings

  private mutating func name() -> String {
    if isInStringLoop, random.oneIn(2) { return made("$ in a loop", "$") }
    let named = strings.filter { $0.identifier != "$" }
    guard let string = named.isEmpty ? nil : random.pick(named) else {
      used.insert("$")
      return isInStringLoop ? "$" : ""
    }
    used.insert(string.identifier)
    return string.identifier
  }

  private mutating func stringTruth(_ depth: Int) -> String {
    let name = name()
    guard !name.isEmpty else { return of() }
    switch random.number(0...5) {
    case 0, 1: return made("$a", name)
    case 2: return made("$a at", "\(name) at \(place(name))")
    case 3:
      return made("$a at expression", "\(name) at (\(integer(depth)))")
    case 4:
      let offset = place(name)
      return made(
        "$a in",
        "\(name) in (\(max(0, offset - random.number(0...20)))..\(offset + random.number(0...20)))")
    default: return made("$a in expression", "\(name) in (\(bounds(depth)))")
    }
  }

  /// An offset, if possible one where the string is.
  private mutating func place(_ name: String) -> Int {
    if random.oneIn(2), let string = strings.first(where: { $0.identifier == name }),
      let example = string.examples.first, let found = position(of: example)
    {
      return found
    }
    return random.pick(Vocabulary.offsets)
  }

  private func position(of bytes: [UInt8]) -> Int? {
    guard !bytes.isEmpty, bytes.count <= aim.count else { return nil }
    return (0...aim.count - bytes.count).first { offset in
      aim[offset] == bytes[0] && aim[offset..<offset + bytes.count].elementsEqual(bytes)
    }
  }

  private mutating func countTruth(_ depth: Int) -> String {
    let name = name()
    guard !name.isEmpty else { return of() }
    let bare = name.dropFirst()
    switch random.number(0...6) {
    case 0, 1: return made("#a", comparison("#\(bare)", "\(random.number(0...3))"))
    case 2: return made("@a", comparison("@\(bare)", "\(random.pick(Vocabulary.offsets))"))
    case 3:
      return made(
        "@a[i]",
        comparison("@\(bare)[\(random.number(0...3))]", "\(random.pick(Vocabulary.offsets))"))
    case 4: return made("!a", comparison("!\(bare)", "\(random.number(1...12))"))
    case 5:
      return made("!a[i]", comparison("!\(bare)[\(random.pick(["1", "2", "#\(bare)"]))]", "5"))
    default:
      return made(
        "#a in (0..n)", comparison(countIn(String(bare), depth), "\(random.number(0...2))"))
    }
  }

  private mutating func countIn(_ bare: String, _ depth: Int) -> String {
    if effects.contains(.failures) {
      return made(
        "#a in (n..m)", "#\(bare) in (\(random.number(0...3))..\(random.number(3...500)))")
    }
    return "#\(bare) in (0..\(random.pick(["filesize", "100", "10"])))"
  }

  private mutating func bounds(_ depth: Int) -> String {
    switch random.number(0...4) {
    case 0: return "0..filesize"
    case 1: return "\(small())..\(small())"
    case 2: return "\(integer(depth + 1))..\(integer(depth + 1))"
    default: return "0..\(random.pick(Vocabulary.offsets) + 50)"
    }
  }

  private mutating func set() -> String {
    switch random.number(0...4) {
    case 0, 1:
      for string in strings { used.insert(string.identifier) }
      return made("set them", "them")
    case 2:
      for string in strings { used.insert(string.identifier) }
      return made("set ($*)", "($*)")
    case 3 where strings.contains { $0.identifier != "$" }:
      for string in strings where string.identifier != "$" { used.insert(string.identifier) }
      return made("set ($s*)", "($s*)")
    default:
      let named = strings.filter { $0.identifier != "$" }.map(\.identifier)
      guard !named.isEmpty else {
        used.insert("$")
        return made("set them", "them")
      }
      let chosen = (0..<random.number(1...3)).map { _ in random.pick(named) }
      used.formUnion(chosen)
      if Set(chosen).count < chosen.count { productions.append("set with repetition") }
      return made("set ($a, $b)", "(\(chosen.joined(separator: ", ")))")
    }
  }

  /// A quantifier of any kind.
  private mutating func quantifier(_ size: Int) -> String {
    switch random.number(0...13) {
    case 0, 1: return made("quantifier all", "all")
    case 2, 3, 4: return made("quantifier any", "any")
    case 5, 6: return made("quantifier none", "none")
    case 7: return made("quantifier n", "\(random.number(1...max(1, size + 1)))")
    case 8: return made("quantifier 0", "0")
    case 9: return made("quantifier negative", random.pick(["-1", "(filesize - 90000)"]))
    case 10: return made("quantifier computed zero", "(filesize - \(aim.count))")
    case 11:
      return undefinedQuantifier()
    case 12 where !strings.isEmpty && strings[0].identifier != "$":
      used.insert(strings[0].identifier)
      return made("quantifier #a", "#\(strings[0].identifier.dropFirst())")
    default: return made("quantifier computed", "(\(integer(2)))")
    }
  }

  /// It means all, where it is undefined.
  private mutating func undefinedQuantifier() -> String {
    made(
      "quantifier undefined",
      random.pick([
        "uint32(99999)", "pe.number_of_sections", "elf.type",
        "(filesize \\ (filesize - \(aim.count)))",
      ]))
  }

  private mutating func of() -> String {
    let size = strings.count
    switch random.number(0...7) {
    case 7:
      let name = name()
      guard name.count > 1 else { return made("of", "\(quantifier(size)) of \(set())") }
      return made("undefined of one", "\(undefinedQuantifier()) of (\(name))")
    case 0: return made("of in", "\(quantifier(size)) of \(set()) in (\(bounds(2)))")
    case 1:
      return made("percentage of", "\(random.pick(["1", "50", "51", "67", "100"]))% of \(set())")
    case 2:
      return made(
        "computed percentage of",
        random.pick([
          "(filesize - \(aim.count))% of them", "(\(random.number(0...60)) + uint8(0))% of them",
          "uint32(99999)% of them", "ext_i% of them",
        ])
      ).also { for string in strings { used.insert(string.identifier) } }
    default: return made("of", "\(quantifier(size)) of \(set())")
    }
  }

  private mutating func stringLoop(_ depth: Int) -> String {
    let head = "for \(quantifier(strings.count)) of \(set()) : "
    isInStringLoop = true
    loops += 1
    defer {
      isInStringLoop = false
      loops -= 1
    }
    switch random.number(0...7) {
    case 0: return made("for of ($)", head + "($)")
    case 1: return made("for of (#)", head + "(\(comparison("#", "\(random.number(0...2))")))")
    case 2:
      return made("for of (@)", head + "(\(comparison("@", "\(random.pick(Vocabulary.offsets))")))")
    case 3: return made("for of (!)", head + "(\(comparison("!", "4")))")
    case 4: return made("for of (@[i])", head + "(\(comparison("@[1]", "50")))")
    case 5: return made("for of integer body", head + "(\(random.pick(["#", "#-1", "filesize"])))")
    default: return made("for of", head + "(\(boolean(depth + 1)))")
    }
  }

  // MARK: Loops

  private mutating func loop(_ depth: Int) -> String {
    let variable = "v\(loops)"
    let quantifier = quantifier(3)
    loops += 1
    let outer = variables
    defer {
      loops -= 1
      variables = outer
    }
    func head(_ iterator: String, _ names: String? = nil) -> String {
      "for \(quantifier) \(names ?? variable) in \(iterator) : "
    }
    switch random.number(0...7) {
    case 0, 1:
      variables.append(.init(name: variable, isText: false))
      return made("for in range", head("(\(range()))") + "(\(body(depth)))")
    case 2:
      variables.append(.init(name: variable, isText: false))
      return made(
        "for in integers",
        head("(\(small()), \(integer(depth + 1)), \(small()))") + "(\(body(depth)))")
    case 3:
      variables.append(.init(name: variable, isText: true))
      return made(
        "for in texts",
        head("(\(quoted()), \(quoted()))") + "(\(textComparison(variable, quoted())))")
    case 4, 5:
      let (array, field, isText) = random.pick(ModuleNames.arrays)
      variables.append(.init(name: "\(variable).\(field)", isText: isText))
      let body =
        isText
        ? textComparison("\(variable).\(field)", quoted())
        : "\(comparison("\(variable).\(field)", small()))"
      return made("for in array of \(ModuleNames.module(of: array))", head(array) + "(\(body))")
    case 6:
      return made(
        "for in dictionary",
        head(random.pick(ModuleNames.dictionaries), "k\(loops), w\(loops)")
          + "(\(random.oneIn(3) ? "true" : textComparison(random.pick(["k\(loops)", "w\(loops)"]), quoted())))"
      )
    default:
      variables.append(.init(name: variable, isText: false))
      guard let string = strings.first(where: { $0.identifier != "$" }), !random.oneIn(4) else {
        return made("for in empty range", head("(3..1)") + "(\(body(depth)))")
      }
      used.insert(string.identifier)
      let bare = string.identifier.dropFirst()
      return made(
        "for in (1..#a)",
        head("(1..#\(bare))")
          + "(\(comparison("@\(bare)[\(variable)]", "\(random.pick(Vocabulary.offsets))")))")
    }
  }

  private mutating func range() -> String {
    switch random.number(0...5) {
    case 0: return made("empty range", "\(random.number(3...9))..\(random.number(0...2))")
    case 1: return "0..(filesize & 7)"
    case 2: return made("undefined range", "0..pe.number_of_sections")
    default: return "\(random.number(0...2))..\(random.number(2...9))"
    }
  }

  private mutating func body(_ depth: Int) -> String {
    switch random.number(0...5) {
    case 0:
      return made("for integer body", random.oneIn(2) ? variables.last!.name : integer(depth + 1))
    case 1: return comparison(variables.last!.name, small())
    case 2: return made("read at a variable", "uint8(\(variables.last!.name)) == uint8(0)")
    case 3 where !strings.isEmpty && !isInStringLoop:
      let name = name()
      return name.isEmpty ? "true" : made("$a at a variable", "\(name) at \(variables.last!.name)")
    default: return boolean(depth + 1)
    }
  }

  // MARK: Texts

  private mutating func quoted() -> String {
    if random.oneIn(10) { return made("empty text", "\"\"") }
    let word = random.pick(words)
    let part = random.oneIn(3) ? word.prefix(random.number(1...6)) : word.prefix(40)
    return "\"\(RandomString.escaped(Array(part)))\""
  }

  private mutating func text(_ depth: Int) -> String {
    if let variable = variables.last(where: \.isText), random.oneIn(2) { return variable.name }
    return random.oneIn(4)
      ? quoted() : made("external text", random.pick(["ext_s", "ext_s", "ext_e"]))
  }

  private mutating func moduleText() -> String {
    let text = random.pick(ModuleNames.texts)
    return made("text of \(ModuleNames.module(of: text))", text)
  }

  private mutating func textTruth(_ depth: Int) -> String {
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

  private mutating func textComparison(_ left: String, _ right: String) -> String {
    let operation = random.pick([
      "==", "!=", "<", "<=", ">", ">=", "contains", "icontains", "startswith", "istartswith",
      "endswith", "iendswith", "iequals", "==", "contains",
    ])
    let text =
      random.oneIn(10) ? "\(right) \(operation) \(left)" : "\(left) \(operation) \(right)"
    return made("text \(operation)", text)
  }

  // MARK: Modules and rules

  private mutating func moduleTruth(_ depth: Int) -> String {
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

  private mutating func moduleInteger() -> String {
    let field = random.pick(ModuleNames.integers)
    return made("integer of \(ModuleNames.module(of: field))", field)
  }

  private mutating func ruleTruth() -> String {
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

  // MARK: Numbers

  private mutating func small() -> String {
    switch random.number(0...4) {
    case 0: return "\(random.pick(Vocabulary.offsets))"
    case 1: return "\(aim.count)"
    case 2 where !aim.isEmpty: return "\(aim[random.number(0...min(70, aim.count - 1))])"
    default: return "\(random.number(0...5))"
    }
  }

  private mutating func integer(_ depth: Int) -> String {
    if let variable = variables.last(where: { !$0.isText }), random.oneIn(4) {
      return made("loop variable", variable.name)
    }
    if depth < 4, random.oneIn(3) { return arithmetic(depth + 1) }
    switch random.number(0...14) {
    case 0, 1: return made("filesize", "filesize")
    case 2 where !strings.isEmpty:
      let name = name()
      return name.isEmpty ? "3" : made("#a", "#\(name.dropFirst())")
    case 3 where !strings.isEmpty:
      let name = name()
      return name.isEmpty ? "3" : made("@a", "@\(name.dropFirst())")
    case 4:
      if let (read, _) = reading(at: random.number(0...80)) { return read }
      return made("read beyond", "uint32(99999)")
    case 5: return made("read at expression", "uint16(\(integer(4)))")
    case 6: return moduleInteger()
    case 7:
      let constant = random.pick(ModuleNames.constants)
      return made("constant of \(ModuleNames.module(of: constant))", constant)
    case 8: return made("external integer", "ext_i")
    case 9: return made("kilobytes", "\(random.number(0...9))KB")
    case 10:
      let call = random.pick(ModuleNames.integerCalls)
      return made("call of \(ModuleNames.module(of: call))", call)
    case 11:
      return made("great integer", random.pick(["0x7fffffffffffffff", "0xffffffff", "0x80000000"]))
    default: return small()
    }
  }

  private mutating func arithmetic(_ depth: Int) -> String {
    switch random.number(0...12) {
    case 0, 1: return made("+", "(\(integer(depth)) + \(integer(depth)))")
    case 2: return made("-", "(\(integer(depth)) - \(integer(depth)))")
    case 3: return made("*", "(\(integer(depth)) * \(small()))")
    // The least integer divided by -1 would end the process.
    case 4:
      return made(
        "\\", "((\(integer(4)) & 0xffffffff) \\ \(random.pick(["3", "filesize", "ext_i"])))")
    case 5:
      return made("%", "((\(integer(4)) & 0xffffffff) % \(random.pick(["7", "filesize", "2"])))")
    case 6: return made("&", "(\(integer(depth)) & \(integer(depth)))")
    case 7: return made("|", "(\(integer(depth)) | \(integer(depth)))")
    case 8: return made("^", "(\(integer(depth)) ^ \(integer(depth)))")
    case 9: return made("~", "~(\(integer(depth)))")
    case 10: return made("negation", "-(\(integer(depth)))")
    case 11:
      return made(
        "<<",
        "(\(integer(depth)) << \(random.pick(["1", "63", "64", "70", "filesize", "(ext_i - 9)"])))")
    default:
      return made(
        ">>",
        "(\(integer(depth)) >> \(random.pick(["1", "3", "64", "65", "filesize", "(ext_i - 9)"])))")
    }
  }

  private mutating func float(_ depth: Int) -> String {
    switch random.number(0...7) {
    case 0: return made("float constant", random.pick(["1.5", "0.0", "4.0", "100.25"]))
    case 1: return made("external float", "ext_f")
    case 2: return made("float arithmetic", "(\(integer(4)) * 1.5)")
    case 3: return made("float division", "(ext_f \\ \(random.pick(["2.0", "0.0"])))")
    case 4: return made("float negation", "-(ext_f)")
    case 5: return made("float of undefined", "(pe.number_of_sections + 0.5)")
    default:
      let call = random.pick(ModuleNames.floats)
      return made("float of \(ModuleNames.module(of: call))", call)
    }
  }
}

extension String {
  /// Itself, after something else was done.
  fileprivate func also(_ body: () -> Void) -> String {
    body()
    return self
  }
}
