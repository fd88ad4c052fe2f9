import Foundation
import TestSupport

/// Rules and items built from the same few words, so that strings match often.
struct RandomRules {
  private static let words = ["alpha", "beta", "ab", "cab", "Zed9", "x_y", "k\u{E9}", "aaa"]

  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  // MARK: Items

  /// An item of random pieces.
  mutating func item() -> [UInt8] {
    var item: [UInt8] = []
    for _ in 0..<random.number(0...60) { item += piece() }
    return item
  }

  private mutating func piece() -> [UInt8] {
    let word = Array(random.pick(Self.words).utf8)
    let key = UInt8(random.number(1...255))
    switch random.number(0...9) {
    case 0: return word.map { $0 ^ key }
    case 1: return word.flatMap { [$0, 0] }
    case 2: return Array(Data(word + [0x21, 0x21]).base64EncodedData())
    case 3: return Array(String(decoding: word, as: UTF8.self).uppercased().utf8)
    case 4: return (0..<random.number(1...20)).map { _ in UInt8(random.number(0...255)) }
    case 5: return [random.pick([0x20, 0x0A, 0x00, 0x5F, 0x2E])]
    default: return word
    }
  }

  // MARK: Rules

  /// The text of a few rules.
  mutating func text() -> String {
    (0..<random.number(1...4)).map { rule($0) }.joined(separator: "\n")
  }

  private mutating func rule(_ index: Int) -> String {
    let count = random.number(1...4)
    let names = (0..<count).map { "$s\($0)" }
    let strings = names.map { "    \($0) = \(string())" }.joined(separator: "\n")
    // `them` uses every string: an unused string does not compile.
    let quantifier = random.pick(["any", "all", "1", "2", "none"])
    var condition = "(\(term(names))) \(random.pick(["and", "or"])) \(quantifier) of them"
    if index > 0, random.oneIn(4) { condition = "r\(index - 1) or \(condition)" }
    let kind = random.oneIn(12) ? "private " : random.oneIn(25) ? "global " : ""
    return """
      \(kind)rule r\(index) {
        strings:
      \(strings)
        condition:
          \(condition)
      }
      """
  }

  private mutating func string() -> String {
    let string =
      switch random.number(0...3) {
      case 0: hexString()
      case 1: regularExpression() + expressionModifiers()
      default: "\"\(escaped(random.pick(Self.words)))\"" + textModifiers()
      }
    return random.oneIn(10) ? string + " private" : string
  }

  private func escaped(_ word: String) -> String {
    word.utf8.map { (0x20..<0x7F).contains($0) ? "\(Character(Unicode.Scalar($0)))" : hex($0) }
      .joined()
  }

  private func hex(_ byte: UInt8) -> String {
    "\\x" + String(UInt16(byte) + 0x100, radix: 16).dropFirst()
  }

  private mutating func textModifiers() -> String {
    random.pick([
      "", "", "", " nocase", " wide", " ascii wide", " fullword", " nocase fullword",
      " wide fullword", " ascii wide nocase", " xor", " xor(1-100)", " xor ascii wide",
      " xor wide", " base64", " base64wide", " base64 base64wide", " ascii wide fullword nocase",
    ])
  }

  private mutating func expressionModifiers() -> String {
    random.pick(["", "", "i", "s", "is"])
      + random.pick(["", "", " wide", " ascii wide", " nocase", " fullword"])
  }

  private mutating func hexString() -> String {
    var tokens = bytes()
    for _ in 0..<random.number(0...2) {
      tokens.append(random.pick(["??", "[1]", "[0-4]", "[2-300]", "( 61 | 62 63 )", "6?", "?1"]))
      tokens += bytes()
    }
    return "{ \(tokens.joined(separator: " ")) }"
  }

  private mutating func bytes() -> [String] {
    random.pick(Self.words).utf8.prefix(random.number(2...4)).map {
      hex($0).dropFirst(2).uppercased()
    }
  }

  private mutating func regularExpression() -> String {
    let atoms = ["a", "b", "[a-z]", "[^a]", ".", "(ta|pha|b)", "\\d", "\\w", "\\s", "_"]
    // libyara refuses a mixture of greedy and other quantifiers.
    let quantifiers =
      random.oneIn(3) ? ["", "", "+?", "*?", "??"] : ["", "", "?", "+", "*", "{1,3}", "{2}"]
    var parts = [random.pick(["al", "be", "ca", "ab", "Ze", "aa"])]
    for _ in 0..<random.number(1...3) {
      parts.append(random.pick(atoms) + random.pick(quantifiers))
    }
    if random.oneIn(6) { parts.append("\\b") }
    if random.oneIn(12) { parts.append("$") }
    return "/\(parts.joined())/"
  }

  private mutating func term(_ names: [String], depth: Int = 0) -> String {
    let name = random.pick(names)
    let bare = name.dropFirst()
    let number = random.number(0...120)
    switch random.number(0...(depth < 2 ? 15 : 12)) {
    case 0: return name
    case 1: return "\(name) at \(number)"
    case 2: return "\(name) in (\(number)..\(number + random.number(0...100)))"
    case 3: return "#\(bare) \(random.pick(["==", "<", ">=", "!="])) \(random.number(0...4))"
    case 4: return "@\(bare)[\(random.number(1...3))] < \(number)"
    case 5: return "!\(bare)[1] \(random.pick(["==", ">"])) \(random.number(1...6))"
    case 6: return "filesize \(random.pick(["<", ">", "!="])) \(number)"
    case 7: return "uint8(\(number)) == \(random.number(0x60...0x64))"
    case 8: return "for any of them : ( $ at \(number) )"
    case 9: return "for all i in (1..#\(bare)) : ( @\(bare)[i] < \(number * 2) )"
    case 10:
      return "for \(random.pick(["any", "all", "2"])) of them : ( # > \(random.number(0...2)) )"
    case 11: return "\(random.number(1...2)) of ($s*)"
    case 12: return "defined @\(bare)[2]"
    case 13: return "not (\(term(names, depth: depth + 1)))"
    default:
      let left = term(names, depth: depth + 1)
      return "(\(left)) \(random.pick(["and", "or"])) (\(term(names, depth: depth + 1)))"
    }
  }
}
