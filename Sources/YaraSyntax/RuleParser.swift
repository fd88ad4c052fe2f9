extension Parser {
  /// Parses a rule from its first modifier to its closing brace.
  mutating func rule() throws(SyntaxError) -> RuleSyntax {
    let start = token.range.lowerBound
    var isGlobal = false
    var isPrivate = false
    while true {
      if accept(.global) {
        isGlobal = true
      } else if accept(.private) {
        isPrivate = true
      } else {
        break
      }
    }
    try expect(.rule)
    let name = try expect(.identifier)
    try skipTags()
    try expect("{")
    let metadata = try metadata()
    let strings = try strings()
    try expect(.condition)
    try expect(":")
    let condition = try condition()
    try expect("}")
    return RuleSyntax(
      identifier: literals.word(of: name), isGlobal: isGlobal, isPrivate: isPrivate,
      metadata: metadata, strings: strings, condition: condition, range: start..<lastEnd)
  }

  private mutating func skipTags() throws(SyntaxError) {
    guard accept(":") else { return }
    repeat { _ = try expect(.identifier) } while token.kind == .identifier
  }

  private mutating func metadata() throws(SyntaxError) -> [MetadataSyntax] {
    guard accept(.meta) else { return [] }
    try expect(":")
    var metadata: [MetadataSyntax] = []
    repeat {
      let key = try expect(.identifier)
      try expect("=")
      try skipMetadataValue()
      metadata.append(
        MetadataSyntax(key: literals.word(of: key), range: key.range.lowerBound..<lastEnd))
    } while token.kind == .identifier
    return metadata
  }

  private mutating func skipMetadataValue() throws(SyntaxError) {
    if accept("-") {
      _ = try expect(.integer)
      return
    }
    switch token.kind {
    case .text, .integer, .keyword(.true), .keyword(.false): advance()
    default: throw SyntaxError()
    }
  }

  // MARK: Strings

  private mutating func strings() throws(SyntaxError) -> [StringSyntax] {
    guard accept(.strings) else { return [] }
    try expect(":")
    var strings: [StringSyntax] = []
    repeat { strings.append(try string()) } while token.kind == .stringName
    return strings
  }

  private mutating func string() throws(SyntaxError) -> StringSyntax {
    let start = token.range.lowerBound
    let name = literals.stringName(of: try expect(.stringName))
    try expect("=")
    let (pattern, allowed) = try self.pattern()
    // Intentionally unfolded: in release builds, Swift 6.3.1 lost the modifiers that each case had
    // set.
    var modifiers = StringModifiers()
    while try acceptModifier(allowed, &modifiers) {}
    return StringSyntax(
      identifier: name, pattern: pattern, modifiers: modifiers, range: start..<lastEnd)
  }

  private mutating func pattern() throws(SyntaxError) -> (StringSyntax.Pattern, AllowedModifiers) {
    let taken = token
    switch taken.kind {
    case .text:
      advance()
      return (literals.bytes(ofText: taken).map { .text($0) } ?? .unknown, .ofTexts)
    case .regularExpression:
      advance()
      let expression = literals.regularExpression(of: taken)
      return (expression.map { .regularExpression($0) } ?? .unknown, .ofExpressions)
    case .symbol(UInt8(ascii: "{")):
      let range = try hexadecimalString()
      let tokens = HexadecimalParser.tokens(in: literals.text, range: range)
      return (tokens.map { .hexadecimal($0) } ?? .unknown, .ofHexadecimals)
    default: throw SyntaxError()
    }
  }

  private enum AllowedModifiers {
    case ofTexts, ofExpressions, ofHexadecimals
  }

  /// Consumes one modifier; false if no allowed one follows.
  private mutating func acceptModifier(
    _ allowed: AllowedModifiers, _ modifiers: inout StringModifiers
  ) throws(SyntaxError) -> Bool {
    guard case .keyword(let keyword) = token.kind else { return false }
    switch (keyword, allowed) {
    case (.private, _): modifiers.isPrivate = true
    case (.nocase, .ofTexts), (.nocase, .ofExpressions): modifiers.ignoresCase = true
    case (.ascii, .ofTexts), (.ascii, .ofExpressions): modifiers.isASCII = true
    case (.wide, .ofTexts), (.wide, .ofExpressions): modifiers.isWide = true
    case (.fullword, .ofTexts), (.fullword, .ofExpressions): modifiers.isFullWord = true
    case (.xor, .ofTexts):
      advance()
      modifiers.xorKeys = try xorKeys()
      return true
    case (.base64, .ofTexts), (.base64wide, .ofTexts):
      advance()
      modifiers.isBase64 = true
      try skipAlphabet()
      return true
    default: return false
    }
    advance()
    return true
  }

  private mutating func xorKeys() throws(SyntaxError) -> ClosedRange<UInt8> {
    guard accept("(") else { return 0...255 }
    let low = try xorKey()
    let high = accept("-") ? try xorKey() : low
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
    guard accept("(") else { return }
    _ = try expect(.text)
    try expect(")")
  }
}
