import Evidence
import Findings
import Yara

/// Receiver that determines the outcomes of a kind of scan; one for each worker. Requirements that change nothing are
/// mutating, too: a generic call of a requirement that is not mutating copies the sink.
protocol OutcomeSink {
  /// The outcome of an item.
  associatedtype Outcome

  /// Whether an unreadable item without a size is scanned as an empty one.
  static var scansUnreadableAsEmpty: Bool { get }

  /// Whether to scan an item, with these options; if not, the sink has recorded it.
  mutating func begin(_ item: Item, _ options: inout Scanner.Options) -> Bool

  /// Whether to scan an open content; if not, the sink has recorded it.
  mutating func accepts(_ content: any OpenContent, at locator: Locator) throws(ItemProblem) -> Bool

  /// Whether the sieve may exclude a content.
  mutating func mayExclude(_ content: any OpenContent) -> Bool

  /// Throws if an item that is searched since `start` is no longer wanted.
  mutating func check(since start: ContinuousClock.Instant) throws(ItemProblem)

  /// Counts bytes that were read.
  mutating func count(read: UInt64)

  /// Counts the stage that decided an item.
  mutating func count(_ way: Ledger.Way)

  /// The outcome of an item that no rule matches.
  mutating func nothing(in content: any OpenContent, at locator: Locator) -> Outcome

  /// The outcome of libyara's report on `bytes`; without content, the outcome of an item that cannot be read. `rescan`
  /// returns the rules that still match in other bytes.
  mutating func identify(
    _ result: ScanResult, _ error: YaraError?, _ bytes: RawSpan, _ content: (any OpenContent)?,
    _ locator: Locator, rescan: (RawSpan) -> [RuleMatch]?
  ) throws(ItemProblem) -> Outcome

  /// Adds to an outcome that only a part of the item could be read.
  mutating func add(_ omission: ItemProblem, to outcome: Outcome, at locator: Locator)
    throws(ItemProblem) -> Outcome

  /// Adds to an outcome that damaged parts of the content were read as zeros.
  mutating func add(damage: ItemProblem, to outcome: Outcome, at locator: Locator)
    throws(ItemProblem) -> Outcome

  /// Whether libyara also scans this excluded item.
  mutating func isToBeVerified() -> Bool

  /// Receives libyara's outcome for an excluded item.
  mutating func receiveVerification(_ outcome: Outcome, at locator: Locator)

  /// The outcome of a content, given the result of its scan.
  mutating func complete(
    _ scanned: Result<Outcome, ItemProblem>, of content: any OpenContent, at locator: Locator,
    _ reader: inout ContentReader
  ) throws(ItemProblem) -> Outcome

  /// Whether libyara is to scan some of the excluded items all the same.
  var verifiesExclusions: Bool { mutating get }

  /// Whether an earlier scan recorded a member.
  mutating func isRecorded(_ item: Item) -> Bool

  /// The sink in the middle of an item, after the members of that item, which were read from its content.
  func resumed(after members: Self, of content: any OpenContent) -> Self

  /// Begins to list the members of an archive.
  mutating func beginMembers(of archive: Locator, _ origin: MemberOrigin)

  /// Records a member of `size` bytes that its first bytes exclude; false if it must be recorded as an item.
  mutating func pass(_ name: [UInt8], _ index: UInt64, size: UInt64, read: UInt64) -> Bool

  /// Ends the list: what was passed is recorded then at the latest.
  mutating func endMembers()

  /// Begins the items of a disk image, which is a machine of its own.
  mutating func beginImage()

  /// Ends them.
  mutating func endImage()

  /// Adds a report about what is inside of the item.
  mutating func add(report problem: ItemProblem, at locator: Locator)

  /// Counts a member that is no item.
  mutating func count(ignored kind: IgnoredKind)

  /// An outcome of an archive of which not all members have outcomes.
  mutating func add(members problem: ItemProblem, to outcome: Outcome, at locator: Locator)
    throws(ItemProblem) -> Outcome

  /// Records the outcome of an archive that is not opened.
  mutating func record(_ outcome: Outcome, leaving kind: ArchiveKind, at locator: Locator)

  /// Records the outcome of the item that ``begin(_:_:)`` was told of.
  mutating func record(_ outcome: Outcome, at locator: Locator)

  /// Records that it has none.
  mutating func record(_ problem: ItemProblem, at locator: Locator)
}

// MARK: Archives

extension OutcomeSink {
  /// Most sinks look into no archive, and are asked none of these.
  var verifiesExclusions: Bool { false }
  func isRecorded(_ item: Item) -> Bool { false }
  func resumed(after members: Self, of content: any OpenContent) -> Self { self }
  func beginMembers(of archive: Locator, _ origin: MemberOrigin) {}
  func pass(_ name: [UInt8], _ index: UInt64, size: UInt64, read: UInt64) -> Bool { false }
  func endMembers() {}
  func beginImage() {}
  func endImage() {}
  func add(report problem: ItemProblem, at locator: Locator) {}
  func count(ignored kind: IgnoredKind) {}
  func add(members problem: ItemProblem, to outcome: Outcome, at locator: Locator)
    throws(ItemProblem) -> Outcome
  { throw problem }
  mutating func record(_ outcome: Outcome, leaving kind: ArchiveKind, at locator: Locator) {
    record(outcome, at: locator)
  }
}
