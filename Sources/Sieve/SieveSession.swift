import Yara

/// The sieve at work on one item after the other: the first bytes, then the content piece by piece, then
/// the verdict. One thread at a time.
public struct SieveSession: ~Copyable {
  /// What is to be done with an item.
  public enum Verdict: Hashable, Sendable {
    /// No rule can match: its size and first bytes exclude it.
    case excludedByGate
    /// No rule can match: what they need is not in it.
    case excludedBySieve
    /// No string of the rules that are left is in it: their conditions are to be worked out by libyara,
    /// without a search. Only if that says that a rule matches must the item be scanned.
    case evaluate
    /// It must be scanned.
    case scan
    /// It holds something that a rule needs: ``SieveSession/search(_:isFirst:isLast:)`` all of it once
    /// more, for all that the rules need, and ask again.
    case searchAgain
  }

  private let plan: SievePlan
  private let store: DatabaseStore
  private var evaluator: Evaluator
  private var scratch = LiteralDatabase.Scratch()
  private var head: [UInt8] = []
  private var size: UInt64 = 0
  private var active: BitSet
  private var gateAnswers: [UInt8]
  private var databases: SearchDatabases?
  private var database: LiteralDatabase?
  private var hasSearchFailed = false
  /// Whether all that the rules need is searched for by now.
  private var isLastSearch = false
  /// Rules that were looked at for the current item.
  private var seenRules: [UInt32]
  private var round: UInt32 = 0
  private var selection = DatabaseStore.Selection()

  /// How many first bytes of an item the gates look at.
  public static let headSize = 4096

  init(plan: SievePlan, store: DatabaseStore) {
    self.plan = plan
    self.store = store
    evaluator = Evaluator(plan.tables)
    active = BitSet(count: plan.groups.count)
    gateAnswers = Array(repeating: 2, count: plan.gates.count)
    seenRules = Array(repeating: 0, count: plan.rules.count)
    head.reserveCapacity(Self.headSize)
  }

  // MARK: Gates

  /// Begins with an item of `size` bytes and its first ones: ``headSize``, or all if there are fewer.
  /// Answers the verdict, or nil when the content is needed: then ``search(_:)`` all of it, and ask for
  /// the ``verdict()``.
  public mutating func begin(size: UInt64, head: RawSpan) -> Verdict? {
    head.withUnsafeBytes { bytes in begin(size: size, bytes) }
  }

  private mutating func begin(size: UInt64, _ bytes: UnsafeRawBufferPointer) -> Verdict? {
    self.size = size
    evaluator.view = ItemView(
      size: IntegerSet(Int64(clamping: size)), head: bytes, knowledge: .none)
    evaluator.begin()
    hasSearchFailed = false
    isLastSearch = false
    active.removeAll()
    for index in gateAnswers.indices { gateAnswers[index] = 2 }
    var isAnyActive = false
    for (index, group) in plan.groups.enumerated() where passes(group) {
      active.insert(index)
      isAnyActive = true
    }
    guard isAnyActive || mayReachEffect() else { return .excludedByGate }
    self.head.removeAll(keepingCapacity: true)
    self.head.append(contentsOf: bytes.prefix(Self.headSize))
    databases = store.databases(for: active, size: size, selection: &selection)
    database = databases?.first
    guard let database, database.grow(&scratch) else { return .scan }
    evaluator.searched = database.searched
    database.begin(&evaluator.hits)
    guard database.isEmpty else { return nil }
    let verdict = verdict()
    return verdict == .searchAgain ? nil : verdict
  }

  private mutating func passes(_ group: SievePlan.Group) -> Bool {
    for gate in group.gates {
      let number = Int(gate)
      if gateAnswers[number] == 2 {
        gateAnswers[number] = evaluator.truth(plan.gates[number]).mayBeYes ? 1 : 0
      }
      if gateAnswers[number] == 0 { return false }
    }
    return true
  }

  private mutating func mayReachEffect() -> Bool {
    for rule in plan.rulesWithEffects { _ = evaluator.rule(rule) }
    return !plan.rulesWithEffects.isEmpty && evaluator.hasReachedEffect
  }

  // MARK: Content

  /// How many bytes a piece of content must share with the one before, so that nothing is cut.
  public var overlap: Int { max(0, (database?.greatestExtent ?? 1) - 1) }

  /// Looks for literals in a piece of the content. Pieces are given in order; the first has nothing before
  /// it, and the last nothing behind it.
  public mutating func search(_ piece: RawSpan, isFirst: Bool = true, isLast: Bool = true) {
    guard let database else { return }
    piece.withUnsafeBytes { bytes in
      let piece = SearchedPiece(bytes: bytes, isFirst: isFirst, isLast: isLast)
      if !database.search(piece, &scratch, hits: &evaluator.hits) { hasSearchFailed = true }
    }
  }

  // MARK: Verdict

  /// What is to be done, now that all of the content was searched.
  public mutating func verdict() -> Verdict {
    guard !hasSearchFailed else { return .scan }
    let (verdict, open) = head.withUnsafeBytes { bytes -> (Verdict, [Int32]) in
      evaluator.view = ItemView(
        size: IntegerSet(Int64(clamping: size)), head: bytes, knowledge: .searched)
      defer { evaluator.view.head = .init(start: nil, count: 0) }
      evaluator.begin()
      return mayReachEffect() ? (.scan, []) : judge()
    }
    guard !open.isEmpty, let databases, let all = databases.second else { return verdict }
    let next = databases.third(for: open, plan, size: size, among: &selection) ?? all
    guard next.grow(&scratch) else { return .scan }
    isLastSearch = true
    database = next
    evaluator.searched.formUnion(next.searched)
    next.beginAgain(&evaluator.hits)
    return .searchAgain
  }

  /// The verdict; or, while not all was searched that the rules need, the rules that are open, if no other
  /// makes a scan necessary.
  private mutating func judge() -> (Verdict, [Int32]) {
    round &+= 1
    var verdict = Verdict.excludedBySieve
    for group in plan.groups.indices where active.contains(group) {
      for rule in plan.groups[group].hitless where judge(rule, &verdict) { return (.scan, []) }
    }
    let isFirst = databases?.second != nil && !isLastSearch
    var open: [Int32] = []
    for literal in evaluator.hits.numbers {
      for rule in plan.rulesOfLiteral[Int(literal)] {
        guard active.contains(Int(plan.rules[Int(rule)].group)), seenRules[Int(rule)] != round
        else {
          continue
        }
        seenRules[Int(rule)] = round
        if isFirst {
          if mayMatch(rule) { open.append(rule) }
        } else if judge(rule, &verdict) {
          return (.scan, [])
        }
      }
    }
    return (verdict, open)
  }

  private mutating func mayMatch(_ index: Int32) -> Bool {
    let rule = plan.rules[Int(index)]
    for clause in rule.clauses where !evaluator.truth(clause).mayBeYes { return false }
    return true
  }

  /// Looks at one rule; true if nothing but a scan will do.
  private mutating func judge(_ index: Int32, _ verdict: inout Verdict) -> Bool {
    guard mayMatch(index) else { return false }
    let rule = plan.rules[Int(index)]
    verdict = .evaluate
    if rule.facts.contains(.usesEntryPoint), evaluator.view.mayHaveEntryPoint { return true }
    for string in rule.strings where !evaluator.isAbsent(string: string) { return true }
    return false
  }
}

extension SieveSession {
  /// What each rule that may match asks for, by its number, as if it were alone; asked for after the
  /// verdict. A set is scanned for one rule, and would hide what is thought of the others: the proof of
  /// soundness looks at all of them.
  package mutating func undecidedRules() -> [Int: Verdict] {
    let everything = hasSearchFailed || database == nil
    return head.withUnsafeBytes { bytes in
      evaluator.view = ItemView(
        size: IntegerSet(Int64(clamping: size)), head: bytes, knowledge: .searched)
      defer { evaluator.view.head = .init(start: nil, count: 0) }
      evaluator.begin()
      var candidates = Set<Int32>()
      for literal in evaluator.hits.numbers {
        candidates.formUnion(plan.rulesOfLiteral[Int(literal)])
      }
      for group in plan.groups { candidates.formUnion(group.hitless) }
      if everything { candidates = Set(plan.rules.indices.map { Int32($0) }) }
      var found: [Int: Verdict] = [:]
      for rule in candidates where active.contains(Int(plan.rules[Int(rule)].group)) {
        var verdict = everything ? Verdict.scan : .excludedBySieve
        if everything || judge(rule, &verdict) { verdict = .scan }
        if verdict != .excludedBySieve { found[Int(rule)] = verdict }
      }
      return found
    }
  }
}
