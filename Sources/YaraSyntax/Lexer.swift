/// Splits a rule text into tokens exactly as libyara's lexer does: the longest match wins.
struct Lexer {
  let text: [UInt8]
  /// Position at which the next token is parsed.
  var position = 0

  init(_ text: [UInt8]) { self.text = text }

  /// Returns the next token; at the end of the text, always `end`.
  mutating func next() -> Token {
    let hasEnd = skipBlanks()
    let start = position
    guard hasEnd else {
      // libyara continues the comment in the including file, so its end is unknown.
      position = text.count
      return Token(kind: .invalid, range: start..<position)
    }
    guard position < text.count else { return Token(kind: .end, range: start..<start) }
    let kind = kind(at: text[position])
    return Token(kind: kind, range: start..<position)
  }

  private mutating func kind(at byte: UInt8) -> Token.Kind {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"):
      return word()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
    case UInt8(ascii: "\""): return quoted()
    case UInt8(ascii: "/"): return regularExpression()
    case UInt8(ascii: "$"):
      skipWord()
      guard byteAfter(0) == UInt8(ascii: "*") else { return .stringName }
      position += 1
      return .stringPrefix
    case UInt8(ascii: "#"):
      skipWord()
      return .count
    case UInt8(ascii: "@"):
      skipWord()
      return .offset
    case UInt8(ascii: "!"):
      if byteAfter(1) == UInt8(ascii: "=") { return consume(2, .notEqual) }
      skipWord()
      return .length
    default: return symbol(byte)
    }
  }

  private mutating func symbol(_ byte: UInt8) -> Token.Kind {
    switch (byte, byteAfter(1)) {
    case (UInt8(ascii: "."), UInt8(ascii: ".")): consume(2, .dots)
    case (UInt8(ascii: "="), UInt8(ascii: "=")): consume(2, .equal)
    case (UInt8(ascii: "<"), UInt8(ascii: "<")): consume(2, .shiftLeft)
    case (UInt8(ascii: "<"), UInt8(ascii: "=")): consume(2, .lessOrEqual)
    case (UInt8(ascii: "<"), _): consume(1, .less)
    case (UInt8(ascii: ">"), UInt8(ascii: ">")): consume(2, .shiftRight)
    case (UInt8(ascii: ">"), UInt8(ascii: "=")): consume(2, .greaterOrEqual)
    case (UInt8(ascii: ">"), _): consume(1, .greater)
    case (0x20..<0x7F, _): consume(1, .symbol(byte))
    default: consume(1, .invalid)
    }
  }

  private mutating func consume(_ count: Int, _ kind: Token.Kind) -> Token.Kind {
    position += count
    return kind
  }

  private func byteAfter(_ count: Int) -> UInt8? {
    let index = position + count
    return index < text.count ? text[index] : nil
  }

  // MARK: Blanks

  /// Skips blanks and comments; returns false at an unterminated comment.
  private mutating func skipBlanks() -> Bool {
    while position < text.count {
      switch text[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      case UInt8(ascii: "/"):
        guard let skipped = Self.endOfComment(in: text, at: position) else { return true }
        guard skipped <= text.count else { return false }
        position = skipped
      default: return true
      }
    }
    return true
  }

  /// End of the comment that begins at `start`; nil if none begins there. Greater than the length
  /// of the text if the comment is unterminated.
  static func endOfComment(in text: [UInt8], at start: Int) -> Int? {
    guard start + 1 < text.count else { return nil }
    var index = start + 2
    switch text[start + 1] {
    case UInt8(ascii: "/"):
      while index < text.count, text[index] != 0x0A { index += 1 }
      return index
    case UInt8(ascii: "*"):
      while index + 1 < text.count {
        if text[index] == UInt8(ascii: "*"), text[index + 1] == UInt8(ascii: "/") {
          return index + 2
        }
        index += 1
      }
      return text.count + 1
    default: return nil
    }
  }

  // MARK: Words and numbers

  static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// Skips the first byte regardless of its value, and the letters, digits and underscores after
  /// it.
  private mutating func skipWord() {
    position += 1
    while position < text.count, Self.isWord(text[position]) { position += 1 }
  }

  private mutating func word() -> Token.Kind {
    let start = position
    skipWord()
    let word = String(decoding: text[start..<position], as: UTF8.self)
    if let keyword = Keyword.byName[word] { return .keyword(keyword) }
    if IntegerRead(word) != nil { return .integerFunction }
    return word == "include" ? include() : .identifier
  }

  /// Parses an inclusion: `include`, blanks on the same line, and a quotation mark. The path has
  /// no escapes.
  private mutating func include() -> Token.Kind {
    var index = position
    while index < text.count, text[index] == 0x20 || text[index] == 0x09 { index += 1 }
    guard index > position, index < text.count, text[index] == UInt8(ascii: "\"") else {
      return .identifier
    }
    repeat { index += 1 } while index < text.count && text[index] != UInt8(ascii: "\"")
    guard index < text.count else {
      position = index
      return .invalid
    }
    // In libyara, a NUL ends the path.
    let hasNUL = text[position..<index].contains(0)
    position = index + 1
    return hasNUL ? .invalid : .include
  }

  private mutating func number() -> Token.Kind {
    if text[position] == UInt8(ascii: "0") {
      let digits: (UInt8) -> Bool
      switch byteAfter(1) {
      case UInt8(ascii: "x"): digits = { Digits.hexadecimal($0) != nil }
      case UInt8(ascii: "o"): digits = { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
      default: digits = { _ in false }
      }
      if let byte = byteAfter(2), digits(byte) {
        position += 2
        while position < text.count, digits(text[position]) { position += 1 }
        return .integer
      }
    }
    skipDigits()
    if byteAfter(0) == UInt8(ascii: "."), let byte = byteAfter(1), Digits.isDecimal(byte) {
      position += 1
      skipDigits()
      return .float
    }
    if byteAfter(1) == UInt8(ascii: "B"),
      byteAfter(0) == UInt8(ascii: "K") || byteAfter(0) == UInt8(ascii: "M")
    {
      position += 2
    }
    return .integer
  }

  private mutating func skipDigits() {
    while position < text.count, Digits.isDecimal(text[position]) { position += 1 }
  }

  // MARK: Texts

  private mutating func quoted() -> Token.Kind {
    position += 1
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: "\""): return consume(1, .text)
      case UInt8(ascii: "\\"): position = min(position + 2, text.count)
      case 0x0A: return .invalid
      default: position += 1
      }
    }
    return .invalid
  }

  private mutating func regularExpression() -> Token.Kind {
    position += 1
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: "/"):
        position += 1
        if byteAfter(0) == UInt8(ascii: "i") { position += 1 }
        if byteAfter(0) == UInt8(ascii: "s") { position += 1 }
        return .regularExpression
      case UInt8(ascii: "\\"):
        if byteAfter(1) == 0x0A { return .invalid }
        position = min(position + 2, text.count)
      case 0x0A: return .invalid
      default: position += 1
      }
    }
    return .invalid
  }
}
