import Bytes
import Evidence
import Findings
import Identity
import Locks

/// Keeps the account of one scan and passes its records on: the one place from which a sink is called.
final class Recorder: Sendable {
  private struct State {
    var ledger = Ledger()
    var findings: [Confidence?: Int] = [:]
    var notEntered: [NotEntered] = []
    var media: [(account: MediumAccount, chunks: @Sendable () -> MediumChunks?)] = []
    var inventory = Inventory()
  }
  private let state = Locked(State())

  /// The sink under a lock of its own: a slow one must not hold up the account.
  private struct Output {
    let sink: any RecordSink
    var failure: (any Error)?
  }
  private let output: Locked<Output>
  private let cancellation: Cancellation

  /// At most so many places are listed in the summary; their number is exact all the same.
  private let maximumNotEntered = 1000

  init(sink: any RecordSink, cancellation: Cancellation) {
    output = Locked(Output(sink: sink))
    self.cancellation = cancellation
  }

  // MARK: What workers and sources say

  /// Enters an item that was scanned whole and matched nothing.
  func enterClean(at locator: Locator) {
    // Looked at outside of the lock, which every worker needs.
    let isNoted = Inventory.isNoteworthy(locator)
    state.withLock { state in
      state.ledger.enter(.clean)
      if isNoted { state.inventory.note(clean: locator) }
    }
  }

  func enter(_ outcome: Outcome) { state.withLock { $0.ledger.enter(outcome) } }

  func enter(_ problem: ItemProblem, at locator: Locator) {
    enter(.notScanned(problem.reason))
    pass(on: .problem(Problem(locator: locator, cause: problem)))
  }

  /// Passes on a problem of an item that matched all the same: it has its outcome, and is incomplete.
  func note(_ problem: ItemProblem, at locator: Locator) {
    state.withLock { $0.ledger.countPartial() }
    pass(on: .problem(Problem(locator: locator, cause: problem)))
  }

  func count(present: UInt64, read: UInt64) {
    state.withLock { $0.ledger.count(present: present, read: read) }
  }

  func countVerification(isDifferent: Bool) {
    state.withLock { $0.ledger.countVerification(isDifferent: isDifferent) }
  }

  func count(_ way: Ledger.Way) { state.withLock { $0.ledger.count(way) } }

  func ignore(_ kind: IgnoredKind, at path: RawPath?) {
    state.withLock { state in
      state.ledger.ignore(kind)
      if let path, state.notEntered.count < maximumNotEntered {
        state.notEntered.append(NotEntered(path: path, kind: kind))
      }
    }
  }

  func account(for medium: MediumAccount, chunks: @escaping @Sendable () -> MediumChunks?) {
    state.withLock { $0.media.append((medium, chunks)) }
  }

  /// Reports a finding; `isFirstPath` is false for further paths of a content already counted.
  func report(_ finding: Finding, isFirstPath: Bool) {
    state.withLock { state in
      state.inventory.add(finding)
      if isFirstPath { state.findings[finding.attribution.confidence, default: 0] += 1 }
    }
    pass(on: .finding(finding))
  }

  // MARK: What the scan asks

  var progress: Scan.Progress {
    state.withLock { state in
      Scan.Progress(
        items: state.ledger.seen, bytes: state.ledger.bytesRead,
        findings: state.findings.values.reduce(0, +))
    }
  }

  /// The inventory, then the summary; throws what the sink threw.
  func finish(_ custody: Custody, seconds: Double) throws -> Summary {
    let (summary, inventory) = state.withLock { state in
      // What counts chunks holds the image, whose helpers ask this recorder whether the scan was cancelled.
      defer { state.media = [] }
      return (
        Summary(
          ledger: state.ledger, findings: state.findings, notEntered: state.notEntered,
          media: state.media.map { medium in
            var account = medium.account
            account.chunks = medium.chunks()
            return account
          },
          wasInterrupted: cancellation.isCancelled, seconds: seconds, custody: custody),
        state.inventory
      )
    }
    for product in inventory.products { pass(on: .product(product)) }
    for file in inventory.otherFiles { pass(on: .context(file)) }
    pass(on: .summary(summary))
    if let failure = output.withLock({ $0.failure }) { throw failure }
    return summary
  }

  private func pass(on record: Record) {
    let hasFailed = output.withLock { output in
      guard output.failure == nil else { return false }
      do { try output.sink.receive(record) } catch { output.failure = error }
      return output.failure != nil
    }
    if hasFailed { cancellation.cancel() }
  }
}
