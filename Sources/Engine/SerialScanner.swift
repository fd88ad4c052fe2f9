public import Bytes
public import Evidence
public import Findings
import Locks
public import Yara

/// Scans one item after the other on the calling thread, for hosts that have threads of their own,
/// such as servers. Use it from one thread at a time; any number of scanners, one for each thread,
/// share one ``RuleSet``. It keeps nothing of an item but its part of the ``ledger``.
public final class SerialScanner {
  /// Result of one item.
  public struct Result: Sendable {
    /// The item.
    public let locator: Locator
    /// The outcome: every item has exactly one.
    public let outcome: Outcome
    /// The finding, if a rule matched.
    public let finding: Finding?
    /// Problems of the item. A finding with problems is of an item that was read in part.
    public let problems: [Problem]
  }

  /// Stops a scanner from any thread.
  public struct Canceller: Sendable {
    let cancellation: Cancellation

    /// Stops the item in progress; it and all later items of the scanner end as `interrupted`.
    public func cancel() { cancellation.cancel() }

    /// Whether the scanner was stopped.
    public var isCancelled: Bool { cancellation.isCancelled }
  }

  private let context: ScanContext
  private let worker: ItemScanner<FindingSink>
  private let records: ItemRecords

  /// Stops this scanner from any thread.
  public let canceller: Canceller

  /// Creates a scanner with `ruleSet`. It ignores the options that concern several items: `jobs`,
  /// `queueCapacity` and `readsSharedContentOnce`.
  public init(_ ruleSet: RuleSet, options: ScanOptions = ScanOptions()) throws(YaraError) {
    var options = options
    options.readsSharedContentOnce = false
    let cancellation = Cancellation()
    records = ItemRecords()
    context = ScanContext(
      rules: ruleSet.rules, sieve: options.usesSieve ? ruleSet.sieve : nil,
      profile: ruleSet.profile, readsTraces: ruleSet.readsTraces, options: options,
      recorder: Recorder(sink: records, products: nil, cancellation: cancellation),
      cancellation: cancellation)
    canceller = Canceller(cancellation: cancellation)
    worker = try context.scanner()
  }

  /// Scans one item, and returns when its outcome is known.
  public func scan(_ item: Item) -> Result {
    let before = ledger
    worker.scan(item)
    // No other item will complete it: a hive is read without its logs, a program without catalogues.
    context.completePostponed()
    return result(at: item.locator, since: before)
  }

  /// Scans `bytes` in memory, without copying them, as an item called `name`.
  public func scan(_ bytes: RawSpan, name: RawPath) -> Result {
    bytes.withUnsafeBytes { scan(MemorySource.item(name: name, borrowing: $0)) }
  }

  /// Scans the items of `source`, one at a time, and passes each result to `body`, which is called
  /// for one at a time. It may run on threads of the source. A problem that the source reports
  /// also has a result.
  public func scan(_ source: any ItemSource, _ body: (Result) -> Void) {
    withoutActuallyEscaping(body) { body in source.push(to: SerialReceiver(self, body)) }
  }

  /// The account of all items so far.
  public var ledger: Ledger { context.recorder.ledger }

  /// Enters a problem of a source.
  fileprivate func enter(_ problem: ItemProblem, at locator: Locator) -> Result {
    let before = ledger
    context.enter(problem, at: locator)
    return result(at: locator, since: before)
  }

  fileprivate func ignore(_ kind: IgnoredKind, at path: RawPath?) {
    context.ignore(kind, at: path)
  }

  private func result(at locator: Locator, since before: Ledger) -> Result {
    let after = ledger
    let (finding, problems) = records.drain()
    let outcome: Outcome =
      if after.matched > before.matched {
        .matched
      } else if after.clean > before.clean {
        .clean
      } else {
        // An item that was not even begun has no record.
        .notScanned(problems.first?.cause.reason ?? .interrupted)
      }
    return Result(locator: locator, outcome: outcome, finding: finding, problems: problems)
  }
}

/// Records of the item in progress.
private final class ItemRecords: RecordSink {
  private let records = Locked<(finding: Finding?, problems: [Problem])>((nil, []))

  func receive(_ record: Record) {
    records.withLock { records in
      switch record {
      case .finding(let finding): records.finding = finding
      case .problem(let problem): records.problems.append(problem)
      case .product, .context, .summary: break
      }
    }
  }

  /// Returns the records, and forgets them.
  func drain() -> (Finding?, [Problem]) {
    records.withLock { records in
      defer { records = (nil, []) }
      return records
    }
  }
}

/// Passes the items of a source to a scanner. The scanner and the closure are used under the lock
/// only, and not after the source has pushed everything.
private final class SerialReceiver: ItemReceiver {
  private struct State: @unchecked Sendable {
    let scanner: SerialScanner
    let body: (SerialScanner.Result) -> Void
  }
  private let state: Locked<State>
  private let canceller: SerialScanner.Canceller

  init(_ scanner: SerialScanner, _ body: @escaping (SerialScanner.Result) -> Void) {
    state = Locked(State(scanner: scanner, body: body))
    canceller = scanner.canceller
  }

  func receive(_ item: Item) { state.withLock { $0.body($0.scanner.scan(item)) } }

  func report(_ problem: ItemProblem, at locator: Locator) {
    state.withLock { $0.body($0.scanner.enter(problem, at: locator)) }
  }

  func ignore(_ kind: IgnoredKind, at path: RawPath?) {
    state.withLock { $0.scanner.ignore(kind, at: path) }
  }

  var isCancelled: Bool { canceller.isCancelled }
}
