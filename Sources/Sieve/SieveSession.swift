package import Yara

/// Use of the sieve on one item after another: the first bytes, then the content piece by piece, then
/// the verdict. One thread at a time.
package struct SieveSession: ~Copyable {
  /// Decision of the sieve about an item.
  package enum Verdict: Hashable, Sendable {
    /// Size and first bytes of the item exclude every rule.
    case excludedByGate
    /// The item lacks the literals that each remaining rule requires.
    case excludedBySieve
    /// The item contains no string of the remaining rules: libyara evaluates their conditions,
    /// without a search. The item is scanned only if one of them is true.
    case evaluate
    /// libyara must scan the item.
    case scan
    /// The item contains a required literal: pass all of it to ``SieveSession/search(_:isFirst:isLast:)``
    /// once more, to search for all literals of the rules, and request the verdict again.
    case searchAgain
  }

  private let plan: SievePlan
  private let store: DatabaseStore
  private var evaluator: Evaluator
  private var scratch = LiteralDatabase.Scratch()
  private var patternScratch = HyperscanDatabase.Scratch()
  private var head: [UInt8] = []
  /// The last bytes of the current item, once its last piece was searched.
  private var tail: [UInt8] = []
  private var size: UInt64 = 0
  private var active: BitSet
  private var memo: BeginningMemo
  /// Answers of the gates for the current view, each with the number of the view; see ``passes(_:of:)``.
  private var gateAnswers: [UInt32]
  private var gateRound: UInt32 = 0
  private var databases: SearchDatabases?
  private var database: LiteralDatabase?
  private var hasSearchFailed = false
  /// Whether the current search is for all literals of the remaining rules.
  private var isLastSearch = false
  /// Rules that were evaluated for the current item.
  private var seenRules: [UInt32]
  private var round: UInt32 = 0
  private var selection = DatabaseStore.Selection()
  private let subsets: SubsetStore
  /// Rules that may match, in order, after the verdict to scan or to evaluate; nil for all rules.
  package private(set) var survivors: [Int32]?

  /// Number of first bytes of an item that the gates read.
  package static let headSize = 4096
  /// Number of last bytes of an item that conditions read.
  private static let tailSize = 4096

  init(plan: SievePlan, store: DatabaseStore, subsets: SubsetStore) {
    self.plan = plan
    self.store = store
    self.subsets = subsets
    evaluator = Evaluator(plan.tables)
    active = BitSet(count: plan.groups.count)
    memo = BeginningMemo(groups: plan.groups.count)
    gateAnswers = Array(repeating: 0, count: plan.gates.count)
    seenRules = Array(repeating: 0, count: plan.rules.count)
    head.reserveCapacity(Self.headSize)
    tail.reserveCapacity(Self.tailSize)
  }

  // MARK: Gates

  /// Begins with an item of `size` bytes and its first ones: ``headSize``, or all if there are fewer.
  /// Returns the verdict, or nil if the content is needed: then ``search(_:)`` all of it, and request
  /// the ``verdict()``.
  package mutating func begin(size: UInt64, head: RawSpan) -> Verdict? {
    head.withUnsafeBytes { bytes in begin(size: size, bytes) }
  }

  private mutating func begin(size: UInt64, _ bytes: UnsafeRawBufferPointer) -> Verdict? {
    self.size = size
    survivors = nil
    tail.removeAll(keepingCapacity: true)
    hasSearchFailed = false
    isLastSearch = false
    findActiveGroups(
      ItemView(size: IntegerSet(Int64(clamping: size)), head: bytes, knowledge: .none))
    guard !active.isEmpty || mayReachEffect() else { return .excludedByGate }
    self.head.removeAll(keepingCapacity: true)
    self.head.append(contentsOf: bytes.prefix(Self.headSize))
    databases = store.databases(for: active, size: size, selection: &selection)
    database = databases?.first
    guard let database, database.grow(&scratch) else { return .scan }
    evaluator.searched = database.searched
    database.begin(&evaluator.hits)
    guard database.isEmpty else { return nil }
    let verdict = verdict()
    // The last bytes may still exclude it; libyara would read all bytes anyway.
    if verdict == .scan, plan.looksAtPlaces, size > UInt64(bytes.count) { return nil }
    return verdict == .searchAgain ? nil : verdict
  }

  /// Whether no rule can match an item that begins like this, of any size: with ``headSize`` bytes, or fewer of a
  /// longer one. Ends the current item.
  package mutating func excludesAll(beginningWith head: RawSpan) -> Bool {
    survivors = nil
    return head.withUnsafeBytes { bytes in
      findActiveGroups(
        ItemView(
          size: IntegerSet(Int64(bytes.count)...(.max)), head: bytes, knowledge: .none))
      return active.isEmpty && !mayReachEffect()
    }
  }

  /// Finds the groups whose gates an item passes: first by its first bytes alone, whose answers are kept for later
  /// items.
  private mutating func findActiveGroups(_ view: ItemView) {
    active.insertAll(below: plan.groups.count)
    if memo.pays {
      for length in BeginningMemo.lengths where view.head.count >= length {
        restrict(to: view.head.prefix(length))
      }
    }
    keepPassing(view)
  }

  private mutating func restrict(to beginning: Slice<UnsafeRawBufferPointer>) {
    var key: UInt64 = 0
    for byte in beginning.reversed() { key = key << 8 | UInt64(byte) }
    guard !active.isEmpty, !memo.restrict(&active, to: key, beginning.count) else { return }
    keepPassing(
      ItemView(
        size: IntegerSet(Int64(beginning.count)...(.max)),
        head: UnsafeRawBufferPointer(rebasing: beginning), knowledge: .none))
    memo.keep(active, for: key, beginning.count)
  }

  /// Removes the groups that have a gate which a view does not pass.
  private mutating func keepPassing(_ view: ItemView) {
    evaluator.view = view
    evaluator.begin()
    beginGates()
    let plan = plan
    for index in active.words.indices {
      var rest = active.words[index]
      while rest != 0 {
        let group = index << 6 + rest.trailingZeroBitCount
        rest &= rest &- 1
        if !passes(plan.gatesOfGroups[group], of: plan) { active.remove(group) }
      }
    }
  }

  /// Forgets the answers of the gates.
  private mutating func beginGates() {
    gateRound &+= 1
    guard gateRound >= 1 << 31 else { return }
    gateRound = 1
    for index in gateAnswers.indices { gateAnswers[index] = 0 }
  }

  private mutating func passes(_ gates: Range<Int32>, of plan: SievePlan) -> Bool {
    for place in gates {
      let number = Int(plan.gateLists[Int(place)])
      if gateAnswers[number] >> 1 != gateRound {
        let mayPass = evaluator.truth(plan.gates[number]).mayBeYes
        gateAnswers[number] = gateRound << 1 | (mayPass ? 1 : 0)
      }
      if gateAnswers[number] & 1 == 0 { return false }
    }
    return true
  }

  private mutating func mayReachEffect() -> Bool {
    for rule in plan.rulesWithEffects { _ = evaluator.rule(rule) }
    return !plan.rulesWithEffects.isEmpty && evaluator.hasReachedEffect
  }

  // MARK: Content

  /// Number of bytes that a piece of content must share with the one before, so that no literal is cut.
  package var overlap: Int { max(0, (database?.greatestExtent ?? 1) - 1) }

  /// Searches for literals in a piece of the content. Pieces are passed in order; the first has nothing before
  /// it, and the last nothing behind it.
  package mutating func search(_ piece: RawSpan, isFirst: Bool = true, isLast: Bool = true) {
    guard let database else { return }
    piece.withUnsafeBytes { bytes in
      let piece = SearchedPiece(bytes: bytes, isFirst: isFirst, isLast: isLast)
      if !database.search(piece, &scratch, hits: &evaluator.hits) { hasSearchFailed = true }
      guard isLast else { return }
      tail.removeAll(keepingCapacity: true)
      tail.append(contentsOf: bytes.suffix(Self.tailSize))
    }
  }

  // MARK: Verdict

  /// Decides about the item after all of its content was searched.
  package mutating func verdict() -> Verdict {
    survivors = nil
    guard !hasSearchFailed else { return .scan }
    let judgement = viewing { session in session.mayReachEffect() ? nil : session.judge() }
    guard let judgement else { return .scan }
    let open = judgement.open
    guard !open.isEmpty, judgement.verdict != .scan, let databases, let all = databases.second
    else {
      survivors = (judgement.survivors + open).sorted()
      return judgement.verdict
    }
    let next = databases.third(for: open, plan, size: size, among: &selection) ?? all
    guard next.grow(&scratch) else { return .scan }
    isLastSearch = true
    database = next
    evaluator.searched.formUnion(next.searched)
    next.beginAgain(&evaluator.hits)
    return .searchAgain
  }

  /// Evaluates conditions over the first and last bytes, after the search.
  private mutating func viewing<Answer>(_ work: (inout SieveSession) -> Answer) -> Answer {
    // The arrays are moved out: the closures change the rest of the session.
    let (head, tail) = (head, tail)
    return head.withUnsafeBytes { first in
      tail.withUnsafeBytes { last in
        evaluator.view = ItemView(
          size: IntegerSet(Int64(clamping: size)), head: first, tail: last, knowledge: .searched)
        evaluator.begin()
        defer {
          evaluator.view.head = .init(start: nil, count: 0)
          evaluator.view.tail = .init(start: nil, count: 0)
        }
        return work(&self)
      }
    }
  }

  /// Combined decision for the rules.
  private struct Judgement {
    var verdict = Verdict.excludedBySieve
    /// Rules that may match, whatever a further search finds.
    var survivors: [Int32] = []
    /// Rules that may match until all their literals were searched.
    var open: [Int32] = []
  }

  private mutating func judge() -> Judgement {
    round &+= 1
    var judgement = Judgement()
    for group in plan.groups.indices where active.contains(group) {
      for rule in plan.groups[group].hitless { judge(rule, &judgement) }
    }
    let isFirst = databases?.second != nil && !isLastSearch
    for literal in evaluator.hits.numbers {
      for rule in plan.rulesOfLiteral[Int(literal)] {
        guard active.contains(Int(plan.rules[Int(rule)].group)), seenRules[Int(rule)] != round
        else {
          continue
        }
        seenRules[Int(rule)] = round
        if isFirst {
          if mayMatch(rule) { judgement.open.append(rule) }
        } else {
          judge(rule, &judgement)
        }
      }
    }
    return judgement
  }

  private mutating func judge(_ rule: Int32, _ judgement: inout Judgement) {
    switch demand(of: rule) {
    case .scan:
      judgement.survivors.append(rule)
      judgement.verdict = .scan
    case .evaluate:
      judgement.survivors.append(rule)
      if judgement.verdict != .scan { judgement.verdict = .evaluate }
    case .excludedByGate, .excludedBySieve, .searchAgain: break
    }
  }

  private mutating func mayMatch(_ index: Int32) -> Bool {
    let rule = plan.rules[Int(index)]
    for clause in rule.clauses where !evaluator.truth(clause).mayBeYes { return false }
    return true
  }

  /// Decides for one rule.
  private mutating func demand(of index: Int32) -> Verdict {
    guard mayMatch(index) else { return .excludedBySieve }
    let rule = plan.rules[Int(index)]
    if rule.facts.contains(.usesEntryPoint), evaluator.view.mayHaveEntryPoint { return .scan }
    for string in rule.strings where !evaluator.isAbsent(string: string) { return .scan }
    return .evaluate
  }

  // MARK: Subsets

  /// Narrows the verdict on an item that must be scanned or evaluated, given all its bytes. Returns the verdict and
  /// the rules to scan with in place of the whole set, of which the same rules match. Nil for
  /// the whole set. The modules of `kept` stay imported where the set imports them.
  package mutating func narrow(
    _ verdict: Verdict, _ bytes: RawSpan, keeping kept: Set<String> = []
  ) -> (verdict: Verdict, rules: Rules?) {
    guard let survivors,
      let subset = subsets.subset(for: survivors, size: size, keeping: kept)
    else { return (verdict, nil) }
    guard verdict == .scan, let patterns = subset.usefulPatterns else {
      return (verdict, subset.rules)
    }
    let narrowed = bytes.withUnsafeBytes { judge(survivors, $0, patterns) } ?? verdict
    subset.noteSearch(of: bytes.byteCount, hasDecided: narrowed != .scan)
    return (narrowed, subset.rules)
  }

  /// The verdict of some rules after a search for their whole strings; nil if it failed. The rules that
  /// may still match are the survivors then.
  private mutating func judge(
    _ rules: [Int32], _ bytes: UnsafeRawBufferPointer, _ patterns: PatternDatabase
  ) -> Verdict? {
    guard let found = patterns.search(bytes, &patternScratch) else { return nil }
    evaluator.wholeStrings.record(searched: patterns.searched, found: found)
    evaluator.view = ItemView(
      size: IntegerSet(Int64(clamping: size)), head: .init(rebasing: bytes.prefix(Self.headSize)),
      tail: .init(rebasing: bytes.suffix(Self.tailSize)), knowledge: .searched)
    evaluator.begin()
    defer {
      evaluator.view.head = .init(start: nil, count: 0)
      evaluator.view.tail = .init(start: nil, count: 0)
      evaluator.wholeStrings.forget()
    }
    var judgement = Judgement()
    for rule in rules { judge(rule, &judgement) }
    survivors = judgement.survivors
    return judgement.verdict
  }

  /// Decides with patterns of exactly the remaining rules, even if this does not pay, for the proof.
  package mutating func narrowAtOnce(_ verdict: Verdict, _ bytes: RawSpan, by sieve: Sieve)
    -> Verdict
  {
    guard verdict == .scan, let survivors,
      let patterns = PatternDatabase(survivors, of: plan, sieve.sources)
    else { return verdict }
    return bytes.withUnsafeBytes { judge(survivors, $0, patterns) } ?? verdict
  }

  /// Discards the verdict, because the item differs from the searched bytes.
  package mutating func forgetVerdict() { survivors = nil }
}

extension SieveSession {
  /// Returns the decision for each rule that may match, by its number, as if it were alone; called after the
  /// verdict. A set is scanned for one rule, which would hide the decisions for the others: the proof of
  /// soundness looks at all of them.
  package mutating func undecidedRules() -> [Int: Verdict] {
    let everything = hasSearchFailed || database == nil
    return viewing { session in
      var candidates = Set<Int32>()
      for literal in session.evaluator.hits.numbers {
        candidates.formUnion(session.plan.rulesOfLiteral[Int(literal)])
      }
      for group in session.plan.groups { candidates.formUnion(group.hitless) }
      if everything { candidates = Set(session.plan.rules.indices.map { Int32($0) }) }
      var found: [Int: Verdict] = [:]
      for rule in candidates where session.active.contains(Int(session.plan.rules[Int(rule)].group))
      {
        let verdict = everything ? Verdict.scan : session.demand(of: rule)
        if verdict != .excludedBySieve { found[Int(rule)] = verdict }
      }
      return found
    }
  }
}
