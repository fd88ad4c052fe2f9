import TestSupport

/// Random condition of one rule: covers every production of libyara's grammar, biased to be
/// true for a target item.
struct RandomCondition {
  /// Effects that can fail a scan or print: an item for which they are evaluated must not be
  /// excluded.
  struct Effects: OptionSet {
    let rawValue: Int
    static let failures = Effects(rawValue: 1)
    static let output = Effects(rawValue: 2)
  }

  struct Variable {
    let name: String
    let isText: Bool
  }

  let strings: [RandomString]
  let aim: [UInt8]
  let words: [[UInt8]]
  /// Preceding rules, and prefixes that no rule may use after this one.
  let rulesAbove: [String]
  let prefixes: [String]
  let effects: Effects

  var random: SeededGenerator
  var productions: [String] = []
  var used: Set<String> = []
  var closedPrefix: String?
  var variables: [Variable] = []
  var isInStringLoop = false
  var loops = 0

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

  mutating func made(_ production: String, _ text: String) -> String {
    productions.append(production)
    return text
  }

  mutating func condition() -> String {
    if let effect = effect() {
      // Only the effect requires a scan.
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

  mutating func boolean(_ depth: Int) -> String {
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
      return made(
        "entrypoint",
        random.pick([
          "entrypoint > 0", "defined entrypoint", "uint8(entrypoint) == 0",
        ]))
    default: return satisfiedComparison()
    }
  }

  /// A failure or output, where one is allowed.
  mutating func effect() -> String? {
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

  mutating func compound(_ depth: Int) -> String {
    switch random.number(0...13) {
    case 13: return withoutParentheses()
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

  /// Terms whose grouping depends on operator precedence alone.
  private mutating func withoutParentheses() -> String {
    func part() -> String {
      let part =
        random.oneIn(3) && !strings.isEmpty && !name().isEmpty
        ? stringTruth(4) : satisfiedComparison()
      return (random.oneIn(3) ? "not " : "") + part
    }
    func joint() -> String { random.pick([" and ", " or "]) }
    return made("truths without parentheses", "(\(part())\(joint())\(part())\(joint())\(part()))")
  }

  /// Expression that is undefined in most items.
  mutating func undefinedTruth() -> String {
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

  mutating func comparison(_ left: String, _ right: String) -> String {
    let comparison = random.pick(["==", "!=", "<", "<=", ">", ">="])
    return made("operator \(comparison)", "\(left) \(comparison) \(right)")
  }

  /// A comparison that is true for the target item.
  mutating func satisfiedComparison() -> String {
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

  mutating func reading(at offset: Int) -> (String, Int64)? {
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
}
