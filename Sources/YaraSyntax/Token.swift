/// Smallest meaningful unit of a rule text.
struct Token {
  enum Kind: Equatable {
    /// The end of the text.
    case end
    /// Token that libyara's lexer refuses, or that would extend beyond the end of the text.
    case invalid
    case keyword(Keyword)
    case identifier
    /// `$a`
    case stringName
    /// `$a*`
    case stringPrefix
    /// `#a`
    case count
    /// `@a`
    case offset
    /// `!a`
    case length
    case integer
    case float
    case integerFunction
    case text
    case regularExpression
    /// `include "path"`, the path up to the next quotation mark.
    case include
    /// Character that is a token by itself.
    case symbol(UInt8)
    /// `..`
    case dots
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, shiftLeft, shiftRight
  }

  var kind: Kind
  var range: Range<Int>

  /// Whether it is this character.
  func isSymbol(_ character: Unicode.Scalar) -> Bool {
    kind == .symbol(UInt8(ascii: character))
  }
}

/// Reserved words.
enum Keyword: String, CaseIterable {
  case `private`, global, rule, meta, strings, condition
  case ascii, wide, xor, base64, base64wide, fullword, nocase
  case `true`, `false`, not, defined, and, or
  case at, `in`, of, them, `for`, all, any, none
  case entrypoint, filesize
  case contains, icontains, startswith, istartswith, endswith, iendswith, iequals, matches
  case `import`

  static let byName: [String: Keyword] = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
}
