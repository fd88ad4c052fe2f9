import Testing
import YaraSyntax

@testable import Sieve

/// Operators of a condition as those of sets of values: each is itself, and none is another's.
@Suite struct OperatorsOfSyntaxTests {
  private static let all: [BinaryOperator] = [
    .and, .or, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .add, .subtract,
    .multiply, .divide, .remainder, .bitwiseAnd, .bitwiseOr, .bitwiseXor, .shiftLeft, .shiftRight,
    .contains, .icontains, .startswith, .istartswith, .endswith, .iendswith, .iequals, .matches,
  ]
  private static let comparisons: Set<BinaryOperator> = [
    .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual,
  ]
  private static let arithmetic: Set<BinaryOperator> = [
    .add, .subtract, .multiply, .divide, .remainder, .bitwiseAnd, .bitwiseOr, .bitwiseXor,
    .shiftLeft, .shiftRight,
  ]
  private static let ofTexts: Set<BinaryOperator> = comparisons.union([
    .contains, .icontains, .startswith, .istartswith, .endswith, .iendswith, .iequals,
  ])

  @Test(arguments: all) func anOperatorHasTheSameName(_ operation: BinaryOperator) {
    let comparison = IntegerSet.Comparison(operation).map { "\($0)" }
    #expect(comparison == (Self.comparisons.contains(operation) ? "\(operation)" : nil))
    let arithmetic = IntegerSet.Operator(operation).map { "\($0)" }
    #expect(arithmetic == (Self.arithmetic.contains(operation) ? "\(operation)" : nil))
    let text = TextOperator(operation).map { "\($0)" }
    #expect(text == (Self.ofTexts.contains(operation) ? "\(operation)" : nil))
  }
}
