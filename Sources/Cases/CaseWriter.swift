public import Bytes
import Dispatch
public import Engine
public import Evidence
public import Findings
import GRDB
import Glibc
import Locks

/// Writes the results of a scan into a case, batch by batch, and knows those that the case has already.
///
/// Workers append entries, and a separate thread writes them; workers wait only if it falls behind. A batch
/// is committed when it is large enough, and at the latest after ``CaseOptions/interval``.
public final class CaseWriter: ScanJournal {
  private struct State {
    var pending = PendingBatch()
    var failure: CaseError?
    var isClosed = false
    var isStopped = false
    var changedItems = 0
  }

  /// Path of the case as named by the user.
  public let path: RawPath
  /// Whether the last run came to its end: there is nothing left to scan.
  public let isComplete: Bool
  private let scan: CaseScan
  private let options: CaseOptions
  private let state = Locked(State())
  /// Items of earlier runs, and the numbers by which they are named; nil in a new case.
  private let recorded = Locked<(items: RecordedItems, names: CaseState)?>(nil)
  /// Knowledge of earlier runs about the media.
  fileprivate let media = Locked(RecordedMedia())
  private let storage: CaseStorage
  private let queue = DispatchQueue(label: "trawl.case")
  /// Batches that may wait for the thread that writes.
  private let room = DispatchSemaphore(value: 2)
  private let timer = Locked<CaseTimer?>(nil)

  /// Limit of items in a batch.
  private static let capacity = 4096

  /// Opens the case, or creates it. Throws if it belongs to another scan, or cannot be written.
  public init(_ path: RawPath, _ scan: CaseScan, options: CaseOptions = CaseOptions())
    throws(CaseError)
  {
    self.path = path
    self.scan = scan
    self.options = options
    storage = try CaseStorage(path, restarting: options.restarts)
    do {
      isComplete = try storage.connection.read { [storage] database in
        guard !storage.isNew else { return false }
        try CaseComparison.check(database, scan, path, say: options.say)
        return try CaseRecords.isComplete(database)
      }
    } catch {
      storage.close(isFinished: false)
      throw CaseError(error, path.shown)
    }
  }

  // MARK: Beginning

  /// Begins a run, and reads the records of earlier ones.
  public func resume() throws -> EarlierScan {
    let start = Timestamp.now
    var earlier = EarlierScan()
    if !storage.isNew {
      let chain = try storage.connection.read { try CaseVerification($0) }
      if let breach = chain.breach {
        throw CaseError(
          .damaged,
          "\(path.shown): \(breach); its results cannot be relied on: --restart scans again")
      }
      let items = try RecordedItems(storage.connection, key: storage.state.key)
      earlier = try storage.connection.read { [state = storage.state] in
        try EarlierScan($0, state: state)
      }
      earlier.items = items.remaining
      let names = storage.state
      let known = try storage.connection.read { try RecordedMedia($0, names) }
      media.withLock { $0 = known }
      recorded.withLock { $0 = (items, names) }
    }
    do { try storage.begin() } catch { throw CaseError(error, path.shown) }
    try write { [scan, isNew = storage.isNew] batch in
      try batch.insert(run: scan, at: start)
      if isNew { try batch.insert(beginning: scan) }
    }
    startTimer()
    return earlier
  }

  /// Commits the pending entries after each interval, however few.
  private func startTimer() {
    let started = CaseTimer(queue, every: options.interval) { [weak self] in
      self?.writePending()
    }
    timer.withLock { $0 = started }
  }

  private func stopTimer() { timer.withLock { $0?.cancel() } }

  /// Whether an earlier run recorded an item.
  public func isRecorded(_ item: Item) throws -> Bool {
    let claim = try recorded.withLock { recorded -> RecordedItems.Claim in
      guard recorded != nil,
        let name = recorded!.names.name(of: item.locator, item.content.discriminator)
      else { return .unknown }
      return try recorded!.items.claim(name)
    }
    guard case .recorded(let stamp) = claim else { return false }
    if let stamp, item.content.state()?.stamp(storage.key) != stamp { noteChange(of: item.locator) }
    return true
  }

  private func noteChange(of locator: Locator) {
    let count = state.withLock { state in
      state.changedItems += 1
      return state.changedItems
    }
    guard count <= Self.shownChanges else { return }
    options.say(
      "note: \(locator.path.shown): changed since it was recorded in the case; its result is that of the earlier"
        + " content, --restart scans it again")
  }

  /// Number of changed items that are named; all are counted.
  private static let shownChanges = 10

  /// Passes the records of a complete case to a sink; returns the summary.
  public func replay(to sink: any RecordSink) throws -> Summary {
    let summary = try storage.connection.read { try CaseRecords.replay($0, path, to: sink) }
    guard let summary else { throw CaseError(.damaged, "\(path.shown): the summary is missing") }
    return summary
  }

  // MARK: Results

  /// Adds an entry to the next batch.
  public func record(_ entry: ItemEntry) throws {
    if let item = PendingItem(entry, storage.key) {
      try add { $0.add(item, entry.ledger) }
    } else {
      try add { $0.entries.append(entry) }
    }
  }

  /// Adds members of an archive to the next batch.
  public func record(_ members: PassedMembers) throws {
    try add { $0.add(members) }
  }

  /// Adds a report of a source to the next batch.
  public func record(walk ledger: Ledger, problem: Problem?) throws {
    try add { pending in
      pending.walk.add(ledger)
      if let problem { pending.problems.append(problem) }
    }
  }

  /// Adds the description of an image to the next batch.
  public func record(_ medium: MediumDescription) throws {
    try add { $0.media.append(medium) }
  }

  fileprivate func add(_ body: (inout PendingBatch) -> Void) throws {
    let full = try state.withLock { state -> PendingBatch? in
      if let failure = state.failure { throw failure }
      guard !state.isClosed else { return nil }
      body(&state.pending)
      guard state.pending.count >= Self.capacity else { return nil }
      defer { state.pending = PendingBatch() }
      return state.pending
    }
    guard let full else { return }
    room.wait()
    queue.async {
      self.write(full)
      self.room.signal()
    }
  }

  /// Ends the run with its results, and closes the case.
  public func finish(_ end: ScanEnd) throws -> CaseReference? {
    stopTimer()
    let last = state.withLock { state in
      defer { state.pending = PendingBatch() }
      state.isClosed = true
      return state.pending
    }
    queue.sync {
      write(last)
      attempt { [changed = changedItems] batch in
        try batch.insert(end, changedItems: changed, at: .now)
      }
    }
    if let failure = state.withLock({ $0.failure }) { throw failure }
    return CaseReference(file: path, head: Hexadecimal.text(of: storage.head))
  }

  private var changedItems: Int { state.withLock { $0.changedItems } }

  /// Ends waiting for space.
  public func stop() { state.withLock { $0.isStopped = true } }

  /// Closes the case after its last run, even a failed one.
  public func close() {
    stopTimer()
    let isFinished = state.withLock { state in
      defer { state.isClosed = true }
      return (state.isClosed || isComplete) && state.failure == nil
    }
    queue.sync { storage.close(isFinished: isFinished) }
  }

  // MARK: Writing, on the queue

  private func writePending() {
    let pending = state.withLock { state in
      defer { state.pending = PendingBatch() }
      return state.pending
    }
    write(pending)
  }

  private func write(_ pending: PendingBatch) {
    guard !pending.isEmpty else { return }
    attempt { try pending.write(to: &$0) }
  }

  /// Writes one batch; keeps a failure for the next caller that records.
  private func attempt(_ body: @escaping (inout BatchWriter) throws -> Void) {
    guard state.withLock({ $0.failure == nil }) else { return }
    do { try write(body) } catch {
      let failure = CaseError(error, path.shown)
      state.withLock { $0.failure = failure }
    }
  }

  /// Writes one batch, and waits for space if `--wait-for-space` is given.
  private func write(_ body: (inout BatchWriter) throws -> Void) throws {
    let start = ContinuousClock.now
    var isSaid = false
    while true {
      do {
        try storage.write(body)
        return
      } catch {
        let failure = CaseError(error, path.shown)
        guard failure.cause == .outOfSpace, ContinuousClock.now - start < options.waitForSpace,
          !state.withLock({ $0.isStopped })
        else { throw failure }
        if !isSaid { options.say("note: \(path.shown): no space is left: waiting for some") }
        isSaid = true
        usleep(250_000)
      }
    }
  }
}

extension CaseWriter: MediumMemory {
  /// Returns the result of a search of an earlier run.
  public func recall(_ search: MediumSearch) -> [UInt8]? {
    media.withLock { $0.searches[search] }
  }

  /// Adds the result of a search to the next batch.
  public func keep(_ result: [UInt8], of search: MediumSearch) {
    // A failure is reported for the next item.
    try? add { $0.searches.append((search, result)) }
  }

  /// Returns the ranges that earlier runs could not read.
  public func lost(in evidence: RawPath) -> [Range<UInt64>] {
    media.withLock { $0.lost[evidence] ?? [] }
  }
}
