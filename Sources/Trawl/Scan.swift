import Bytes
import Dispatch
public import Evidence
public import Findings
import Identity
import Locks
import Sieve
import Yara

/// One scan of some evidence with some rules. Any number may run in one process; each is cancelled
/// on its own. A scan runs once.
public final class Scan: Sendable {
  private let sources: [any ItemSource]
  private let ruleSet: RuleSet
  private let options: ScanOptions
  private let cancellation = Cancellation()

  /// Who to ask for the progress: the recorder while the scan runs, what it said last after it. The
  /// recorder keeps the sink, which may keep this scan.
  private enum State: Sendable {
    case waiting
    case running(Recorder)
    case ended(Progress)
  }
  private let state = Locked(State.waiting)

  /// A scan of what `sources` push, one source after the other.
  public init(
    _ sources: [any ItemSource], with ruleSet: RuleSet, options: ScanOptions = ScanOptions()
  ) {
    self.sources = sources
    self.ruleSet = ruleSet
    self.options = options
  }

  /// Runs to the end and answers the summary, which the sink has had as its last record. Throws what
  /// the sink threw, or what kept libyara from starting; problems of items are records.
  @discardableResult
  public func run(sink: any RecordSink) throws -> Summary {
    let start = Timestamp.now
    let clock = ContinuousClock.now
    let recorder = Recorder(sink: sink, cancellation: cancellation)
    state.withLock { $0 = .running(recorder) }
    defer { state.withLock { $0 = .ended(recorder.progress) } }
    let context = ScanContext(
      rules: ruleSet.rules, sieve: options.usesSieve ? ruleSet.sieve : nil,
      readsTraces: ruleSet.readsTraces, options: options,
      recorder: recorder, cancellation: cancellation)
    // The first worker is made here, so that a failure to start is thrown, not lost on a thread.
    let crew = try WorkerCrew(
      jobs: options.jobs, queueCapacity: options.queueCapacity, account: context
    ) { () throws(YaraError) in WorkerBox(try Worker(context)) }
    let evidence = sources.flatMap(\.evidence)
    crew.run { receiver in
      for source in sources where !receiver.isCancelled { source.push(to: receiver) }
    }
    let custody = Custody(
      tool: Version.current, libraries: libraries, ruleSets: ruleSet.records,
      commandLine: options.commandLine, host: Host.name, start: start, end: .now,
      evidence: evidence)
    return try recorder.finish(custody, seconds: (ContinuousClock.now - clock).seconds)
  }

  /// The libraries that decide an answer.
  private var libraries: [String: String] {
    var libraries = ["libyara": Library.version]
    if options.usesSieve, ruleSet.sieve != nil { libraries["hyperscan"] = Sieve.libraryVersion }
    return libraries
  }

  /// Stops the scan: items under way end as `interrupted`, and ``run(sink:)`` answers what was found.
  public func cancel() { cancellation.cancel() }

  /// How far the scan is.
  public var progress: Progress {
    switch state.withLock({ $0 }) {
    case .waiting: Progress()
    case .running(let recorder): recorder.progress
    case .ended(let progress): progress
    }
  }

  /// How far a scan is.
  public struct Progress: Hashable, Sendable {
    /// Items with an outcome.
    public var items = 0
    /// Bytes read.
    public var bytes: UInt64 = 0
    /// Items with a finding.
    public var findings = 0
  }
}

extension Duration {
  /// The duration in seconds.
  fileprivate var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}

/// What the workers of one scan share.
final class ScanContext: Sendable {
  let rules: Rules
  let sieve: Sieve?
  let readsTraces: Bool
  let options: ScanOptions
  let recorder: Recorder
  let cancellation: Cancellation
  let shared = SharedContents()
  let identifier: Identifier

  init(
    rules: Rules, sieve: Sieve?, readsTraces: Bool, options: ScanOptions, recorder: Recorder,
    cancellation: Cancellation
  ) {
    self.rules = rules
    self.sieve = sieve
    self.readsTraces = readsTraces
    self.options = options
    self.recorder = recorder
    self.cancellation = cancellation
    identifier = Identifier(anchors: options.trustAnchors)
  }
}

extension ScanContext: ItemAccount {
  func enter(_ problem: ItemProblem, at locator: Locator) { recorder.enter(problem, at: locator) }
  func ignore(_ kind: IgnoredKind, at path: RawPath?) { recorder.ignore(kind, at: path) }
  func account(for medium: MediumAccount, chunks: @escaping @Sendable () -> MediumChunks?) {
    recorder.account(for: medium, chunks: chunks)
  }
  var isCancelled: Bool { cancellation.isCancelled }
}
