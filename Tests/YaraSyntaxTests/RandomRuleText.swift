import TestSupport

/// Rules of all constructs, with blanks and comments anywhere. Most of them compile.
struct RandomRuleText {
  private static let words = ["alpha", "beta", "ab", "cab", "Zed9", "x_y", "aaa"]

  private var random: SeededGenerator
  private var numbers: RandomExpressions
  private var names: [String] = []
  private var earlierRules: [String] = []
  private var loopVariables: [String] = []
  private var isInStringLoop = false

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    numbers = RandomExpressions(seed: seed &+ 1_000_000)
  }

  mutating func item() -> [UInt8] {
    (0..<random.number(0...40)).flatMap { _ -> [UInt8] in
      let word = Array(random.pick(Self.words).utf8)
      return switch random.number(0...5) {
      case 0: word.flatMap { [$0, 0] }
      case 1: word.map { $0 ^ 0x21 }
      case 2: [UInt8(random.number(0...255)), 0x2F, 0x0A]
      default: word
      }
    }
  }

  mutating func text() -> String {
    earlierRules = []
    return "import \"pe\" import \"math\"\n"
      + (0..<random.number(1...3)).map { rule($0) }.joined(separator: blank())
  }

  private mutating func blank() -> String {
    random.pick([" ", " ", " ", "\n", "\t", "\r\n", " /* } \" */ ", " // { \" /\n", "/**/ "])
  }

  private mutating func rule(_ index: Int) -> String {
    let used = random.number(1...4)
    names = (0..<used).map { "$s\($0)" }
    var tokens = random.pick([
      ["rule"], ["rule"], ["rule"], ["private", "rule"], ["global", "rule"],
      ["private", "global", "rule"],
    ])
    tokens.append("r\(index)")
    if random.oneIn(4) { tokens += [":", "tag1", "tag2"] }
    tokens.append("{\n")
    if random.oneIn(3) { tokens += ["meta", ":", "a", "=", "\"}\"", "b", "=", "-", "5", "c=true"] }
    tokens += ["strings", ":"]
    for name in names { tokens += [name, "=", string()] }
    if random.oneIn(3) { tokens += ["$", "=", string()] }
    tokens += ["condition", ":", condition(depth: 0), random.pick(["and", "or"])]
    tokens += [random.pick(["any", "all", "none", "1", "2", "50%", "#s0"]), "of", "them", "}"]
    earlierRules.append("r\(index)")
    return tokens.reduce("") { text, token in text + token + blank() }
  }

  // MARK: Strings

  private mutating func string() -> String {
    let string =
      switch random.number(0...3) {
      case 0: hexadecimal()
      case 1: expression() + modifiers(["nocase", "wide", "ascii", "fullword"])
      default: textString()
      }
    return random.oneIn(10) ? string + " private" : string
  }

  private mutating func textString() -> String {
    let text = "\"\(random.pick(Self.words))\(random.pick(["", "\\x0a", "\\t", "/", "\\\\"]))\""
    switch random.number(0...8) {
    case 0: return text + random.pick([" xor", " xor (1-40)", " xor(0x21)", " wide xor ascii"])
    case 1: return text + random.pick([" base64", " base64wide", " base64 ascii base64wide"])
    default: return text + modifiers(["nocase", "wide", "ascii", "fullword"])
    }
  }

  private mutating func modifiers(_ words: [String]) -> String {
    var text = ""
    for word in words.shuffled(using: &random) where random.oneIn(4) { text += blank() + word }
    return text
  }

  private mutating func hexadecimal() -> String {
    var tokens: [String] = []
    func digits(_ word: String) -> [String] { word.utf8.map { String($0, radix: 16) } }
    tokens += digits(random.pick(Self.words))
    for _ in 0..<random.number(0...3) {
      tokens.append(
        random.pick([
          "??", "[1]", "[0-4]", "[ 2 - 300 ]", "[-]", "[3-]", "( 61 | 62 63 )", "6?", "?1",
          "(61|(62|63 [1-2] 64)|??)", "// } \"\n", "/* } */",
        ]))
      tokens += digits(random.pick(Self.words))
    }
    let text = tokens.reduce("{") { text, token in text + token + random.pick([" ", "", "\n"]) }
    return text + "}"
  }

  private mutating func expression() -> String {
    let parts = (0..<random.number(1...3)).map { _ in
      random.pick(["[a-z]", ".", "(ta|pha)", "\\d", "\\/", "[/]?", "b+", "\\x61", "a{1,3}"])
        .replacing("[/]", with: "[\\/]")
    }
    return "/\(random.pick(["al", "be", "ca", "aa"]))\(parts.joined())/"
      + random.pick(["", "", "i", "s", "is"])
  }

  // MARK: Conditions

  private mutating func condition(depth: Int) -> String {
    var text = prefix() + term(depth)
    for _ in 0..<random.number(0...3) {
      text += blank() + random.pick(["and", "or"]) + blank() + prefix() + term(depth)
    }
    return text
  }

  private mutating func prefix() -> String {
    random.pick(["", "", "", "not ", "defined ", "not defined "])
  }

  private mutating func value(_ depth: Int) -> String {
    let name = random.pick(names).dropFirst()
    switch random.number(0...15) {
    case 0: return "#\(name)"
    case 1: return "@\(name)[\(random.number(1...3))]"
    case 2: return "!\(name)"
    case 3: return "@\(name)"
    case 4:
      // A scan fails if the string is absent.
      return random.oneIn(8) ? "#\(name) in (\(random.number(0...9))..filesize)" : "#\(name)"
    case 5: return "uint\(random.pick(["8", "16", "32", "16be"]))(\(random.number(0...9)) + 1)"
    case 6: return numbers.number()
    case 7: return "(\(numbers.number()))"
    case 8: return "filesize"
    case 9: return random.pick(["pe.number_of_sections", "pe.sections[0].raw_data_size", "ext_i"])
    case 10: return loopVariables.last ?? "\(random.number(0...50))KB"
    case 11: return isInStringLoop ? random.pick(["#", "@", "!", "@[1]"]) : "ext_i"
    case 12: return "-#\(name)"
    default: return "\(random.number(0...9))"
    }
  }

  private mutating func set() -> String {
    random.pick(["them", "($s*)", "($*)", "(\(names[0]))", "( \(names[0]) , \(names.last!) )"])
  }

  private mutating func quantifier() -> String {
    random.pick([
      "any", "all", "none", "1", "2", "#s0", "(filesize - 5)", "filesize - 8", "(1)", "ext_i - 4",
    ])
  }

  private mutating func bounds() -> String {
    "(\(random.number(0...9))\(random.pick([" .. ", ".."]))\(random.pick(["filesize", "20 + 5"])))"
  }

  private mutating func term(_ depth: Int) -> String {
    let name = isInStringLoop && random.oneIn(2) ? "$" : random.pick(names)
    switch random.number(0...(depth < 3 ? 18 : 12)) {
    case 0: return name
    case 1: return "\(name) at \(value(depth))"
    case 2: return "\(name) in \(bounds())"
    case 3: return "\(quantifier()) of \(set())"
    case 4: return "\(quantifier()) of \(set()) in \(bounds())"
    case 5: return "\(random.pick(["50", "(1 + 1)", "2 * 30", "ext_i"]))% of \(set())"
    case 6: return random.pick(["true", "false", "ext_b", "pe.is_dll()", "pe.is_pe"])
    case 7:
      return "ext_s \(random.pick(["contains", "icontains", "iequals", "startswith"])) \"hello\""
    case 8: return "ext_s matches \(expression())"
    case 9: return earlierRules.isEmpty ? "1.5 < ext_f" : "\(quantifier()) of (r0, r*)"
    case 10: return earlierRules.last ?? "math.mean(0, filesize) > 60.5"
    case 11, 12: return "\(value(depth)) \(numbers.comparison()) \(value(depth))"
    case 13: return loop(depth)
    case 14: return stringLoop(depth)
    default: return "(\(condition(depth: depth + 1)))"
    }
  }

  private mutating func loop(_ depth: Int) -> String {
    guard loopVariables.count < 2 else { return "true" }
    let variable = random.pick(["i", "index", "k_2"]) + "\(depth)"
    let iterator = random.pick([bounds(), "(1, 2, #s0)", "(0)", "( 5 , ext_i )"])
    let head = "for \(quantifier()) \(variable) in \(iterator) : "
    loopVariables.append(variable)
    defer { loopVariables.removeLast() }
    return head + "(\(condition(depth: depth + 1)))"
  }

  private mutating func stringLoop(_ depth: Int) -> String {
    guard !isInStringLoop else { return "$" }
    let head = "for \(quantifier()) of \(set()) :"
    isInStringLoop = true
    defer { isInStringLoop = false }
    return head + "(\(condition(depth: depth + 1)))"
  }
}
