import YaraSyntax

/// The strings of some rules as they are, for items that hold their literals. Shared by threads.
final class PatternDatabase: Sendable {
  /// The strings that are looked for, by their numbers.
  let searched: BitSet
  private let database: HyperscanDatabase

  /// More expressions take longer to compile and to search than libyara does.
  private static let mostExpressions = 2048

  /// Compiles the strings of these rules that a literal does not decide; nil if there are none, or the library
  /// will not.
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

  /// The strings that may be in `bytes`; nil when the library failed.
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
  /// Whether a literal is all there is to look for: the string itself, in each form.
  fileprivate var isDecidedByLiterals: Bool {
    !forms.isEmpty
      && parts.allSatisfy { if case .anyOf = $0 { true } else { false } }
  }
}
