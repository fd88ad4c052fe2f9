import Bytes
import Evidence
import Findings
import Identity
import Locks
import Profiles
import Synchronization

/// Keeps the account of one scan and passes its records on. The sink is called from here only.
final class Recorder: Sendable {
  fileprivate struct State {
    var ledger = Ledger()
    var findings: [Confidence?: Int] = [:]
    var notEntered: [NotEntered] = []
    var media: [(account: MediumAccount, completing: @Sendable (inout MediumAccount) -> Void)] = []
    /// Nil if none is kept.
    var inventory: Inventory?
    /// Evidence of the last item, and how far its source has come in it.
    var place = Scan.Place()
    /// Items outside of archives, and ignored entries.
    var entries = 0
    /// Numbers of earlier scans, which took no time of this one.
    var restored = 0
  }
  private let state: Locked<State>
  /// Names of products for the inventory; nil if none is kept.
  private let products: ProductNames?

  /// The sink with a separate lock: a slow one must not delay the account.
  private struct Output {
    let sink: any RecordSink
    /// Whether the summary was passed on: later reports of threads that were left behind are ignored.
    var isFinished = false
    var failure: (any Error)?
  }
  private let output: Locked<Output>
  private let cancellation: Cancellation
  private let journal: (any ScanJournal)?
  private let journalFailure = Locked<(any Error)?>(nil)
  /// Number of items that earlier scans recorded.
  private let restoredItems = Atomic<Int>(0)
  /// Bytes that this scan has read, items in progress included.
  private let bytesRead = Atomic<UInt64>(0)

  /// Number of places listed in the summary at most; their count is exact nevertheless.
  private let maximumNotEntered = 1000

  /// Creates a recorder. Without `products` it keeps no inventory, and its memory does not grow with the findings.
  init(
    sink: any RecordSink, journal: (any ScanJournal)? = nil, products: ProductNames?,
    cancellation: Cancellation
  ) {
    self.journal = journal
    state = Locked(State(inventory: products.map(Inventory.init)))
    self.products = products
    output = Locked(Output(sink: sink))
    self.cancellation = cancellation
  }

  // MARK: Items

  /// Whether earlier scans recorded items.
  var hasRecords: Bool { restoredItems.load(ordering: .relaxed) > 0 }

  /// Whether entries are kept beyond this scan.
  var keepsEntries: Bool { journal != nil }

  /// Whether a clean file may be a part of a product. Evaluated outside the lock, which every worker needs.
  func isNoteworthy(_ locator: Locator) -> Bool {
    products.map { Inventory.isNoteworthy(locator, $0) } ?? false
  }

  /// Records everything that an item came to.
  func record(_ entry: ItemEntry) {
    state.withLock { state in
      state.ledger.add(entry.ledger)
      state.place.evidence = entry.locator.evidence
      if entry.locator.archive == nil { state.entries += 1 }
      if let finding = entry.finding { state.add(finding, isFirstPath: entry.isFirstPath) }
      if entry.isNoted { state.inventory?.note(clean: entry.locator) }
    }
    if let journal {
      keep {
        // An item that was not done is done again.
        if entry.outcome == .notScanned(.interrupted) {
          for problem in entry.problems.dropLast() {
            try journal.record(walk: Ledger(), problem: problem)
          }
          try journal.record(walk: entry.ledger, problem: entry.problems.last)
        } else {
          try journal.record(entry)
        }
      }
    }
    for problem in entry.problems { pass(on: .problem(problem)) }
    if let finding = entry.finding { pass(on: .finding(finding)) }
  }

  /// Records members of an archive that are clean.
  func record(_ members: PassedMembers) {
    state.withLock { state in
      state.ledger.add(members.ledger)
      state.place.evidence = members.archive.evidence
    }
    if let journal { keep { try journal.record(members) } }
  }

  /// Notes bytes of an item in progress.
  func noteProgress(read: UInt64) { bytesRead.add(read, ordering: .relaxed) }

  /// Whether an earlier scan recorded an item.
  func isRecorded(_ item: Item) -> Bool {
    guard let journal else { return false }
    var isRecorded = false
    keep { isRecorded = try journal.isRecorded(item) }
    return isRecorded
  }

  /// Counts and passes on the records of earlier scans; returns their results.
  func restore() throws -> EarlierScan {
    guard let journal else { return EarlierScan() }
    let earlier = try journal.resume()
    restoredItems.store(earlier.items, ordering: .relaxed)
    state.withLock { state in
      state.ledger.add(earlier.ledger)
      state.restored = earlier.items
      for case .finding(let finding, let isFirstPath) in earlier.reports {
        state.add(finding, isFirstPath: isFirstPath)
      }
      for locator in earlier.clean { state.inventory?.note(clean: locator) }
    }
    for report in earlier.reports {
      switch report {
      case .finding(let finding, _): pass(on: .finding(finding))
      case .problem(let problem): pass(on: .problem(problem))
      }
    }
    return earlier
  }

  // MARK: Reports of sources

  /// Counts an outcome that no entry has.
  func enter(_ outcome: Outcome) {
    var ledger = Ledger()
    ledger.enter(outcome)
    enter(ledger, nil)
  }

  func enter(_ problem: ItemProblem, at locator: Locator) {
    let problem = Problem(locator: locator, cause: problem)
    var ledger = Ledger()
    ledger.enter(.notScanned(problem.cause.reason))
    enter(ledger, problem)
    pass(on: .problem(problem))
  }

  private func enter(_ ledger: Ledger, _ problem: Problem?) {
    state.withLock { $0.ledger.add(ledger) }
    if let journal { keep { try journal.record(walk: ledger, problem: problem) } }
  }

  func describe(_ medium: MediumDescription) {
    if let journal { keep { try journal.record(medium) } }
  }

  func advance(to position: UInt64, of size: UInt64, in evidence: RawPath) {
    state.withLock { state in
      if state.place.evidence != evidence || state.place.size != size {
        state.place = Scan.Place(evidence: evidence, first: position, size: size)
      }
      state.place.position = max(state.place.position, position)
    }
  }

  func ignore(_ kind: IgnoredKind, at path: RawPath?) {
    var ledger = Ledger()
    ledger.ignore(kind)
    enter(ledger, nil)
    state.withLock { state in
      state.entries += 1
      if let path, state.notEntered.count < maximumNotEntered {
        state.notEntered.append(NotEntered(path: path, kind: kind))
      }
    }
  }

  func account(
    for medium: MediumAccount, completing: @escaping @Sendable (inout MediumAccount) -> Void
  ) {
    state.withLock { $0.media.append((medium, completing)) }
  }

  // MARK: Queries of the scan

  /// The account so far.
  var ledger: Ledger { state.withLock { $0.ledger } }

  var progress: Scan.Progress {
    state.withLock { state in
      Scan.Progress(
        items: state.ledger.seen, bytes: bytesRead.load(ordering: .relaxed),
        findings: state.findings.values.reduce(0, +), restored: state.restored,
        entries: state.entries,
        place: state.place)
    }
  }

  /// Sends the inventory, then the summary; rethrows the errors of sink and journal.
  func finish(_ custody: Custody, seconds: Double) throws -> Summary {
    var (summary, inventory) = state.withLock { state in
      // Release the chunk counters. They hold the image, whose helpers ask this recorder whether
      // the scan was cancelled.
      defer { state.media = [] }
      return (
        Summary(
          ledger: state.ledger, findings: state.findings, notEntered: state.notEntered,
          media: state.media.map { medium in
            var account = medium.account
            medium.completing(&account)
            return account
          },
          wasInterrupted: cancellation.isCancelled, seconds: seconds, custody: custody),
        state.inventory
      )
    }
    let (products, otherFiles) = (inventory?.products ?? [], inventory?.otherFiles ?? [])
    if let journal {
      keep {
        summary.custody.caseFile = try journal.finish(
          ScanEnd(products: products, otherFiles: otherFiles, summary: summary))
      }
    }
    for product in products { pass(on: .product(product)) }
    for file in otherFiles { pass(on: .context(file)) }
    pass(on: .summary(summary))
    output.withLock { $0.isFinished = true }
    if let failure = journalFailure.withLock({ $0 }) { throw failure }
    if let failure = output.withLock({ $0.failure }) { throw failure }
    return summary
  }

  /// Runs a step of the journal; its first error ends the scan.
  private func keep(_ body: () throws -> Void) {
    do { try body() } catch {
      journalFailure.withLock { $0 = $0 ?? error }
      cancellation.cancel()
    }
  }

  private func pass(on record: Record) {
    let hasFailed = output.withLock { output in
      guard output.failure == nil, !output.isFinished else { return false }
      do { try output.sink.receive(record) } catch { output.failure = error }
      return output.failure != nil
    }
    if hasFailed { cancellation.cancel() }
  }
}

extension Recorder.State {
  fileprivate mutating func add(_ finding: Finding, isFirstPath: Bool) {
    inventory?.add(finding)
    if isFirstPath { findings[finding.attribution.confidence, default: 0] += 1 }
  }
}
