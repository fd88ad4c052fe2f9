import Testing
import YaraSyntax

@testable import Sieve

/// Operands of every construct of a condition: a rule on what is overlooked would be judged by a part of it.
@Suite struct ExpressionChildrenTests {
  /// The integers of a condition, each written once, in any order.
  private func integers(_ condition: String) throws -> [Int64] {
    let text = "rule r { strings: $a = \"a\" condition: \(condition) }"
    let rules = SourceFile(parsing: Array(text.utf8)).items.compactMap { item in
      if case .rule(let rule) = item { rule } else { nil }
    }
    let rule = try #require(rules.first)
    var found = [Int64]()
    rule.condition.visitAll { expression in
      if case .integer(let value) = expression.kind { found.append(value) }
    }
    return found.sorted()
  }

  @Test(arguments: [
    ("1 + 2 == 3", 3), ("not defined (1 - 2)", 2), ("-1 == ~2", 2), ("uint16be(1 + 2) == 3", 3),
    ("$a at 1 + 2", 2), ("$a in (1..2)", 2), ("#a in (1..2) > 3", 3), ("#a > 1", 1),
    ("@a[1] == !a[2]", 2), ("@a == 1", 1), ("pe.sections[1].name == \"x\"", 1),
    ("math.entropy(1, 2) > 3", 3), ("1 of them", 1), ("1% of them", 1), ("1 of ($a) in (2..3)", 3),
    ("1 of them at 2", 2), ("for 1 of them : ($ at 2)", 2), ("for all of them : (# > 1)", 1),
    ("for 1 i in (2..3) : (i == 4)", 4), ("for any i in (1, 2, 3) : (i == 4)", 4),
    ("for any s in pe.sections[1].x : (s == 2)", 2), ("1 > 2 and (3 > 4 or 5 > 6)", 6),
    ("true", 0), ("filesize > entrypoint", 0),
  ])
  func everyOperandIsVisited(_ condition: String, _ count: Int64) throws {
    #expect(try integers(condition) == Array(1..<(count + 1)))
  }

  /// The walk does not recurse: lists of operands have any length.
  @Test func longConditionsAreVisited() throws {
    let terms = (1...20_000).map { "#a == \($0)" }.joined(separator: " or ")
    #expect(try integers(terms).count == 20_000)
  }
}
