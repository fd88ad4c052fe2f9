import Bytes
public import Evidence
import Glibc
import Locks
import Sieve
public import Yara

/// How items are matched.
public struct MatchOptions: Hashable, Sendable {
  /// How many items are scanned at the same time.
  public var jobs = ScanOptions().jobs
  /// How many items may wait; a source that finds the queue full works an item itself.
  public var queueCapacity = 1024
  /// What libyara is to report. The time-out is that of one item.
  public var scanner = Scanner.Options()
  /// When the scan ends, in seconds since 1970; items that are left then are not scanned.
  public var deadline: Int?
  /// Whether the sieve may exclude items: what matches is the same, but nothing else is known of them.
  public var usesSieve = true
  /// Items from this size on are scanned by libyara whatever the sieve says; nil for none.
  public var sizeOfWholeScans: UInt64?
  /// How content is read.
  public var reading = ReadingPolicy()

  /// All cores, no limits.
  public init() {}
}

/// What came of one item.
public struct MatchOutcome: Sendable {
  /// The item.
  public let locator: Locator
  /// What libyara reported; nothing where the sieve excluded the item.
  public let result: ScanResult
  /// Why there is no answer, or not a whole one; nil if there is.
  public let failure: Failure?
  /// What of the item was not scanned, though there is an answer.
  public let omission: ItemProblem?
  /// How many bytes were scanned or excluded.
  public let size: UInt64

  /// Why an item has no answer.
  public enum Failure: Sendable {
    /// It could not be opened or read.
    case content(ItemProblem)
    /// libyara gave up on it.
    case engine(YaraError)
  }
}

/// Takes outcomes, from any thread, in any order.
public protocol MatchReceiver: AnyObject, Sendable {
  /// Takes what came of an item; false ends the scan.
  func receive(_ outcome: MatchOutcome) -> Bool
  /// Takes note of what the source passed by.
  func receive(omission: ItemProblem, at locator: Locator)
}

/// One scan of items with rules that says of every item which rules match: what they mean, hashes and
/// the like are not asked. A scan runs once.
public final class MatchScan: Sendable {
  private let source: any ItemSource
  private let context: MatchContext

  /// A scan of what `source` pushes.
  public init(
    _ source: any ItemSource, with ruleSet: RuleSet, options: MatchOptions,
    receiver: any MatchReceiver
  ) {
    self.source = source
    context = MatchContext(
      rules: ruleSet.rules, sieve: options.usesSieve ? ruleSet.sieve : nil, options: options,
      receiver: receiver)
  }

  /// Runs to the end. Throws what kept libyara from starting.
  public func run() throws(YaraError) {
    let context = context
    let crew = try WorkerCrew(
      jobs: context.options.jobs, queueCapacity: context.options.queueCapacity, account: context
    ) { () throws(YaraError) in try MatchWorker(context) }
    crew.run { source.push(to: $0) }
  }

  /// Stops the scan: items under way fail with a time-out.
  public func cancel() { context.cancellation.cancel() }
}

/// What the workers of one scan share.
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

  /// Says once that the time is over.
  func noteDeadline(at locator: Locator) {
    let isFirst = isLate.withLock { isLate in
      defer { isLate = true }
      return !isLate
    }
    guard isFirst else { return }
    receiver.receive(
      omission: ItemProblem(
        .timedOut, "the time that was given is over: neither this nor what follows was scanned"),
      at: locator)
  }

  func enter(_ problem: ItemProblem, at locator: Locator) {
    receiver.receive(omission: problem, at: locator)
  }

  /// What is no evidence is of no interest here.
  func ignore(_ kind: IgnoredKind, at path: RawPath?) {}
  func account(for medium: MediumAccount, chunks: @escaping @Sendable () -> MediumChunks?) {}

  var isCancelled: Bool { cancellation.isCancelled || isLate.withLock { $0 } }
}

extension MatchOutcome {
  /// An item without an answer.
  public init(locator: Locator, failure: Failure, size: UInt64 = 0) {
    self.init(
      locator: locator, result: ScanResult(), failure: failure, omission: nil, size: size)
  }
}
