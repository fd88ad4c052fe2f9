public import Bytes
public import Evidence
import Locks
public import Yara

/// Finds the rules that match one item after another, on the calling thread, and returns libyara's report
/// unchanged. Use it from one thread at a time; any number of matchers, one for each thread, share one
/// ``RuleSet``. ``SerialScanner`` also attributes and hashes, and keeps a ledger.
public final class SerialMatcher {
  private let context: MatchContext
  private let worker: ItemScanner<MatchSink>
  private let outcomes = LastOutcome()

  /// Creates a matcher with `ruleSet`. It ignores the options that concern several items: `jobs`,
  /// `queueCapacity` and `deadline`.
  public init(_ ruleSet: RuleSet, options: MatchOptions = MatchOptions()) throws(YaraError) {
    var options = options
    options.deadline = nil
    context = MatchContext(
      rules: ruleSet.rules, sieve: options.usesSieve ? ruleSet.sieve : nil, options: options,
      receiver: outcomes)
    worker = try context.scanner()
  }

  /// Sets an external variable for later items, for which libyara then scans every item. Its type
  /// cannot change.
  public func define(_ name: String, as value: ExternalValue) throws(YaraError) {
    try worker.define(name, as: value)
  }

  /// Matches one item.
  public func match(_ item: Item) -> MatchOutcome {
    worker.scan(item)
    return outcomes.drain()
      ?? MatchOutcome(
        locator: item.locator,
        failure: .content(ItemProblem(.interrupted, "the matcher was cancelled")))
  }

  /// Matches `bytes` in memory, without copying them.
  public func match(_ bytes: RawSpan, name: RawPath) -> MatchOutcome {
    bytes.withUnsafeBytes { match(MemorySource.item(name: name, borrowing: $0)) }
  }

  /// Matches the memory of a running process.
  public func match(process: Int32) -> MatchOutcome {
    let name = RawPath("process \(process)")
    let (result, error) = worker.scan(process: process)
    return MatchOutcome(
      locator: Locator(evidence: name, path: name), result: result,
      failure: error.map { .engine($0) }, omission: nil, size: 0)
  }

  /// Stops this matcher from any thread: the item in progress and all later ones have no result.
  public var canceller: SerialScanner.Canceller {
    SerialScanner.Canceller(cancellation: context.cancellation)
  }
}

/// Outcome of the item in progress.
private final class LastOutcome: MatchReceiver {
  private let last = Locked<MatchOutcome?>(nil)

  func receive(_ outcome: MatchOutcome) -> Bool {
    last.withLock { $0 = outcome }
    return true
  }

  func receive(omission: ItemProblem, at locator: Locator) {}

  /// Returns the outcome, and forgets it.
  func drain() -> MatchOutcome? {
    last.withLock { last in
      defer { last = nil }
      return last
    }
  }
}
