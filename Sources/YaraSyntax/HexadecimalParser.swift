/// Parses hexadecimal strings.
struct HexadecimalParser {
  /// Nesting limit of alternatives.
  private static let deepest = 32
  /// Longest jump that libyara's arithmetic certainly supports.
  private static let longestJump = Int(Int32.max) - 1

  private let text: [UInt8]
  private var position: Int
  private let end: Int

  /// Finds the end of a hexadecimal string that begins with the brace at `start`. libyara's lexer
  /// takes the longest text that can be one: a line comment in it that contains the start of
  /// another comment is ambiguous.
  static func extent(in text: [UInt8], at start: Int) -> Extent {
    var index = start + 1
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "}"): return .ends(index + 1)
      case UInt8(ascii: "/"):
        guard let end = Lexer.endOfComment(in: text, at: index), end <= text.count else {
          return .invalid(at: text.count)
        }
        let comment = text[(index + 2)..<end]
        if text[index + 1] == UInt8(ascii: "/"), Self.hasCommentStart(comment) {
          return .ambiguous(at: end)
        }
        if comment.contains(0) { return .invalid(at: end) }
        index = end
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
        UInt8(ascii: "A")...UInt8(ascii: "F"), 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "-"),
        UInt8(ascii: "|"), UInt8(ascii: "~"), UInt8(ascii: "?"), UInt8(ascii: "["),
        UInt8(ascii: "]"), UInt8(ascii: "("), UInt8(ascii: ")"):
        index += 1
      default: return .invalid(at: index)
      }
    }
    return .invalid(at: index)
  }

  /// End of a hexadecimal string, or the position up to which none was found.
  enum Extent {
    case ends(Int)
    case ambiguous(at: Int)
    case invalid(at: Int)
  }

  private static func hasCommentStart(_ comment: ArraySlice<UInt8>) -> Bool {
    var previous: UInt8 = 0
    for byte in comment {
      if previous == UInt8(ascii: "/"), byte == UInt8(ascii: "*") { return true }
      previous = byte
    }
    return false
  }

  /// Parses the tokens between the braces at the ends of `range`; nil if they are not understood.
  static func tokens(in text: [UInt8], range: Range<Int>) -> [HexadecimalToken]? {
    var parser = HexadecimalParser(text: text, range: range)
    guard let tokens = parser.sequence(depth: 0), parser.position == parser.end else { return nil }
    return tokens
  }

  private init(text: [UInt8], range: Range<Int>) {
    self.text = text
    position = range.lowerBound + 1
    end = range.upperBound - 1
  }

  private mutating func peek() -> UInt8? {
    while position < end {
      switch text[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      case UInt8(ascii: "/"):
        guard let skipped = Lexer.endOfComment(in: text, at: position), skipped <= end else {
          return text[position]
        }
        position = skipped
      default: return text[position]
      }
    }
    return nil
  }

  /// Parses tokens up to a `|`, a `)` or the end. The first and the last cannot be jumps.
  private mutating func sequence(depth: Int) -> [HexadecimalToken]? {
    var tokens: [HexadecimalToken] = []
    while let byte = peek(), byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
      guard let token = token(byte, depth: depth) else { return nil }
      tokens.append(token)
    }
    guard let first = tokens.first, let last = tokens.last else { return nil }
    if case .jump = first { return nil }
    if case .jump = last { return nil }
    return tokens
  }

  private mutating func token(_ byte: UInt8, depth: Int) -> HexadecimalToken? {
    switch byte {
    case UInt8(ascii: "("): return alternatives(depth: depth + 1)
    case UInt8(ascii: "["):
      position += 1
      return jump()
    case UInt8(ascii: "~"):
      position += 1
      guard let (value, mask) = maskedByte(), mask != 0 else { return nil }
      return .notByte(value: value, mask: mask)
    default:
      guard let (value, mask) = maskedByte() else { return nil }
      return .byte(value: value, mask: mask)
    }
  }

  private mutating func alternatives(depth: Int) -> HexadecimalToken? {
    guard depth <= Self.deepest else { return nil }
    var alternatives: [[HexadecimalToken]] = []
    repeat {
      position += 1
      guard let sequence = sequence(depth: depth) else { return nil }
      alternatives.append(sequence)
    } while peek() == UInt8(ascii: "|")
    guard peek() == UInt8(ascii: ")") else { return nil }
    position += 1
    return .alternatives(alternatives)
  }

  /// Parses two digits or question marks without a blank between them.
  private mutating func maskedByte() -> (value: UInt8, mask: UInt8)? {
    guard position + 1 < end, let high = nibble(text[position]),
      let low = nibble(text[position + 1])
    else { return nil }
    position += 2
    return (high.value << 4 | low.value, high.mask << 4 | low.mask)
  }

  private func nibble(_ byte: UInt8) -> (value: UInt8, mask: UInt8)? {
    if byte == UInt8(ascii: "?") { return (0, 0) }
    return Digits.hexadecimal(byte).map { ($0, 0xF) }
  }

  /// Parses a jump after its `[`.
  private mutating func jump() -> HexadecimalToken? {
    guard let least = number() else { return nil }
    switch peek() {
    case UInt8(ascii: "]"):
      guard let least else { return nil }
      position += 1
      return .jump(least: least, most: least)
    case UInt8(ascii: "-"):
      position += 1
      guard let most = number(), peek() == UInt8(ascii: "]") else { return nil }
      position += 1
      // The grammar does not allow `[-5]`.
      if let most, most < least ?? Int.max { return nil }
      return .jump(least: least ?? 0, most: most)
    default: return nil
    }
  }

  /// Parses a number: the inner nil means that there is none, the outer nil that it is too large.
  private mutating func number() -> Int?? {
    guard let byte = peek(), Digits.isDecimal(byte) else { return .some(nil) }
    var value = 0
    while position < end, Digits.isDecimal(text[position]) {
      value = value * 10 + Int(text[position] - UInt8(ascii: "0"))
      guard value <= Self.longestJump else { return nil }
      position += 1
    }
    return value
  }
}
