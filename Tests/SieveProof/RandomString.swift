import Foundation
import TestSupport

/// A string of a rule, with bytes that it matches.
struct RandomString {
  /// Identifier with its `$`; `$` alone for an anonymous string.
  let identifier: String
  private(set) var source = ""
  private(set) var examples: [[UInt8]] = []
  private(set) var productions: [String] = []

  init(_ identifier: String, _ words: [[UInt8]], aim: [UInt8], _ random: inout SeededGenerator) {
    self.identifier = identifier
    // Use bytes that the rule's target item certainly contains.
    if random.oneIn(3), aim.count > 8 {
      let start = random.number(0...(random.oneIn(2) ? min(aim.count - 4, 100) : aim.count - 4))
      let slice = Array(aim[start..<min(aim.count, start + random.number(3...12))])
      random.oneIn(3) ? makeHexadecimal([slice], &random) : makeText(slice, &random)
    } else {
      switch random.number(0...9) {
      case 0...5: makeText(random.pick(words), &random)
      case 6, 7: makeHexadecimal(words, &random)
      default: makeExpression(words, &random)
      }
    }
    if random.oneIn(12) { add(" private", "string private") }
    if identifier == "$" { productions.append("string anonymous") }
  }

  private mutating func add(_ text: String, _ production: String) {
    source += text
    productions.append(production)
  }

  // MARK: Text

  private mutating func makeText(_ word: [UInt8], _ random: inout SeededGenerator) {
    add("\"\(Self.escaped(word))\"", "string text")
    if source.contains("\\t") || source.contains("\\\"") {
      productions.append("string text escape")
    }
    if word.count > 256 { productions.append("string text longer than 256") }
    var forms = [word]
    switch random.number(0...13) {
    case 0...3: break
    case 4, 5:
      add(" nocase", "string nocase")
      forms = [Vocabulary.recased(word, &random)]
      if random.oneIn(3) {
        add(" wide", "string nocase wide")
        forms = [Vocabulary.widened(forms[0])]
      }
    case 6, 7:
      add(" wide", "string wide")
      forms = [Vocabulary.widened(word)]
      if random.oneIn(2) {
        add(" ascii", "string ascii wide")
        forms.append(word)
      }
    case 8, 9: forms = makeXor(word, &random)
    case 10: forms = makeBase64(word, &random)
    default:
      add(" fullword", "string fullword")
      if random.oneIn(3) {
        add(" wide", "string fullword wide")
        forms = [Vocabulary.widened(word)]
      } else if random.oneIn(3) {
        add(" nocase", "string fullword nocase")
      }
      forms = forms.map { [0x20] + $0 + [0x20] }
    }
    examples = forms
  }

  private mutating func makeXor(_ word: [UInt8], _ random: inout SeededGenerator) -> [[UInt8]] {
    var keys = 0...255
    switch random.number(0...3) {
    case 0: add(" xor", "string xor")
    case 1:
      keys = random.number(0...255)...255
      keys = keys.lowerBound...keys.lowerBound
      add(" xor(\(keys.lowerBound))", "string xor(n)")
    default:
      let least = random.number(0...200)
      keys = least...random.number(least...min(255, least + 40))
      add(" xor(\(keys.lowerBound)-\(keys.upperBound))", "string xor(a-b)")
    }
    var forms = [word]
    switch random.number(0...3) {
    case 0:
      add(" wide", "string xor wide")
      forms = [Vocabulary.widened(word)]
    case 1:
      add(" wide ascii", "string xor wide ascii")
      forms.append(Vocabulary.widened(word))
    case 2: add(" ascii", "string xor ascii")
    default: break
    }
    let isWord = random.oneIn(8)
    if isWord { add(" fullword", "string xor fullword") }
    return forms.map { form in
      let key = UInt8(random.number(keys))
      let form = form.map { $0 ^ key }
      return isWord ? [0x20] + form + [0x20] : form
    }
  }

  private mutating func makeBase64(_ word: [UInt8], _ random: inout SeededGenerator) -> [[UInt8]] {
    let padding = [UInt8](repeating: 0x21, count: random.number(0...2))
    var encoded = Array(Data(padding + word + [0x21, 0x21]).base64EncodedData())
    let isWide = random.oneIn(2)
    add(isWide ? " base64wide" : " base64", isWide ? "string base64wide" : "string base64")
    if random.oneIn(4) {
      let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
      let own = alphabet.shuffled(using: &random)
      add("(\"\(Self.escaped(own))\")", "string base64 with an alphabet")
      encoded = encoded.map { byte in alphabet.firstIndex(of: byte).map { own[$0] } ?? byte }
    }
    return [isWide ? Vocabulary.widened(encoded) : encoded]
  }

  static func escaped(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      let short: [UInt8: String] = [0x09: "\\t", 0x0A: "\\n", 0x22: "\\\"", 0x5C: "\\\\"]
      if let short = short[byte] { return short }
      let isPlain = (0x20..<0x7F).contains(byte) && byte != 0x22 && byte != 0x5C
      return isPlain
        ? String(UnicodeScalar(byte)) : "\\x" + String(UInt16(byte) + 0x100, radix: 16).dropFirst()
    }.joined()
  }

  // MARK: Hexadecimal

  private mutating func makeHexadecimal(_ words: [[UInt8]], _ random: inout SeededGenerator) {
    var tokens: [String] = []
    var example: [UInt8] = []
    func digits(_ byte: UInt8) -> String {
      String(String(UInt16(byte) + 0x100, radix: 16).dropFirst())
    }
    func addWord() {
      let word = random.pick(words).prefix(random.number(2...8))
      tokens += word.map(digits)
      example += word
    }
    addWord()
    var kinds = ["string hexadecimal"]
    for _ in 0..<random.number(0...3) {
      switch random.number(0...(Vocabulary.has45 ? 12 : 9)) {
      case 10:
        let byte = UInt8(random.number(0...255))
        tokens.append("~" + digits(byte))
        example.append(byte ^ UInt8(random.number(1...255)))
        kinds.append("hex ~nn")
      case 11:
        let byte = UInt8(random.number(0...255))
        tokens.append("~" + digits(byte).prefix(1) + "?")
        example.append(byte ^ 0x10)
        kinds.append("hex ~n?")
      case 12:
        let byte = UInt8(random.number(0...255))
        tokens.append("~?" + digits(byte).suffix(1))
        example.append(byte ^ 1)
        kinds.append("hex ~?n")
      case 9:
        let (one, other) = (random.pick(words).prefix(3), random.pick(words).prefix(3))
        let inner = "( \(digits(one[0])) ?? | ?\(digits(one.last!).suffix(1)) )"
        tokens.append(
          "( \(one.map(digits).joined(separator: " ")) [1-2] \(inner) | \(other.map(digits).joined(separator: " ")) 4? )"
        )
        example += random.oneIn(2) ? one + [7, one[0], 7] : other + [0x41]
        kinds.append("hex alternatives with all in them")
      case 0:
        tokens.append("??")
        example.append(UInt8(random.number(0...255)))
        kinds.append("hex ??")
      case 1:
        let byte = UInt8(random.number(0...255))
        tokens.append(digits(byte).prefix(1) + "?")
        example.append(byte)
        kinds.append("hex n?")
      case 2:
        let byte = UInt8(random.number(0...255))
        tokens.append("?" + digits(byte).suffix(1))
        example.append(byte ^ 0x10)
        kinds.append("hex ?n")
      case 3:
        tokens.append("[2]")
        example += [1, 2]
        kinds.append("hex [n]")
      case 4:
        tokens.append("[0-4]")
        example += [UInt8](repeating: 7, count: random.number(0...4))
        kinds.append("hex [n-m]")
      case 5:
        tokens.append(random.pick(["[0-300]", "[1-250]", "[10-]", "[-]"]))
        example += [UInt8](repeating: 9, count: random.number(10...200))
        kinds.append("hex long jump")
      default:
        let (one, other) = (random.pick(words).prefix(4), random.pick(words).prefix(3))
        tokens.append(
          "( \(one.map(digits).joined(separator: " ")) | \(other.map(digits).joined(separator: " ")) )"
        )
        example += random.oneIn(2) ? one : other
        kinds.append("hex alternatives")
      }
      addWord()
    }
    source += "{ \(tokens.joined(separator: " ")) }"
    productions += kinds
    examples = [example]
  }

  // MARK: Regular expressions

  private mutating func makeExpression(_ words: [[UInt8]], _ random: inout SeededGenerator) {
    let expression = RandomExpression(words, &random)
    productions += expression.productions
    add("/\(expression.pattern)/", "string regex")
    var example = expression.example
    switch random.number(0...9) {
    case 0, 1:
      add("i", "regex /i")
      example = Vocabulary.recased(example, &random)
    case 2: add("s", "regex /s")
    case 3:
      add(" nocase", "regex nocase")
      example = Vocabulary.recased(example, &random)
    case 4:
      add(" wide", "regex wide")
      example = Vocabulary.widened(example)
    case 5:
      add(" ascii wide", "regex ascii wide")
    case 6:
      add(" fullword", "regex fullword")
      example = [0x20] + example + [0x20]
    default: break
    }
    examples = [example]
  }
}
