import Yara

/// Measures the cost of each rule on items: those that the sieve does not exclude for it, and the time that libyara scans
/// them for this rule alone.
package struct RuleProfiler: ~Copyable {
  /// Cost of one rule.
  package struct Measure: Hashable, Sendable {
    /// Number of items that the sieve did not exclude for it, and of their bytes.
    package var items = 0
    package var bytes: UInt64 = 0
    /// Time that libyara needs for these items with this rule, and the rules that it refers to.
    package var seconds = 0.0
  }

  /// Cost of each rule for which items remained, by its number.
  package private(set) var measures: [Int: Measure] = [:]
  /// Items and bytes of all that was measured.
  package private(set) var whole = Measure()
  /// Items for which the search ended early, so that the whole set remained.
  package private(set) var undecided = Measure()

  private let sieve: Sieve
  private var session: SieveSession
  private var scanners: [Int: Slot] = [:]

  private final class Slot {
    var scanner: Scanner
    init(_ rules: Rules) throws(YaraError) { scanner = try Scanner(rules) }
  }

  /// Limit of scanners, which take memory.
  private static let mostScanners = 1024

  /// Measures the rules of a sieve.
  package init(_ sieve: Sieve) {
    self.sieve = sieve
    session = sieve.session()
  }

  /// Measures one item.
  package mutating func add(_ bytes: RawSpan) {
    whole.items += 1
    whole.bytes += UInt64(bytes.byteCount)
    let verdict = verdict(on: bytes)
    switch verdict {
    case .excludedByGate, .excludedBySieve: return
    case .evaluate, .scan, .searchAgain: break
    }
    guard session.survivors != nil else {
      undecided.items += 1
      undecided.bytes += UInt64(bytes.byteCount)
      return
    }
    // As a scan does: whole strings are searched, too, where that pays.
    let last = session.narrow(verdict, bytes).verdict
    for rule in session.survivors ?? [] {
      let rule = Int(rule)
      let seconds = seconds(of: rule, bytes, last)
      measures[rule, default: Measure()].items += 1
      measures[rule]!.bytes += UInt64(bytes.byteCount)
      measures[rule]!.seconds += seconds
    }
  }

  private mutating func verdict(on bytes: RawSpan) -> SieveSession.Verdict {
    let head = bytes.extracting(first: min(SieveSession.headSize, bytes.byteCount))
    if let verdict = session.begin(size: UInt64(bytes.byteCount), head: head) { return verdict }
    while true {
      session.search(bytes)
      let verdict = session.verdict()
      if verdict != .searchAgain { return verdict }
    }
  }

  private mutating func seconds(of rule: Int, _ bytes: RawSpan, _ verdict: SieveSession.Verdict)
    -> Double
  {
    if scanners[rule] == nil, scanners.count < Self.mostScanners,
      let rules = sieve.rules(closedOver: [Int32(rule)]), let slot = try? Slot(rules)
    {
      scanners[rule] = slot
    }
    guard let slot = scanners[rule] else { return 0 }
    let start = ContinuousClock.now
    if verdict == .evaluate {
      _ = try? slot.scanner.evaluateWithoutStrings(bytes)
    } else {
      _ = slot.scanner.attempt(bytes)
    }
    let took = start.duration(to: .now).components
    return Double(took.seconds) + Double(took.attoseconds) * 1e-18
  }
}
