/// What the sieve can do with one rule, and what it cannot.
public struct RuleExplanation: Hashable, Sendable {
  /// Its name.
  public let identifier: String
  /// Its namespace.
  public let namespace: String
  /// What must all be true for it to match, those of global rules of its namespace included.
  public let parts: [Part]
  /// The literals one of which must be in an item, if it cannot match without; else empty.
  public let literals: [Literal]
  /// Its strings that cannot be looked for by literals, and why.
  public let unsearchable: [Unsearchable]
  /// How far the sieve comes with it.
  public let reach: Reach

  /// One part of the condition.
  public struct Part: Hashable, Sendable {
    /// The part as it is written; of a rule without text, nil.
    public let text: String?
    /// Which stage can say that it is false.
    public let stage: Stage
  }

  /// A stage of the sieve.
  public enum Stage: String, Hashable, Sendable {
    /// Size and first bytes.
    case gate
    /// The search for literals.
    case search
    /// Only libyara.
    case libyara
  }

  /// A literal as it may lie in an item.
  public struct Literal: Hashable, Sendable {
    /// The bytes.
    public let bytes: [UInt8]
    /// Letters in either case.
    public let ignoresCase: Bool
    /// Each followed by any byte, in a version resource.
    public let isStrided: Bool
    /// What neighbours differ in, so that it is the same under every key of `xor`.
    public let isDifference: Bool
    /// Whether what lies around it counts as well.
    public let hasContext: Bool

    init(_ literal: LiteralTable.Literal) {
      bytes = literal.bytes
      ignoresCase = literal.ignoresCase
      isStrided = literal.kind == .strided
      isDifference = literal.kind == .difference
      hasContext = literal.context != nil
    }
  }

  /// A string that is not looked for.
  public struct Unsearchable: Hashable, Sendable {
    /// Its identifier.
    public let identifier: String
    /// Why, in words.
    public let reason: String
  }

  /// How far the sieve comes with a rule.
  public enum Reach: String, Hashable, Sendable {
    /// Gates exclude items before their content is read.
    case gate
    /// A search of the content excludes items.
    case search
    /// libyara must work out the condition of every item, but need not search items without its strings.
    case evaluation
    /// Every item must be scanned for it.
    case none
  }
}

extension Sieve {
  /// What the sieve makes of each rule, in their order.
  public func explanations() -> [RuleExplanation] {
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
      identifier: rule.identifier, namespace: rule.namespace, parts: parts,
      literals: needsHit
        ? rule.literals.map { .init(tables.literals[$0]) } : [],
      unsearchable: rule.strings.compactMap { unsearchable($0) }, reach: reach)
  }

  private func isSearchable(_ rule: SievePlan.PlannedRule) -> Bool {
    rule.strings.allSatisfy { unsearchable($0) == nil }
  }

  private func unsearchable(_ string: Int32) -> RuleExplanation.Unsearchable? {
    let need = plan.tables.needs[Int(string)]
    var reason: StringNeed.Reason?
    for part in need.parts {
      guard case .unsearchable(let why) = part else { return nil }
      reason = why
    }
    return reason.map { .init(identifier: need.identifier, reason: $0.rawValue) }
  }
}

/// What each rule says to one item.
public struct ItemExplanation: Hashable, Sendable {
  /// The rules and their answers, in order.
  public let answers: [Answer]

  /// The answer of one rule.
  public struct Answer: Hashable, Sendable {
    /// Its name.
    public let identifier: String
    /// The stage that excludes the item for this rule; nil if none does, so that the rule keeps it.
    public let excludedBy: RuleExplanation.Stage?
    /// The part that is false, where it is one of the rule's own.
    public let part: String?
    /// Literals of the rule that are in the item.
    public let seen: [RuleExplanation.Literal]
  }
}

extension Sieve {
  /// What each rule says to an item with these bytes: which keep it, and what excludes it for others.
  public func explain(_ bytes: RawSpan) -> ItemExplanation {
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
          answer(of: $0, &evaluator)
        })
    }
  }

  private func answer(of index: Int, _ evaluator: inout Evaluator) -> ItemExplanation.Answer {
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
          identifier: rule.identifier, excludedBy: stage, part: part(clause), seen: seen)
      }
    }
    return .init(identifier: rule.identifier, excludedBy: nil, part: nil, seen: seen)
  }
}
