extension Parser {
  /// A rule from its first modifier to its closing brace.
  mutating func rule() throws(SyntaxError) -> RuleSyntax {
    let start = token.range.lowerBound
    var isGlobal = false
    var isPrivate = false
    while true {
      if take(.global) {
        isGlobal = true
      } else if take(.private) {
        isPrivate = true
      } else {
        break
      }
    }
    try expect(.rule)
    let name = try expect(.identifier)
    try skipTags()
    try expect("{")
    try skipMeta()
    let strings = try strings()
    try expect(.condition)
    try expect(":")
    let condition = try condition()
    try expect("}")
    return RuleSyntax(
      identifier: literals.word(of: name), isGlobal: isGlobal, isPrivate: isPrivate,
      strings: strings, condition: condition, range: start..<lastEnd)
  }

  private mutating func skipTags() throws(SyntaxError) {
    guard take(":") else { return }
    repeat { _ = try expect(.identifier) } while token.kind == .identifier
  }

  private mutating func skipMeta() throws(SyntaxError) {
    guard take(.meta) else { return }
    try expect(":")
    repeat {
      _ = try expect(.identifier)
      try expect("=")
      if take("-") {
        _ = try expect(.integer)
        continue
      }
      switch token.kind {
      case .text, .integer, .keyword(.true), .keyword(.false): advance()
      default: throw SyntaxError()
      }
    } while token.kind == .identifier
  }

  // MARK: Strings

  private mutating func strings() throws(SyntaxError) -> [StringSyntax] {
    guard take(.strings) else { return [] }
    try expect(":")
    var strings: [StringSyntax] = []
    repeat { strings.append(try string()) } while token.kind == .stringName
    return strings
  }

  private mutating func string() throws(SyntaxError) -> StringSyntax {
    let start = token.range.lowerBound
    let name = literals.stringName(of: try expect(.stringName))
    try expect("=")
    let pattern: StringSyntax.Pattern
    let modifiers: StringModifiers
    switch token.kind {
    case .text:
      pattern = literals.bytes(ofText: token).map { .text($0) } ?? .unknown
      advance()
      modifiers = try self.modifiers(allowed: .ofTexts)
    case .regularExpression:
      pattern = literals.regularExpression(of: token).map { .regularExpression($0) } ?? .unknown
      advance()
      modifiers = try self.modifiers(allowed: .ofExpressions)
    case .symbol(UInt8(ascii: "{")):
      let range = try hexadecimalString()
      pattern =
        HexadecimalParser.tokens(in: literals.text, range: range).map { .hexadecimal($0) }
        ?? .unknown
      modifiers = try self.modifiers(allowed: .ofHexadecimals)
    default: throw SyntaxError()
    }
    return StringSyntax(
      identifier: name, pattern: pattern, modifiers: modifiers, range: start..<lastEnd)
  }

  private enum AllowedModifiers {
    case ofTexts, ofExpressions, ofHexadecimals
  }

  private mutating func modifiers(allowed: AllowedModifiers) throws(SyntaxError) -> StringModifiers
  {
    var modifiers = StringModifiers()
    // One switch over the keyword alone: with a tuple of both, and `continue` in its cases, Swift 6.3.1
    // loses what those cases set when it optimizes.
    while case .keyword(let keyword) = token.kind {
      guard Self.isAllowed(keyword, allowed) else { break }
      advance()
      switch keyword {
      case .private: modifiers.isPrivate = true
      case .nocase: modifiers.ignoresCase = true
      case .ascii: modifiers.isASCII = true
      case .wide: modifiers.isWide = true
      case .fullword: modifiers.isFullWord = true
      case .xor: modifiers.xorKeys = try xorKeys()
      case .base64, .base64wide:
        modifiers.isBase64 = true
        try skipAlphabet()
      default: break
      }
    }
    return modifiers
  }

  private static func isAllowed(_ keyword: Keyword, _ allowed: AllowedModifiers) -> Bool {
    switch keyword {
    case .private: true
    case .nocase, .ascii, .wide, .fullword: allowed != .ofHexadecimals
    case .xor, .base64, .base64wide: allowed == .ofTexts
    default: false
    }
  }

  private mutating func xorKeys() throws(SyntaxError) -> ClosedRange<UInt8> {
    guard take("(") else { return 0...255 }
    let low = try xorKey()
    let high = take("-") ? try xorKey() : low
    guard low <= high else { throw SyntaxError() }
    try expect(")")
    return low...high
  }

  private mutating func xorKey() throws(SyntaxError) -> UInt8 {
    guard let value = literals.integer(of: try expect(.integer)), let key = UInt8(exactly: value)
    else { throw SyntaxError() }
    return key
  }

  private mutating func skipAlphabet() throws(SyntaxError) {
    guard take("(") else { return }
    _ = try expect(.text)
    try expect(")")
  }
}
