import Yara
import YaraSyntax

/// A string as an expression of Hyperscan that matches wherever libyara finds the string, or more often.
///
/// `fullword`, `\b` and anchors are left out, and long bounds opened. Every byte is written as a set of
/// values, so that no flag but DOTALL counts.
struct StringExpression {
  private(set) var text = ""
  /// Whether libyara widens the string: each byte with a zero behind it.
  private let isWide: Bool
  private let ignoresCase: Bool

  /// Limit of the length of an expression, since longer ones take long to compile.
  private static let longest = 16 << 10
  /// Limit of bounds of repetitions; larger ones are opened.
  private static let mostRepeated = 1000
  private static let mostRepeatedGroups = 16

  private init(isWide: Bool, ignoresCase: Bool) {
    self.isWide = isWide
    self.ignoresCase = ignoresCase
  }

  /// The expression of a string; nil if it is not certain.
  static func of(_ need: StringNeed, _ syntax: StringSyntax) -> String? {
    if !need.forms.isEmpty {
      var expression = StringExpression(isWide: false, ignoresCase: false)
      for (index, form) in need.forms.enumerated() {
        if index > 0 { expression.text += "|" }
        for byte in form.bytes {
          let set = ByteSet(byte)
          expression.add(form.ignoresCase ? set.inAnyCase : set)
        }
      }
      return expression.checked
    }
    switch syntax.pattern {
    case .hexadecimal(let tokens):
      var expression = StringExpression(isWide: false, ignoresCase: false)
      return expression.add(tokens) ? expression.checked : nil
    case .regularExpression(let regularExpression):
      let ignoresCase = need.traits.contains(.ignoresCase) || regularExpression.ignoresCase
      var parts: [String] = []
      for (isAsked, isWide) in [
        (need.traits.isASCII, false), (need.traits.contains(.wide), true),
      ] where isAsked {
        var expression = StringExpression(isWide: isWide, ignoresCase: ignoresCase)
        guard expression.add(regularExpression.pattern), let part = expression.checked else {
          return nil
        }
        parts.append(part)
      }
      return parts.isEmpty ? nil : parts.joined(separator: "|")
    case .text, .unknown: return nil
    }
  }

  private var checked: String? { text.isEmpty || text.utf8.count > Self.longest ? nil : text }

  // MARK: Bytes

  private mutating func add(_ set: ByteSet) {
    text += Self.text(of: set)
    if isWide { text += "\\x00" }
  }

  private static func text(of set: ByteSet) -> String {
    if let value = set.single { return escaped(value) }
    if set == .all { return "." }
    var text = "["
    var value = 0
    while value < 256 {
      guard set.contains(UInt8(value)) else {
        value += 1
        continue
      }
      let first = value
      while value < 255, set.contains(UInt8(value + 1)) { value += 1 }
      text += escaped(UInt8(first))
      if value > first { text += "-" + escaped(UInt8(value)) }
      value += 1
    }
    return text + "]"
  }

  private static func escaped(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return "\\x" + (digits.count == 1 ? "0" : "") + digits
  }

  // MARK: Hexadecimal strings

  private mutating func add(_ tokens: [HexadecimalToken]) -> Bool {
    for token in tokens {
      guard text.utf8.count <= Self.longest else { return false }
      switch token {
      case .byte(let value, let mask): add(ByteSet(value: value, mask: mask))
      case .notByte(let value, let mask): add(ByteSet(value: value, mask: mask).inverted)
      case .jump(let least, let most): text += "." + Self.bounds(least, most, Self.mostRepeated)
      case .alternatives(let alternatives):
        text += "(?:"
        for (index, alternative) in alternatives.enumerated() {
          if index > 0 { text += "|" }
          guard add(alternative) else { return false }
        }
        text += ")"
      }
    }
    return true
  }

  private static func bounds(_ least: Int, _ most: Int?, _ limit: Int) -> String {
    let low = min(least, limit)
    guard let most, most <= limit else { return "{\(low),}" }
    return "{\(low),\(most)}"
  }

  // MARK: Regular expressions

  private mutating func add(_ pattern: [UInt8]) -> Bool {
    var reader = RegularExpressionReader(pattern: pattern)
    return add(&reader, depth: 0) && reader.isAtEnd
  }

  private static let deepest = 32

  /// Alternatives up to the end or a closing parenthesis.
  private mutating func add(_ reader: inout RegularExpressionReader, depth: Int) -> Bool {
    guard depth <= Self.deepest else { return false }
    while let next = reader.next, next != UInt8(ascii: ")") {
      guard text.utf8.count <= Self.longest else { return false }
      if next == UInt8(ascii: "|") {
        reader.skip()
        text += "|"
        continue
      }
      let start = text.utf8.count
      let isGroup = next == UInt8(ascii: "(")
      var isEmpty = false
      if isGroup {
        reader.skip()
        // There is no other kind of group in libyara.
        guard reader.next != UInt8(ascii: "?") else { return false }
        text += "(?:"
        guard add(&reader, depth: depth + 1), reader.next == UInt8(ascii: ")") else { return false }
        reader.skip()
        text += ")"
      } else {
        guard let element = reader.element() else { return false }
        switch element {
        case .byte(let set): add(ignoresCase ? set.inAnyCase : set)
        case .nothing: isEmpty = true
        case .unknown: return false
        }
      }
      guard let times = reader.quantifier() else { return false }
      guard times.least != 1 || times.most != 1 else { continue }
      guard !isEmpty else { return false }
      if isWide, !isGroup {
        text.insert(contentsOf: "(?:", at: text.utf8.index(text.startIndex, offsetBy: start))
        text += ")"
      }
      let limit = isGroup ? Self.mostRepeatedGroups : Self.mostRepeated
      text += Self.bounds(times.least, times.most, limit)
    }
    return true
  }
}
