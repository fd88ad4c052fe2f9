public import Bytes
import Dispatch
public import Evidence
public import Findings
import Identity
import Locks
import Profiles
import Sieve
import Yara

/// One scan of some evidence with some rules. Any number may run in one process; each is
/// cancelled separately. A scan runs once.
public final class Scan: Sendable {
  private let sources: [any ItemSource]
  private let ruleSet: RuleSet
  private let options: ScanOptions
  private let archives: (any ArchiveSupport)?
  private let images: (any ImageSupport)?
  private let cancellation = Cancellation()

  /// Source of the progress: the recorder while the scan runs, its last values after it. The
  /// recorder holds the sink, which may hold this scan.
  private enum State: Sendable {
    case waiting
    case running(Recorder)
    case ended(Progress)
  }
  private let state = Locked(State.waiting)

  /// Creates a scan of the items that `sources` push, one source after the other. Without support for `archives` no
  /// item is looked into, and without support for `images` no item that is a disk image.
  public init(
    _ sources: [any ItemSource], with ruleSet: RuleSet, options: ScanOptions = ScanOptions(),
    archives: (any ArchiveSupport)? = nil, images: (any ImageSupport)? = nil
  ) {
    self.archives = archives
    self.images = images
    self.sources = sources
    self.ruleSet = ruleSet
    self.options = options
  }

  /// Runs to the end and returns the summary, which the sink received as its last record. Throws
  /// the errors of sink and journal, or why libyara cannot start; problems of items are records.
  /// With a journal, items that it has recorded are not scanned again.
  @discardableResult
  public func run(sink: any RecordSink, journal: (any ScanJournal)? = nil) throws -> Summary {
    let start = Timestamp.now
    let clock = ContinuousClock.now
    let recorder = Recorder(
      sink: sink, journal: journal, products: ruleSet.profile?.products ?? ProductNames(),
      cancellation: cancellation)
    state.withLock { $0 = .running(recorder) }
    defer { state.withLock { $0 = .ended(recorder.progress) } }
    let context = ScanContext(
      rules: ruleSet.rules, sieve: options.usesSieve ? ruleSet.sieve : nil,
      profile: ruleSet.profile, readsTraces: ruleSet.readsTraces, options: options,
      archives: archives, images: images, slots: WorkerSlots(count: options.jobs),
      recorder: recorder, cancellation: cancellation)
    // Create the first worker here, so that a failure to start is thrown, not lost on a thread.
    let crew = try WorkerCrew(
      slots: context.slots, queueCapacity: options.queueCapacity, account: context
    ) { readAhead throws(YaraError) in
      let scanner = try context.scanner()
      return ItemWorker { item in
        scanner.scan(item)
        if item.content.canBeReadAhead, scanner.reader.wait.isLong { readAhead.wake() }
      }
    }
    let earlier = try recorder.restore()
    for (content, finding) in earlier.contents { context.shared.restore(content, finding: finding) }
    let evidence = Locked([EvidenceDescription]())
    let sources = sources
    _ = crew.run { receiver in
      let known = sources.flatMap(\.evidence)
      evidence.withLock { $0 = known }
      for source in sources where !receiver.isCancelled { source.push(to: receiver) }
    } then: {
      context.completePostponed()
    }
    let custody = Custody(
      tool: Version.current, libraries: libraries, ruleSets: ruleSet.records,
      commandLine: options.commandLine, host: Host.name,
      start: earlier.start ?? start, end: .now,
      evidence: evidence.withLock { $0 },
      withoutSieve: options.usesSieve ? ruleSet.withoutSieve : "it is turned off")
    return try recorder.finish(
      custody, seconds: earlier.seconds + (ContinuousClock.now - clock).seconds)
  }

  /// Runs to the end, and passes every record to `body`, one at a time, on a thread of the scan. An
  /// error of `body` stops the scan, which rethrows it.
  @discardableResult
  public func run(_ body: @escaping @Sendable (Record) throws -> Void) throws -> Summary {
    try run(sink: CallbackSink(body: body))
  }

  /// Versions of the libraries that determine answers.
  private var libraries: [String: String] {
    var libraries = ["libyara": Library.version]
    if options.usesSieve, ruleSet.sieve != nil { libraries["hyperscan"] = Sieve.libraryVersion }
    if let archives, options.archives != .none {
      libraries.merge(archives.libraries) { known, _ in known }
    }
    return libraries
  }

  /// Stops the scan: items in progress end as `interrupted`, and ``run(sink:)`` returns with the
  /// findings so far.
  public func cancel() { cancellation.cancel() }

  /// Progress of the scan.
  public var progress: Progress {
    switch state.withLock({ $0 }) {
    case .waiting: Progress()
    case .running(let recorder): recorder.progress
    case .ended(let progress): progress
    }
  }

  /// Progress of a scan.
  public struct Progress: Hashable, Sendable {
    /// Items with an outcome.
    public var items = 0
    /// Bytes read.
    public var bytes: UInt64 = 0
    /// Items with a finding.
    public var findings = 0
    /// Items of an earlier scan that are counted in ``items``.
    public var restored = 0
    /// Entries of directories that the scan has met: items outside of archives, and what is ignored.
    public var entries = 0
    /// Evidence that is being scanned.
    public var place = Place()
  }

  /// Place in the evidence that a source has come to.
  public struct Place: Hashable, Sendable {
    /// Evidence as named by the user; nil before the first item.
    public var evidence: RawPath?
    /// Byte at which the source began.
    public var first: UInt64 = 0
    /// Byte that it has come to.
    public var position: UInt64 = 0
    /// Size in bytes; 0 if it is not known.
    public var size: UInt64 = 0
  }
}

extension Duration {
  /// The duration in seconds.
  fileprivate var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}

/// Passes records to a function.
private final class CallbackSink: RecordSink {
  let body: @Sendable (Record) throws -> Void

  init(body: @escaping @Sendable (Record) throws -> Void) { self.body = body }

  func receive(_ record: Record) throws { try body(record) }
}

/// State shared by the workers of one scan.
final class ScanContext: Sendable {
  let rules: Rules
  let sieve: Sieve?
  let profile: VendorProfile?
  /// Whether the profile's records at known places are read. Asked of every item: a copy of the profile would cost as
  /// much as a small one.
  let readsTraces: Bool
  let options: ScanOptions
  let archives: (any ArchiveSupport)?
  let images: (any ImageSupport)?
  let slots: WorkerSlots
  let recorder: Recorder
  let cancellation: Cancellation
  let shared = SharedContents()
  let companions = Companions()
  let identifier: Identifier

  init(
    rules: Rules, sieve: Sieve?, profile: VendorProfile?, readsTraces: Bool, options: ScanOptions,
    archives: (any ArchiveSupport)? = nil, images: (any ImageSupport)? = nil, slots: WorkerSlots,
    recorder: Recorder, cancellation: Cancellation
  ) {
    self.archives = archives
    self.images = images
    self.slots = slots
    self.rules = rules
    self.sieve = sieve
    self.profile = profile
    self.readsTraces = readsTraces && profile != nil
    self.options = options
    self.recorder = recorder
    self.cancellation = cancellation
    identifier = Identifier(profile)
  }
}

extension ScanContext {
  /// The scanner of one worker.
  func scanner() throws(YaraError) -> ItemScanner<FindingSink> {
    var options = Scanner.Options()
    options.timeout = self.options.timeout
    return try ItemScanner(
      rules, options, sieve: sieve, reading: self.options.reading, cancellation: cancellation,
      archives: archives.map(access), sink: FindingSink(self))
  }

  private func access(to archives: any ArchiveSupport) -> ArchiveAccess {
    ArchiveAccess(
      archives, options.archives, options.archiveLimits, memory: options.reading.memoryBudget,
      spare: slots, images: images, imagePolicy: options.images,
      isCancelled: { [cancellation] in cancellation.isCancelled })
  }

  /// Gives the items that waited for others their outcome, once all items have been seen.
  func completePostponed() {
    guard companions.hasPostponed else { return companions.clear() }
    var sink = FindingSink(self)
    sink.completePostponed()
  }
}

extension ScanContext: ItemAccount {
  func enter(_ problem: ItemProblem, at locator: Locator) { recorder.enter(problem, at: locator) }
  func ignore(_ kind: IgnoredKind, at path: RawPath?) { recorder.ignore(kind, at: path) }
  func account(
    for medium: MediumAccount, completing: @escaping @Sendable (inout MediumAccount) -> Void
  ) {
    recorder.account(for: medium, completing: completing)
  }
  func describe(_ medium: MediumDescription) { recorder.describe(medium) }
  func advance(to position: UInt64, of size: UInt64, in evidence: RawPath) {
    recorder.advance(to: position, of: size, in: evidence)
  }
  func isRecorded(_ item: Item) -> Bool {
    guard recorder.isRecorded(item) else { return false }
    // Items that are not recorded may need it.
    if readsTraces { companions.keep(recorded: item) }
    return true
  }
  var isCancelled: Bool { cancellation.isCancelled }
}
