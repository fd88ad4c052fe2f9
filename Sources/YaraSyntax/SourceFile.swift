/// Syntax tree of one text of rules, in order. An `include` is a node; the owner of the files
/// resolves it.
package struct SourceFile: Hashable, Sendable {
  /// The parts, in order.
  package let items: [SourceItem]
}

/// One part of a rule file.
package enum SourceItem: Hashable, Sendable {
  /// `include "path"`: bytes of the path, escapes decoded.
  case include([UInt8], Range<Int>)
  /// `import "module"`.
  case moduleImport(String, Range<Int>)
  /// A rule.
  case rule(RuleSyntax)
  /// Byte range of the text that could not be parsed. The parser continues at the next part.
  case unknown(Range<Int>)
}

/// Syntax of one rule.
package struct RuleSyntax: Hashable, Sendable {
  /// Its name.
  package let identifier: String
  /// Whether it is `global`.
  package let isGlobal: Bool
  /// Whether it is `private`.
  package let isPrivate: Bool
  /// Its metadata, in order.
  package let metadata: [MetadataSyntax]
  /// Its strings, in order.
  package let strings: [StringSyntax]
  /// Its condition.
  package let condition: Expression
  /// Byte range from its first modifier to its closing brace.
  package let range: Range<Int>
}

/// Syntax of one line of a rule's `meta` section. libyara provides its value.
package struct MetadataSyntax: Hashable, Sendable {
  /// Its key.
  package let key: String
  /// Byte range from its key to the end of its value.
  package let range: Range<Int>
}

/// Syntax of one string of a rule.
package struct StringSyntax: Hashable, Sendable {
  /// Name with the `$`; `$` alone for an anonymous string.
  package let identifier: String
  /// Value of the string.
  package let pattern: Pattern
  /// Modifiers of the search.
  package let modifiers: StringModifiers
  /// Byte range from its name to its last modifier.
  package let range: Range<Int>

  /// The three kinds of strings.
  package enum Pattern: Hashable, Sendable {
    /// Text, escapes decoded.
    case text([UInt8])
    /// Bytes in hexadecimal, with jumps and alternatives.
    case hexadecimal([HexadecimalToken])
    /// A regular expression.
    case regularExpression(RegularExpressionSyntax)
    /// Text that could not be parsed.
    case unknown
  }
}

/// One token of a hexadecimal string.
package indirect enum HexadecimalToken: Hashable, Sendable {
  /// A byte: those bits of `value` that are set in `mask` are fixed (`4D`, `4?`, `?D`, `??`).
  case byte(value: UInt8, mask: UInt8)
  /// Any byte except those that match (`~4D`, in later versions).
  case notByte(value: UInt8, mask: UInt8)
  /// `[least-most]` bytes of any value; `most` is nil for no limit.
  case jump(least: Int, most: Int?)
  /// `( … | … )`.
  case alternatives([[HexadecimalToken]])
}

/// Regular expression; its pattern is not parsed.
package struct RegularExpressionSyntax: Hashable, Sendable {
  /// Source bytes between the slashes, with `\/` replaced by `/`.
  package let pattern: [UInt8]
  /// The modifier `i`.
  package let ignoresCase: Bool
  /// The modifier `s`.
  package let dotMatchesLineBreak: Bool
}

/// Modifiers after a string.
package struct StringModifiers: Hashable, Sendable {
  /// `nocase`
  package var ignoresCase = false
  /// `ascii` as written: a string without `wide` is `ascii` by default.
  package var isASCII = false
  /// `wide`
  package var isWide = false
  /// `fullword`
  package var isFullWord = false
  /// `private`
  package var isPrivate = false
  /// Keys of `xor`; all if no range is given.
  package var xorKeys: ClosedRange<UInt8>?
  /// `base64` or `base64wide`, with or without an alphabet.
  package var isBase64 = false
}
