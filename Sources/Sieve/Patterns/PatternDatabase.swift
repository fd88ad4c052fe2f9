import YaraSyntax

/// The whole strings of some rules, to search in items that contain their literals. Shared by threads.
final class PatternDatabase: Sendable {
  /// The searched strings, by their numbers.
  let searched: BitSet
  private let database: HyperscanDatabase

  /// Limit of expressions: more take longer to compile and search than libyara's scan.
  private static let mostExpressions = 2048

  /// Compiles the strings of these rules that no literal decides; nil if there are none, or the library
  /// cannot compile them.
  init?(_ rules: some Sequence<Int32>, of plan: SievePlan, _ sources: RuleSources) {
    let needs = plan.tables.needs
    let strings = Set(rules.flatMap { plan.rules[Int($0)].strings })
    var expressions: [(number: Int32, expression: String)] = []
    for string in strings.sorted() where !needs[Int(string)].isDecidedByLiterals {
      let need = needs[Int(string)]
      guard let strings = sources[need.origin.rule]?.rule.strings,
        strings.indices.contains(need.origin.place),
        let expression = StringExpression.of(need, strings[need.origin.place])
      else { continue }
      expressions.append((string, expression))
      guard expressions.count <= Self.mostExpressions else { return nil }
    }
    guard let database = HyperscanDatabase(expressions: expressions) else { return nil }
    self.database = database
    var searched = BitSet(count: needs.count)
    for string in database.compiled { searched.insert(Int(string)) }
    self.searched = searched
  }

  /// The strings that may be in `bytes`; nil if the library failed.
  func search(
    _ bytes: UnsafeRawBufferPointer, _ scratch: inout HyperscanDatabase.Scratch
  ) -> BitSet? {
    guard database.grow(&scratch) else { return nil }
    var found = searched
    found.removeAll()
    return database.search(bytes, scratch, found: &found) ? found : nil
  }
}

extension StringNeed {
  /// Whether literals decide the string, because they are the string itself in each form.
  fileprivate var isDecidedByLiterals: Bool {
    !forms.isEmpty
      && parts.allSatisfy { if case .anyOf = $0 { true } else { false } }
  }
}
