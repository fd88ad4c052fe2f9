import Evidence
import Findings
import Yara

/// The outcomes that a kind of scan makes of its items; one for each worker. Requirements are mutating where they
/// change nothing, too: a generic call of another kind copies the sink.
protocol OutcomeSink {
  /// The outcome of an item.
  associatedtype Outcome

  /// Whether an unreadable item without a size is scanned as one of no bytes.
  static var scansUnreadableAsEmpty: Bool { get }

  /// Whether an item is to be scanned, with these options; if not, the sink has recorded it.
  mutating func begin(_ item: Item, _ options: inout Scanner.Options) -> Bool

  /// Whether an open content is to be scanned; if not, the sink has recorded it.
  mutating func accepts(_ content: any OpenContent, at locator: Locator) throws(ItemProblem) -> Bool

  /// Whether the sieve may exclude a content.
  mutating func mayExclude(_ content: any OpenContent) -> Bool

  /// Throws if an item that is searched since `start` is no longer wanted.
  mutating func check(since start: ContinuousClock.Instant) throws(ItemProblem)

  /// Counts bytes that were read.
  mutating func count(read: UInt64)

  /// Counts how an item was decided.
  mutating func count(_ way: Ledger.Way)

  /// The outcome of an item that no rule matches.
  mutating func nothing(in content: any OpenContent, at locator: Locator) -> Outcome

  /// The outcome of what libyara reported of `bytes`; without content, of an item that cannot be read. `rescan`
  /// says what of it still matches in other bytes.
  mutating func identify(
    _ result: ScanResult, _ error: YaraError?, _ bytes: RawSpan, _ content: (any OpenContent)?,
    _ locator: Locator, rescan: (RawSpan) -> [RuleMatch]?
  ) throws(ItemProblem) -> Outcome

  /// An outcome of which only a part could be read.
  mutating func add(_ omission: ItemProblem, to outcome: Outcome, at locator: Locator)
    throws(ItemProblem) -> Outcome

  /// An outcome of content that reads as zeros where it is damaged.
  mutating func add(damage: ItemProblem, to outcome: Outcome, at locator: Locator)
    throws(ItemProblem) -> Outcome

  /// Whether libyara is to scan this item, which is excluded, all the same.
  mutating func isToBeVerified() -> Bool

  /// Receives libyara's outcome for an excluded item.
  mutating func receiveVerification(_ outcome: Outcome, at locator: Locator)

  /// The outcome of a content, given what its scan came to.
  mutating func complete(
    _ scanned: Result<Outcome, ItemProblem>, of content: any OpenContent, at locator: Locator,
    _ reader: inout ContentReader
  ) throws(ItemProblem) -> Outcome

  /// Records the outcome of the item that ``begin(_:_:)`` was told of.
  mutating func record(_ outcome: Outcome, at locator: Locator)

  /// Records that it has none.
  mutating func record(_ problem: ItemProblem, at locator: Locator)
}
