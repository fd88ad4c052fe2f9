import Yara

/// Reach of the sieve for one rule.
package struct RuleExplanation: Hashable, Sendable {
  /// Its name.
  package let identifier: String
  /// Its namespace.
  package let namespace: String
  /// Parts of the condition that must all be true, including those of global rules of its namespace.
  package let parts: [Part]
  /// Required literals, one of which must be in an item; empty if there are none.
  package let literals: [Literal]
  /// Its strings that cannot be searched by literals, with the reasons.
  package let unsearchable: [Unsearchable]
  /// Last stage of the sieve that can exclude items for it.
  package let reach: Reach

  /// One part of the condition.
  package struct Part: Hashable, Sendable {
    /// The part as it is written; of a rule without text, nil.
    package let text: String?
    /// Stage that can decide that the part is false.
    package let stage: Stage
  }

  /// A stage of the sieve.
  package enum Stage: String, Hashable, Sendable {
    /// Size and first bytes.
    case gate
    /// The search for literals.
    case search
    /// Only libyara.
    case libyara
  }

  /// A literal as it may lie in an item.
  package struct Literal: Hashable, Sendable {
    /// The bytes.
    package let bytes: [UInt8]
    /// Letters in either case.
    package let ignoresCase: Bool
    /// Each followed by any byte, in a version resource.
    package let isStrided: Bool
    /// Whether it is the difference of neighbouring bytes, which is the same under every key of `xor`.
    package let isDifference: Bool
    /// Whether its context is compared as well.
    package let hasContext: Bool

    init(_ literal: LiteralTable.Literal) {
      bytes = literal.bytes
      ignoresCase = literal.ignoresCase
      isStrided = literal.kind == .strided
      isDifference = literal.kind == .difference
      hasContext = literal.context != nil
    }
  }

  /// A string that is not searched.
  package struct Unsearchable: Hashable, Sendable {
    /// Its identifier.
    package let identifier: String
    /// Reason in words.
    package let reason: String
  }

  /// Last stage of the sieve that can exclude items for a rule.
  package enum Reach: String, Hashable, Sendable {
    /// Gates exclude items before their content is read.
    case gate
    /// A search of the content excludes items.
    case search
    /// libyara must evaluate the condition for every item, but need not search items without its strings.
    case evaluation
    /// Every item must be scanned for it.
    case none
  }
}

extension Sieve {
  /// Returns the explanation of each rule, in order.
  package func explanations() -> [RuleExplanation] {
    plan.rules.indices.map { explanation(of: $0) }
  }

  private func explanation(of index: Int) -> RuleExplanation {
    let rule = plan.rules[index]
    let tables = plan.tables
    let clauses = SievePlan.clauses(of: tables.roots[index], tables)
    let words = sources[index]?.parts ?? []
    var evaluator = Evaluator(tables)
    evaluator.view.knowledge = .absent
    evaluator.begin()
    let parts = clauses.enumerated().map { place, clause in
      let facts = tables.facts[Int(clause)]
      let stage: RuleExplanation.Stage =
        facts.isGate && plan.dependsOnItem(clause)
        ? .gate : evaluator.truth(clause).mayBeYes ? .libyara : .search
      return RuleExplanation.Part(
        text: words.count == clauses.count ? words[place] : nil, stage: stage)
    }
    let needsHit = !plan.groups[Int(rule.group)].hitless.contains(Int32(index))
    let isGated = parts.contains { $0.stage == .gate }
    let reach: RuleExplanation.Reach =
      tables.facts[Int(tables.roots[index])].contains(.hasEffect)
      ? .none
      : isGated
        ? .gate
        : needsHit
          ? .search
          : rule.strings.isEmpty || isSearchable(rule)
            ? .evaluation : .none
    return RuleExplanation(
      identifier: described[index].identifier, namespace: described[index].namespace, parts: parts,
      literals: needsHit
        ? rule.literals.map { .init(tables.literals[$0]) } : [],
      unsearchable: rule.strings.compactMap { unsearchable($0) }, reach: reach)
  }

  private func isSearchable(_ rule: SievePlan.PlannedRule) -> Bool {
    rule.strings.allSatisfy { unsearchable($0) == nil }
  }

  func unsearchable(_ string: Int32) -> RuleExplanation.Unsearchable? {
    let need = plan.tables.needs[Int(string)]
    var reason: StringNeed.Reason?
    for part in need.parts {
      guard case .unsearchable(let why) = part else { return nil }
      reason = why
    }
    return reason.map { .init(identifier: need.identifier, reason: $0.rawValue) }
  }
}

/// Result of each rule for one item.
package struct ItemExplanation: Hashable, Sendable {
  /// The rules and their answers, in order.
  package let answers: [Answer]

  /// The answer of one rule.
  package struct Answer: Hashable, Sendable {
    /// Its name.
    package let identifier: String
    /// The stage that excludes the item for this rule; nil if none does, so that the rule keeps it.
    package let excludedBy: RuleExplanation.Stage?
    /// The part that is false, where it is one of the rule's own.
    package let part: String?
    /// Literals of the rule that are in the item.
    package let seen: [RuleExplanation.Literal]
  }
}

extension Sieve {
  /// Evaluates each rule for an item with these bytes.
  package func explain(_ bytes: RawSpan) -> ItemExplanation {
    var scratch = LiteralDatabase.Scratch()
    var evaluator = Evaluator(plan.tables)
    let database = store.whole.map { $0.second ?? $0.first }
    bytes.withUnsafeBytes { whole in
      let head = UnsafeRawBufferPointer(rebasing: whole.prefix(SieveSession.headSize))
      evaluator.view = ItemView(size: IntegerSet(Int64(whole.count)), head: head, knowledge: .none)
      guard let database, database.grow(&scratch) else { return }
      database.begin(&evaluator.hits)
      let piece = SearchedPiece(bytes: whole, isFirst: true, isLast: true)
      if database.search(piece, &scratch, hits: &evaluator.hits) {
        evaluator.searched = database.searched
      }
    }
    return bytes.withUnsafeBytes { whole in
      evaluator.view.head = UnsafeRawBufferPointer(rebasing: whole.prefix(SieveSession.headSize))
      return ItemExplanation(
        answers: plan.rules.indices.filter { !plan.rules[$0].isPrivate }.map {
          explanation(of: $0, &evaluator)
        })
    }
  }

  private func explanation(of index: Int, _ evaluator: inout Evaluator) -> ItemExplanation.Answer {
    let rule = plan.rules[index]
    let words = sources[index]?.parts ?? []
    let own = SievePlan.clauses(of: plan.tables.roots[index], plan.tables)
    func part(_ clause: ConditionGraph.Index) -> String? {
      words.count == own.count ? own.firstIndex(of: clause).map { words[$0] } : nil
    }
    let seen = rule.literals.filter { evaluator.hits.contains($0) }.map {
      RuleExplanation.Literal(plan.tables.literals[$0])
    }
    for stage in [RuleExplanation.Stage.gate, .search] {
      evaluator.view.knowledge = stage == .gate ? .none : .searched
      evaluator.begin()
      let clauses = stage == .gate ? rule.gates.map { plan.gates[Int($0)] } : rule.clauses
      for clause in clauses where !evaluator.truth(clause).mayBeYes {
        return .init(
          identifier: described[index].identifier, excludedBy: stage, part: part(clause), seen: seen
        )
      }
    }
    return .init(identifier: described[index].identifier, excludedBy: nil, part: nil, seen: seen)
  }
}
