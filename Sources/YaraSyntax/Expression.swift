/// A part of a condition, and where it is written.
public struct Expression: Hashable, Sendable {
  /// What it is.
  public let kind: Kind
  /// The bytes of the text that it takes up.
  public let range: Range<Int>

  /// The constructs of a condition. Parentheses leave no trace but the shape of the tree.
  public indirect enum Kind: Hashable, Sendable {
    /// `true`, `false`
    case boolean(Bool)
    /// An integer, its suffix `KB` or `MB` multiplied in.
    case integer(Int64)
    /// A float.
    case float(Double)
    /// A text, escapes resolved.
    case text([UInt8])
    /// A regular expression, the right side of `matches` or an argument.
    case regularExpression(RegularExpressionSyntax)
    /// `filesize`
    case fileSize
    /// `entrypoint`
    case entryPoint
    /// A rule, an external variable, a module or the variable of a loop: the name alone.
    case identifier(String)
    /// `base.name`
    case field(Expression, String)
    /// `base[index]`
    case element(Expression, Expression)
    /// `base(arguments)`
    case call(Expression, [Expression])
    /// `$a`; `$` is the one a loop is at.
    case string(String)
    /// `$a at offset`
    case stringAt(String, Expression)
    /// `$a in (low..high)`
    case stringIn(String, Bounds)
    /// `#a`, or `#a in (low..high)`. The name has its `$`, as everywhere: `$a`.
    case count(String, Bounds?)
    /// `@a`, `@a[index]`
    case offset(String, Expression?)
    /// `!a`, `!a[index]`
    case length(String, Expression?)
    /// `uint16be(offset)` and the others.
    case read(IntegerRead, Expression)
    /// An operator before its operand.
    case unary(UnaryOperator, Expression)
    /// An operator between its operands.
    case binary(BinaryOperator, Expression, Expression)
    /// `quantifier of set`, perhaps `in (low..high)`.
    case of(Quantifier, ElementSet, Bounds?)
    /// `quantifier of set at offset` of later versions.
    case ofAt(Quantifier, ElementSet, Expression)
    /// `for quantifier variables in iterator : (body)`
    case forIn(Quantifier, variables: [String], Iterator, body: Expression)
    /// `for quantifier of set : (body)`
    case forOf(Quantifier, ElementSet, body: Expression)
    /// What could not be parsed.
    case unknown
  }

  /// `(low..high)`
  public struct Bounds: Hashable, Sendable {
    /// The lower bound, itself included.
    public let low: Expression
    /// The upper bound, itself included.
    public let high: Expression
  }

  /// How many.
  public enum Quantifier: Hashable, Sendable {
    case all
    case any
    case none
    /// At least so many.
    case count(Expression)
    /// `50%`
    case percentage(Expression)
  }

  /// What is counted: strings or rules.
  public enum ElementSet: Hashable, Sendable {
    /// `them`
    case allStrings
    /// `($a, $b*)`
    case strings([Name])
    /// `(rule_a, rule_b*)`
    case rules([Name])
  }

  /// A name in a set, `$a` or `rule`; with a wildcard, everything that begins with it.
  public struct Name: Hashable, Sendable {
    /// The name, without the `*`; a string's with its `$`.
    public let text: String
    /// Whether a `*` follows.
    public let isPrefix: Bool
  }

  /// What a loop goes through.
  public enum Iterator: Hashable, Sendable {
    /// `(low..high)`
    case range(Bounds)
    /// `(1, 2, 3)`, of integers or of texts.
    case values([Expression])
    /// An array or a dictionary.
    case collection(Expression)
  }
}

/// A function that reads an integer of the item at an offset.
public struct IntegerRead: Hashable, Sendable {
  /// 1, 2 or 4 bytes.
  public let width: Int
  /// `int…` or `uint…`.
  public let isSigned: Bool
  /// `…be`
  public let isBigEndian: Bool
}

/// An operator before its operand.
public enum UnaryOperator: Hashable, Sendable {
  case not, defined, minus, bitwiseNot
}

/// An operator between two operands.
public enum BinaryOperator: Hashable, Sendable {
  case and, or
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  case add, subtract, multiply, divide, remainder
  case bitwiseAnd, bitwiseOr, bitwiseXor, shiftLeft, shiftRight
  case contains, icontains, startswith, istartswith, endswith, iendswith, iequals, matches
}
