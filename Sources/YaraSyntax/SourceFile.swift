/// What one text of rules says, in order. An `include` is a node: who has the files follows it.
public struct SourceFile: Hashable, Sendable {
  /// The parts, in order.
  public let items: [SourceItem]
}

/// One part of a rule file.
public enum SourceItem: Hashable, Sendable {
  /// `include "path"`: the bytes of the path, escapes resolved.
  case include([UInt8], Range<Int>)
  /// `import "module"`.
  case moduleImport(String, Range<Int>)
  /// A rule.
  case rule(RuleSyntax)
  /// What could not be parsed: byte offsets in the text. The parser goes on at the next part.
  case unknown(Range<Int>)
}

/// One rule as it is written.
public struct RuleSyntax: Hashable, Sendable {
  /// Its name.
  public let identifier: String
  /// Whether it is `global`.
  public let isGlobal: Bool
  /// Whether it is `private`.
  public let isPrivate: Bool
  /// Its metadata, in order.
  public let metadata: [MetadataSyntax]
  /// Its strings, in order.
  public let strings: [StringSyntax]
  /// Its condition.
  public let condition: Expression
  /// The bytes from its first modifier to its closing brace.
  public let range: Range<Int>
}

/// One line of a rule's `meta` section as it is written. What it says libyara tells.
public struct MetadataSyntax: Hashable, Sendable {
  /// Its key.
  public let key: String
  /// The bytes from its key to the end of its value.
  public let range: Range<Int>
}

/// One string of a rule as it is written.
public struct StringSyntax: Hashable, Sendable {
  /// Its name with the `$`; an anonymous one's is `$` alone.
  public let identifier: String
  /// What it says.
  public let pattern: Pattern
  /// How it is looked for.
  public let modifiers: StringModifiers
  /// The bytes from its name to its last modifier.
  public let range: Range<Int>

  /// The three kinds of strings.
  public enum Pattern: Hashable, Sendable {
    /// A text, escapes resolved.
    case text([UInt8])
    /// Bytes in hexadecimal, with jumps and alternatives.
    case hexadecimal([HexadecimalToken])
    /// A regular expression.
    case regularExpression(RegularExpressionSyntax)
    /// What could not be parsed.
    case unknown
  }
}

/// One token of a hexadecimal string.
public indirect enum HexadecimalToken: Hashable, Sendable {
  /// A byte: those bits of `value` that are set in `mask` are fixed (`4D`, `4?`, `?D`, `??`).
  case byte(value: UInt8, mask: UInt8)
  /// Any byte but those that match (`~4D`, of later versions).
  case notByte(value: UInt8, mask: UInt8)
  /// `[least-most]` bytes of any value; `most` is nil for no limit.
  case jump(least: Int, most: Int?)
  /// `( … | … )`.
  case alternatives([[HexadecimalToken]])
}

/// A regular expression, its pattern not looked into.
public struct RegularExpressionSyntax: Hashable, Sendable {
  /// The bytes between the slashes, as they are written, but `\/` as `/`.
  public let pattern: [UInt8]
  /// The modifier `i`.
  public let ignoresCase: Bool
  /// The modifier `s`.
  public let dotMatchesLineBreak: Bool
}

/// What follows a string.
public struct StringModifiers: Hashable, Sendable {
  /// `nocase`
  public var ignoresCase = false
  /// `ascii`, as it is written: a string without `wide` is `ascii` anyway.
  public var isASCII = false
  /// `wide`
  public var isWide = false
  /// `fullword`
  public var isFullWord = false
  /// `private`
  public var isPrivate = false
  /// The keys of `xor`, all of them if no range is given.
  public var xorKeys: ClosedRange<UInt8>?
  /// `base64` or `base64wide`, with or without an alphabet.
  public var isBase64 = false
}
