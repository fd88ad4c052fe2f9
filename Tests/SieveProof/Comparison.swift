import Sieve
import TestSupport
import Yara

/// Asks the sieve and libyara the same of each item.
struct Comparison: ~Copyable {
  private let compiled: CompiledSet
  private let seed: UInt64
  private var session: SieveSession
  private var scanner: Scanner
  private var random: SeededGenerator

  /// What one item came to.
  struct Outcome {
    var verdict: SieveSession.Verdict
    /// Reported rules that matched, by their numbers.
    var matching: Set<Int> = []
    /// Those that conditions alone report.
    var evaluated: Set<Int> = []
    var undecided: [Int: SieveSession.Verdict] = [:]
    var hasFailed = false
    var hasPrinted = false
    var hasEvaluationFailed = false
    /// Whether conditions alone report, print or fail.
    var evaluationIsClean = true
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

  /// Too long a scan, and expressions that are too large or have too many fibers (error.h).
  private static let givenUp: Set<Int32> = [26, 35, 46]

  /// Nil where libyara gives up: then it says nothing of any rule.
  mutating func outcome(_ item: [UInt8], _ numbers: [String: Int]) throws -> Outcome? {
    var outcome = Outcome(verdict: sift(item))
    outcome.undecided = session.undecidedRules()
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
    // Half of the time goes there: asked only where it is the answer for something.
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

  /// As the engine does it: the first bytes, and then all, at once or in pieces.
  private mutating func sift(_ item: [UInt8]) -> SieveSession.Verdict {
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
    // Byte by byte some cut goes through every place.
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

  /// How the sieve is wrong about an item; nil if it is not.
  static func fault(in outcome: Outcome, _ rules: [Rule]) -> (
    stage: Difference.Stage, what: String
  )? {
    let reports = outcome.hasFailed || outcome.hasPrinted || !outcome.matching.isEmpty
    if reports {
      let what =
        outcome.hasFailed ? "a failure" : outcome.hasPrinted ? "output" : "a match of the set"
      switch outcome.verdict {
      // It is searched again until it says something else.
      case .scan, .searchAgain: break
      case .evaluate: if outcome.evaluationIsClean { return (.evaluate, what) }
      case .excludedByGate: return (.gate, what)
      case .excludedBySieve: return (.sieve, what)
      }
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
