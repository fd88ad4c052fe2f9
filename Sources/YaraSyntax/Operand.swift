/// Expression under construction.
struct Operand {
  let expression: Expression
  /// Depth of its tree.
  let depth: Int
  /// Whether it may be the operand of operators other than `not`, `defined`, `and` and `or`:
  /// libyara's grammar separates the two kinds, even in parentheses.
  let isPrimary: Bool

  /// Depth limit of trees: they are walked, copied and freed recursively.
  static let deepest = 200

  /// Creates a leaf of the tree.
  init(_ kind: Expression.Kind, _ range: Range<Int>, isPrimary: Bool = true) {
    expression = Expression(kind: kind, range: range)
    depth = 1
    self.isPrimary = isPrimary
  }

  /// Creates an inner node.
  init(
    _ kind: Expression.Kind, _ range: Range<Int>, over depth: Int, isPrimary: Bool
  ) throws(SyntaxError) {
    guard depth < Self.deepest else { throw SyntaxError() }
    expression = Expression(kind: kind, range: range)
    self.depth = depth + 1
    self.isPrimary = isPrimary
  }

  private init(_ expression: Expression, depth: Int, isPrimary: Bool) {
    self.expression = expression
    self.depth = depth
    self.isPrimary = isPrimary
  }

  var range: Range<Int> { expression.range }

  /// The same operand with its parentheses.
  func widened(to range: Range<Int>) -> Operand {
    Operand(
      Expression(kind: expression.kind, range: range), depth: depth, isPrimary: isPrimary)
  }

  // MARK: Operators

  /// Applies a prefix operator to its operand.
  static func unary(
    _ unary: UnaryOperator, at start: Int, _ operand: Operand, isPrimary: Bool
  ) throws(SyntaxError) -> Operand {
    try Operand(
      .unary(unary, operand.expression), start..<operand.range.upperBound, over: operand.depth,
      isPrimary: isPrimary)
  }

  /// Applies a binary operator to its operands.
  static func binary(
    _ binary: BinaryOperator, _ left: Operand, _ right: Operand, isPrimary: Bool
  ) throws(SyntaxError) -> Operand {
    try Operand(
      .binary(binary, left.expression, right.expression),
      left.range.lowerBound..<right.range.upperBound, over: max(left.depth, right.depth),
      isPrimary: isPrimary)
  }

  /// Builds `a and b and c`, or the same with `or`. Lists of hundreds of terms are common, and
  /// both operators are associative (an undefined term counts as false): long lists become a
  /// balanced tree; short ones are left-associative as in libyara's grammar.
  static func chain(
    _ combination: BinaryOperator, _ operands: ArraySlice<Operand>
  ) throws(SyntaxError) -> Operand {
    let middle =
      operands.count > 16
      ? operands.startIndex + operands.count / 2 : operands.endIndex - 1
    guard operands.count > 1 else { return operands[middle] }
    return try binary(
      combination, chain(combination, operands[..<middle]),
      chain(combination, operands[middle...]), isPrimary: false)
  }
}
