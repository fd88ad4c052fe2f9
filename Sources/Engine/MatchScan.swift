import Bytes
public import Evidence
import Glibc
import Locks
import Sieve
public import Yara

/// Options for matching items.
public struct MatchOptions: Hashable, Sendable {
  /// Number of items scanned at the same time.
  public var jobs = ScanOptions().jobs
  /// Number of items that may wait; if the queue is full, the source processes an item itself.
  public var queueCapacity = 1024
  /// Selection of the reports of libyara. The time-out applies to each item.
  public var scanner = Scanner.Options()
  /// End of the scan in seconds since 1970; items left then are not scanned.
  public var deadline: Int?
  /// Whether the sieve may exclude items: matches are the same, but nothing else is known of
  /// excluded items.
  public var usesSieve = true
  /// Size in bytes from which libyara scans items regardless of the sieve; nil for none.
  public var sizeOfWholeScans: UInt64?
  /// Policy for reading content.
  public var reading = ReadingPolicy()

  /// Creates the defaults: all cores, no limits.
  public init() {}
}

/// Outcome of one item.
public struct MatchOutcome: Sendable {
  /// The item.
  public let locator: Locator
  /// Report of libyara; empty where the sieve excluded the item.
  public let result: ScanResult
  /// Reason why there is no complete result; nil if there is one.
  public let failure: Failure?
  /// Part of the item that was not scanned although there is a result.
  public let omission: ItemProblem?
  /// Number of bytes scanned or excluded.
  public let size: UInt64

  /// Reason why an item has no result.
  public enum Failure: Sendable {
    /// The file could not be opened or read.
    case content(ItemProblem)
    /// libyara failed on it.
    case engine(YaraError)
  }
}

/// Receiver of outcomes, from any thread, in any order.
public protocol MatchReceiver: AnyObject, Sendable {
  /// Receives the outcome of an item; returns false to end the scan.
  func receive(_ outcome: MatchOutcome) -> Bool
  /// Records something that the source ignored.
  func receive(omission: ItemProblem, at locator: Locator)
}

/// A scan that determines for every item which rules match, without attribution, hashes and the
/// like. A scan runs once.
public final class MatchScan: Sendable {
  private let source: any ItemSource
  private let context: MatchContext

  /// Creates a scan of the items that `source` pushes.
  public init(
    _ source: any ItemSource, with ruleSet: RuleSet, options: MatchOptions,
    receiver: any MatchReceiver
  ) {
    self.source = source
    context = MatchContext(
      rules: ruleSet.rules, sieve: options.usesSieve ? ruleSet.sieve : nil, options: options,
      receiver: receiver)
  }

  /// Runs to the end. Throws if libyara cannot start.
  public func run() throws(YaraError) {
    let context = context
    let crew = try WorkerCrew(
      slots: WorkerSlots(count: context.options.jobs),
      queueCapacity: context.options.queueCapacity, account: context
    ) { readAhead throws(YaraError) in
      let scanner = try context.scanner()
      return ItemWorker { item in
        scanner.scan(item)
        if item.content.canBeReadAhead, scanner.reader.wait.isLong { readAhead.wake() }
      }
    }
    _ = crew.run { [source] in source.push(to: $0) }
  }

  /// Stops the scan: items in progress fail with a time-out.
  public func cancel() { context.cancellation.cancel() }
}

/// State shared by the workers of one scan.
final class MatchContext: ItemAccount {
  let rules: Rules
  let sieve: Sieve?
  let options: MatchOptions
  let receiver: any MatchReceiver
  let cancellation = Cancellation()
  private let isLate = Locked(false)

  init(rules: Rules, sieve: Sieve?, options: MatchOptions, receiver: any MatchReceiver) {
    self.rules = rules
    self.sieve = sieve
    self.options = options
    self.receiver = receiver
  }

  /// Reports once that the time is over.
  func noteDeadline(at locator: Locator) {
    let isFirst = isLate.withLock { isLate in
      defer { isLate = true }
      return !isLate
    }
    guard isFirst else { return }
    receiver.receive(
      omission: ItemProblem(
        .timedOut, "the time limit is reached: this file and those after it were not scanned"),
      at: locator)
  }

  func enter(_ problem: ItemProblem, at locator: Locator) {
    receiver.receive(omission: problem, at: locator)
  }

  /// Ignored entries are not reported here.
  func ignore(_ kind: IgnoredKind, at path: RawPath?) {}
  func describe(_ medium: MediumDescription) {}
  func advance(to position: UInt64, of size: UInt64, in evidence: RawPath) {}
  func isRecorded(_ item: Item) -> Bool { false }
  func account(
    for medium: MediumAccount, completing: @escaping @Sendable (inout MediumAccount) -> Void
  ) {}

  var isCancelled: Bool { cancellation.isCancelled || isLate.withLock { $0 } }

  /// The scanner of one worker.
  func scanner() throws(YaraError) -> ItemScanner<MatchSink> {
    try ItemScanner(
      rules, options.scanner, sieve: sieve, reading: options.reading, cancellation: cancellation,
      sink: MatchSink(self))
  }
}

extension MatchOutcome {
  /// Creates the outcome of an item without a result.
  public init(locator: Locator, failure: Failure, size: UInt64 = 0) {
    self.init(
      locator: locator, result: ScanResult(), failure: failure, omission: nil, size: size)
  }
}
