/// Part of a condition, with its range in the source.
package struct Expression: Hashable, Sendable {
  /// Kind of the node.
  package let kind: Kind
  /// Byte range of the text that it occupies.
  package let range: Range<Int>

  /// Constructs of a condition. Parentheses affect only the shape of the tree.
  package indirect enum Kind: Hashable, Sendable {
    /// `true`, `false`
    case boolean(Bool)
    /// Integer, multiplied by its suffix `KB` or `MB`.
    case integer(Int64)
    /// A float.
    case float(Double)
    /// Text, escapes decoded.
    case text([UInt8])
    /// A regular expression, the right side of `matches` or an argument.
    case regularExpression(RegularExpressionSyntax)
    /// `filesize`
    case fileSize
    /// `entrypoint`
    case entryPoint
    /// Name of a rule, an external variable, a module or a loop variable.
    case identifier(String)
    /// `base.name`
    case field(Expression, String)
    /// `base[index]`
    case element(Expression, Expression)
    /// `base(arguments)`
    case call(Expression, [Expression])
    /// `$a`; `$` is the current string of the loop.
    case string(String)
    /// `$a at offset`
    case stringAt(String, Expression)
    /// `$a in (low..high)`
    case stringIn(String, Bounds)
    /// `#a`, or `#a in (low..high)`. The name has its `$`, as in all other cases: `$a`.
    case count(String, Bounds?)
    /// `@a`, `@a[index]`
    case offset(String, Expression?)
    /// `!a`, `!a[index]`
    case length(String, Expression?)
    /// `uint16be(offset)` and similar.
    case read(IntegerRead, Expression)
    /// Prefix operator.
    case unary(UnaryOperator, Expression)
    /// Binary operator.
    case binary(BinaryOperator, Expression, Expression)
    /// `quantifier of set`, optionally `in (low..high)`.
    case of(Quantifier, ElementSet, Bounds?)
    /// `quantifier of set at offset` of later versions.
    case ofAt(Quantifier, ElementSet, Expression)
    /// `for quantifier variables in iterator : (body)`
    case forIn(Quantifier, variables: [String], Iterator, body: Expression)
    /// `for quantifier of set : (body)`
    case forOf(Quantifier, ElementSet, body: Expression)
    /// Text that could not be parsed.
    case unknown
  }

  /// `(low..high)`
  package struct Bounds: Hashable, Sendable {
    /// Lower bound, inclusive.
    package let low: Expression
    /// Upper bound, inclusive.
    package let high: Expression
  }

  /// Number of elements required.
  package enum Quantifier: Hashable, Sendable {
    case all
    case any
    case none
    /// A minimum number.
    case count(Expression)
    /// `50%`
    case percentage(Expression)
  }

  /// Elements that are counted: strings or rules.
  package enum ElementSet: Hashable, Sendable {
    /// `them`
    case allStrings
    /// `($a, $b*)`
    case strings([Name])
    /// `(rule_a, rule_b*)`
    case rules([Name])
  }

  /// Name in a set, `$a` or `rule`; with a wildcard, all names with this prefix.
  package struct Name: Hashable, Sendable {
    /// The name, without the `*`; a string's with its `$`.
    package let text: String
    /// Whether a `*` follows.
    package let isPrefix: Bool
  }

  /// Values that a loop iterates over.
  package enum Iterator: Hashable, Sendable {
    /// `(low..high)`
    case range(Bounds)
    /// `(1, 2, 3)`, of integers or of texts.
    case values([Expression])
    /// An array or a dictionary.
    case collection(Expression)
  }
}

/// A function that reads an integer of the item at an offset.
package struct IntegerRead: Hashable, Sendable {
  /// 1, 2 or 4 bytes.
  package let width: Int
  /// `int…` or `uint…`.
  package let isSigned: Bool
  /// `…be`
  package let isBigEndian: Bool
}

/// Prefix operator.
package enum UnaryOperator: Hashable, Sendable {
  case not, defined, minus, bitwiseNot
}

/// Binary operator.
package enum BinaryOperator: Hashable, Sendable {
  case and, or
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  case add, subtract, multiply, divide, remainder
  case bitwiseAnd, bitwiseOr, bitwiseXor, shiftLeft, shiftRight
  case contains, icontains, startswith, istartswith, endswith, iendswith, iequals, matches
}
