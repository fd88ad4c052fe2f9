import YaraSyntax

extension Expression {
  /// The operands of the expression.
  var children: [Expression] {
    switch kind {
    case .boolean, .integer, .float, .text, .regularExpression, .fileSize, .entryPoint, .identifier,
      .string, .unknown:
      []
    case .field(let base, _), .unary(_, let base), .read(_, let base), .stringAt(_, let base):
      [base]
    case .element(let base, let index): [base, index]
    case .call(let base, let arguments): [base] + arguments
    case .stringIn(_, let bounds): bounds.children
    case .count(_, let bounds): bounds?.children ?? []
    case .offset(_, let index), .length(_, let index): index.map { [$0] } ?? []
    case .binary(_, let left, let right): [left, right]
    case .of(let quantifier, _, let bounds): quantifier.children + (bounds?.children ?? [])
    case .ofAt(let quantifier, _, let offset): quantifier.children + [offset]
    case .forIn(let quantifier, _, let iterator, let body):
      quantifier.children + iterator.children + [body]
    case .forOf(let quantifier, _, let body): quantifier.children + [body]
    }
  }

  /// Calls `body` with the expression and everything below it. The parser limits the depth of conditions, but not their
  /// length: the walk does not recurse.
  func visitAll(_ body: (Expression) -> Void) {
    var waiting = [self]
    while let expression = waiting.popLast() {
      body(expression)
      waiting += expression.children
    }
  }
}

extension Expression.Bounds {
  fileprivate var children: [Expression] { [low, high] }
}

extension Expression.Quantifier {
  fileprivate var children: [Expression] {
    switch self {
    case .all, .any, .none: []
    case .count(let expression), .percentage(let expression): [expression]
    }
  }
}

extension Expression.Iterator {
  fileprivate var children: [Expression] {
    switch self {
    case .range(let bounds): bounds.children
    case .values(let values): values
    case .collection(let expression): [expression]
    }
  }
}
