import Sieve
import TestSupport
import Yara

/// Compares the answers of the sieve and of libyara for each item.
struct Comparison: ~Copyable {
  private let compiled: CompiledSet
  private let seed: UInt64
  private var session: SieveSession
  private var scanner: Scanner
  private var random: SeededGenerator

  /// Result for one item.
  struct Outcome {
    var verdict: SieveSession.Verdict
    /// Numbers of the reported rules that matched.
    var matching: Set<Int> = []
    /// Rules that match by conditions alone.
    var evaluated: Set<Int> = []
    var undecided: [Int: SieveSession.Verdict] = [:]
    /// The rules that remain after a search for whole strings.
    var left: Set<Int>?
    var hasFailed = false
    var hasPrinted = false
    var hasEvaluationFailed = false
    /// Whether evaluating conditions alone reports nothing, prints nothing and does not fail.
    var evaluationIsClean = true
    /// Whether the first bytes of the item exclude it, whatever its size and the rest.
    var isExcludedByBeginning = false
    /// Results of the remaining rules, or some of them, on their own.
    var subsets: [Subset] = []
  }

  /// The rules that the sieve left, compiled alone.
  struct Subset {
    /// The rules it was made for.
    var wanted: Set<Int>
    /// Rules of the set that matched.
    var matching: Set<Int>
  }

  init(_ compiled: CompiledSet, seed: UInt64) throws {
    self.compiled = compiled
    self.seed = seed
    session = compiled.sieve.session()
    var options = Scanner.Options()
    options.timeout = 5
    options.isFast = true
    scanner = try Scanner(compiled.rules, options: options)
    random = SeededGenerator(seed: seed ^ 0x5EED)
  }

  /// The numbers of rules by namespace and name.
  static func numbers(_ rules: [Rule]) -> [String: Int] {
    Dictionary(
      uniqueKeysWithValues: rules.enumerated().map { ("\($1.namespace) \($1.identifier)", $0) })
  }

  /// Errors with which libyara gives up: too long a scan, and expressions that are too large or
  /// have too many fibers (error.h).
  private static let givenUp: Set<Int32> = [26, 35, 46]

  /// Outcome of an item; nil if libyara gives up, which leaves all rules undecided.
  mutating func outcome(
    _ item: [UInt8], _ numbers: [String: Int], checksSubset: Bool = false
  ) throws -> Outcome? {
    let verdict = sift(item)
    var outcome = Outcome(verdict: verdict)
    let survivors = checksSubset ? session.survivors : nil
    if checksSubset {
      _ = session.narrowAtOnce(verdict, item.span.bytes, by: compiled.sieve)
      outcome.left = session.survivors.map { Set($0.map { Int($0) }) }
    }
    outcome.undecided = session.undecidedRules()
    let beginning = min(item.count, random.number(0...SieveSession.headSize))
    outcome.isExcludedByBeginning = session.excludesAll(
      beginningWith: item.span.bytes.extracting(first: beginning))
    func found(_ result: ScanResult) -> Set<Int> {
      Set(result.matches.map { numbers["\($0.rule.namespace) \($0.rule.identifier)"]! })
    }
    do throws(YaraError) {
      let result = try scanner.scan(item.span.bytes)
      outcome.matching = found(result)
      outcome.hasPrinted = !result.consoleLines.isEmpty
    } catch {
      if Self.givenUp.contains(error.code.rawValue) { return nil }
      guard error.code == .internalFatalError else { throw error }
      outcome.hasFailed = true
    }
    if !outcome.hasFailed, let survivors {
      // All of them, as the engine has it, and fewer: a rule must not need another by chance.
      for wanted in [survivors, survivors.filter { $0 % 3 == Int32(seed % 3) }] {
        if let subset = try subset(wanted, item, numbers) { outcome.subsets.append(subset) }
      }
    }
    // This takes half of the time: run it only where its answer is used.
    guard outcome.verdict == .evaluate || outcome.undecided.values.contains(.evaluate) else {
      return outcome
    }
    do throws(YaraError) {
      let result = try scanner.evaluateWithoutStrings(item.span.bytes)
      outcome.evaluated = found(result)
      outcome.evaluationIsClean = result.matches.isEmpty && result.consoleLines.isEmpty
    } catch {
      outcome.evaluationIsClean = false
      outcome.hasEvaluationFailed = true
    }
    return outcome
  }

  private func subset(_ wanted: [Int32], _ item: [UInt8], _ numbers: [String: Int]) throws
    -> Subset?
  {
    guard !wanted.isEmpty, let rules = compiled.sieve.rules(closedOver: wanted) else { return nil }
    var scanner = try Scanner(rules, options: scanner.options)
    // An effect that ends a scan with an error may end another sooner or later.
    guard let result = try? scanner.scan(item.span.bytes) else { return nil }
    return Subset(
      wanted: Set(wanted.map { Int($0) }),
      matching: Set(
        result.matches.map { numbers["\($0.rule.namespace) \($0.rule.identifier)"]! }))
  }

  /// Runs the sieve like the engine: first bytes, then all, at once or in pieces.
  private mutating func sift(_ item: [UInt8]) -> SieveSession.Verdict {
    // Items that begin nearly like it come first: an answer that is kept for one of them is not for this one.
    for place in [3, 7] where place < item.count {
      var other = Array(item.prefix(SieveSession.headSize))
      other[place] = ~other[place]
      _ = session.begin(size: UInt64(item.count), head: other.span.bytes)
    }
    let span = item.span.bytes
    let head = span.extracting(first: min(SieveSession.headSize, item.count))
    if let verdict = session.begin(size: UInt64(item.count), head: head) { return verdict }
    if random.oneIn(2) {
      while true {
        session.search(span)
        let verdict = session.verdict()
        if verdict != .searchAgain { return verdict }
      }
    }
    // Byte by byte, some split goes through every place.
    let most = random.oneIn(3) ? 1 : 1500
    var start = 0
    while true {
      let overlap = session.overlap
      let end = min(item.count, start + overlap + random.number(1...most))
      session.search(
        span.extracting(start..<end), isFirst: start == 0, isLast: end == span.byteCount)
      if end < item.count {
        start = end - overlap
        continue
      }
      let verdict = session.verdict()
      if verdict != .searchAgain { return verdict }
      start = 0
    }
  }

  /// The sieve's error on an item; nil if there is none.
  static func fault(in outcome: Outcome, _ rules: [Rule]) -> (
    stage: Difference.Stage, what: String
  )? {
    let reports = outcome.hasFailed || outcome.hasPrinted || !outcome.matching.isEmpty
    if reports {
      let what =
        outcome.hasFailed ? "a failure" : outcome.hasPrinted ? "output" : "a match of the set"
      if outcome.isExcludedByBeginning { return (.beginning, what) }
      switch outcome.verdict {
      // Searched again until the verdict changes.
      case .scan, .searchAgain: break
      case .evaluate: if outcome.evaluationIsClean { return (.evaluate, what) }
      case .excludedByGate: return (.gate, what)
      case .excludedBySieve: return (.sieve, what)
      }
    }
    if !outcome.hasFailed, let left = outcome.left, outcome.verdict == .scan,
      let rule = outcome.matching.subtracting(left).min()
    {
      return (.pattern, "\(rules[rule].namespace):\(rules[rule].identifier)")
    }
    if let rule = outcome.subsets.lazy.flatMap({ $0.faults(outcome) }).first {
      return (.subset, "\(rules[rule].namespace):\(rules[rule].identifier)")
    }
    for rule in outcome.matching.sorted() {
      let name = "\(rules[rule].namespace):\(rules[rule].identifier)"
      switch outcome.undecided[rule] {
      case .scan, .searchAgain: break
      // Where the evaluation fails, the engine scans.
      case .evaluate where outcome.hasEvaluationFailed: break
      case .evaluate: if !outcome.evaluated.contains(rule) { return (.evaluate, name) }
      case nil, .excludedByGate, .excludedBySieve:
        return (outcome.verdict == .excludedByGate ? .gate : .sieve, name)
      }
    }
    return nil
  }
}

extension Comparison.Subset {
  /// The rules that answer otherwise than in the whole set: no other may be reported, and those that it was
  /// made for must be as they are there.
  fileprivate func faults(_ outcome: Comparison.Outcome) -> Set<Int> {
    matching.subtracting(outcome.matching)
      .union(outcome.matching.intersection(wanted).subtracting(matching))
  }
}
