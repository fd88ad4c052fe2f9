import Yara
import YaraSyntax

/// Finds the constants of modules that a condition names, so that libyara can be asked for them.
enum ConstantNames {
  static func collect(
    _ condition: Expression, _ modules: Set<String>, into names: inout Set<ModuleField>
  ) {
    var waiting = [condition]
    while let expression = waiting.popLast() {
      if case .field(let base, let name) = expression.kind,
        case .identifier(let module) = base.kind, modules.contains(module),
        ModuleKnowledge.isConstantName(name)
      {
        names.insert(ModuleField(module: module, field: name))
      }
      waiting += children(of: expression)
    }
  }

  private static func children(of expression: Expression) -> [Expression] {
    switch expression.kind {
    case .boolean, .integer, .float, .text, .regularExpression, .fileSize, .entryPoint, .identifier,
      .string, .unknown:
      []
    case .field(let base, _), .unary(_, let base), .read(_, let base), .stringAt(_, let base):
      [base]
    case .element(let base, let index): [base, index]
    case .call(let base, let arguments): [base] + arguments
    case .stringIn(_, let bounds): [bounds.low, bounds.high]
    case .count(_, let bounds): bounds.map { [$0.low, $0.high] } ?? []
    case .offset(_, let index), .length(_, let index): index.map { [$0] } ?? []
    case .binary(_, let left, let right): [left, right]
    case .of(let quantifier, _, let bounds):
      number(quantifier) + (bounds.map { [$0.low, $0.high] } ?? [])
    case .ofAt(let quantifier, _, let offset): number(quantifier) + [offset]
    case .forIn(let quantifier, _, let iterator, let body):
      number(quantifier) + operands(iterator) + [body]
    case .forOf(let quantifier, _, let body): number(quantifier) + [body]
    }
  }

  private static func number(_ quantifier: Expression.Quantifier) -> [Expression] {
    switch quantifier {
    case .all, .any, .none: []
    case .count(let expression), .percentage(let expression): [expression]
    }
  }

  private static func operands(_ iterator: Expression.Iterator) -> [Expression] {
    switch iterator {
    case .range(let bounds): [bounds.low, bounds.high]
    case .values(let values): values
    case .collection(let expression): [expression]
    }
  }
}
