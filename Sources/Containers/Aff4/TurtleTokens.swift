/// Tokens of a Turtle text (W3C, "RDF 1.1 Turtle", section 6.5), limited to the subset that
/// AFF4 writes: no nested nodes, no collections.
struct TurtleTokens {
  enum Token: Equatable {
    /// `<…>`
    case iri(String)
    /// `prefix:local`, or a bare word such as `a`, `true` or a number, without a colon.
    case word(String)
    case literal(String)
    /// One of `. ; ,` or `^` for `^^`.
    case mark(UInt8)
    case end
  }

  private let text: [UInt8]
  private var position = 0

  init(_ text: [UInt8]) { self.text = text }

  /// Returns the next token; nil if it is not in the subset.
  mutating func next() -> Token? {
    skipBlanks()
    guard position < text.count else { return .end }
    switch text[position] {
    case UInt8(ascii: "<"): return delimited(by: UInt8(ascii: ">")).map { .iri($0) }
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return literal()
    case UInt8(ascii: "."), UInt8(ascii: ";"), UInt8(ascii: ","):
      position += 1
      return .mark(text[position - 1])
    case UInt8(ascii: "^"):
      guard position + 1 < text.count, text[position + 1] == UInt8(ascii: "^") else { return nil }
      position += 2
      return .mark(UInt8(ascii: "^"))
    case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "("), UInt8(ascii: ")"): return nil
    default: return word()
    }
  }

  private mutating func skipBlanks() {
    while position < text.count {
      if text[position] == UInt8(ascii: "#") {
        while position < text.count, text[position] != UInt8(ascii: "\n") { position += 1 }
      } else if text[position] > 0x20 {
        return
      } else {
        position += 1
      }
    }
  }

  /// Text between this byte and the next `end`.
  private mutating func delimited(by end: UInt8) -> String? {
    let start = position + 1
    guard let close = text[start...].firstIndex(of: end) else { return nil }
    position = close + 1
    return String(decoding: text[start..<close], as: UTF8.self)
  }

  /// Parses a string in single or triple quotes; a language tag after it is ignored.
  private mutating func literal() -> Token? {
    let quote = text[position]
    let isLong =
      text[position...].prefix(3).count == 3
      && text[position...].prefix(3).allSatisfy { $0 == quote }
    position += isLong ? 3 : 1
    var bytes = [UInt8]()
    while position < text.count {
      let byte = text[position]
      if byte == UInt8(ascii: "\\"), position + 1 < text.count {
        // Escapes occur in names and notes, which are not used: only the end matters.
        bytes.append(text[position + 1])
        position += 2
      } else if byte == quote,
        !isLong || text[position...].prefix(3).elementsEqual([quote, quote, quote])
      {
        position += isLong ? 3 : 1
        skipLanguage()
        return .literal(String(decoding: bytes, as: UTF8.self))
      } else {
        bytes.append(byte)
        position += 1
      }
    }
    return nil
  }

  private mutating func skipLanguage() {
    guard position < text.count, text[position] == UInt8(ascii: "@") else { return }
    while position < text.count, text[position] > 0x20, !Self.ends.contains(text[position]) {
      position += 1
    }
  }

  private static let ends = Array(";,<\"'[]()^".utf8)

  /// Parses a word; a full stop belongs to it if more of it follows.
  private mutating func word() -> Token? {
    let start = position
    while position < text.count, text[position] > 0x20, !Self.ends.contains(text[position]) {
      position += 1
    }
    while position > start + 1, text[position - 1] == UInt8(ascii: ".") { position -= 1 }
    return position > start
      ? .word(String(decoding: text[start..<position], as: UTF8.self)) : nil
  }
}
