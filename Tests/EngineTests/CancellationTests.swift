import Bytes
import Engine
import Evidence
import Findings
import Locks
import Synchronization
import TestSupport
import Testing

/// A source that pushes items until it is stopped.
private struct EndlessSource: ItemSource {
  let pushed = Counter()
  var evidence: [EvidenceDescription] { [] }

  func push(to receiver: any ItemReceiver) {
    while !receiver.isCancelled {
      MemorySource(name: "item", bytes: Array("hay".utf8)).push(to: receiver)
      pushed.increment()
    }
  }
}

private final class Counter: Sendable {
  private let value = Atomic<Int>(0)
  func increment() { value.add(1, ordering: .relaxed) }
  var count: Int { value.load(ordering: .relaxed) }
}

/// Cancels a scan at the first record that it receives.
private final class CancellingSink: RecordSink {
  private let scan = Locked<Scan?>(nil)
  let kept = RecordingSink()

  func watch(_ scan: Scan) { self.scan.withLock { $0 = scan } }

  func receive(_ record: Record) throws {
    try kept.receive(record)
    scan.withLock { $0 }?.cancel()
  }
}

@Suite(.prompt) struct CancellationTests {
  @Test func aCancelledScanAnswersWhatItFound() throws {
    let sink = CancellingSink()
    let scan = Scan(
      [MemorySource(name: "first", bytes: Array("needle".utf8)), EndlessSource()],
      with: try ruleSet(needle))
    sink.watch(scan)
    let summary = try scan.run(sink: sink)
    #expect(summary.wasInterrupted)
    #expect(!summary.isComplete)
    #expect(sink.kept.findings.map(\.locator.path) == ["first"])
    #expect(summary.ledger.matched == 1)
    #expect(sink.kept.summaries.count == 1)
  }

  @Test func twoScansAreCancelledSeparately() async throws {
    let rules = try ruleSet(needle)
    let endless = Scan([EndlessSource()], with: rules)
    let other = Scan(
      [MemorySource((0..<500).map { (name: RawPath("\($0)"), bytes: Array("needle".utf8)) })],
      with: rules)
    async let stopped: Summary = runDetached(endless)
    let finished = try other.run(sink: RecordingSink())
    #expect(finished.isComplete)
    #expect(finished.ledger.matched == 500)
    endless.cancel()
    let summary = try await stopped
    #expect(summary.wasInterrupted)
  }

  @Test func aLongScanOfOneItemIsInterrupted() async throws {
    let slow = #"rule slow { condition: for all i in (0..100000000000) : (uint8(i % 7) < 256) }"#
    let sink = RecordingSink()
    let opened = Counter()
    let source = ReaderSource(name: "x", size: 10) { buffer, _ in
      opened.increment()
      return buffer.count
    }
    let scan = Scan([source], with: try ruleSet(slow))
    async let stopped: Summary = runDetached(scan, sink: sink)
    while opened.count == 0 { await Task.yield() }
    scan.cancel()
    let summary = try await stopped
    #expect(summary.ledger.failed == [.interrupted: 1])
    #expect(sink.problems.map(\.cause.reason) == [.interrupted])
  }

  /// Content that is no hole, and larger than any memory: only the sieve reads it, piece by piece.
  private func vast(_ opened: Counter = Counter()) -> ReaderSource {
    ReaderSource(name: "vast", size: 1 << 50) { buffer, _ in
      opened.increment()
      buffer.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "x"))
      return buffer.count
    }
  }

  @Test func theSieveEndsWithTheTimeOutOfAnItem() throws {
    var options = ScanOptions()
    options.timeout = 1
    let sink = RecordingSink()
    let summary = try Scan([vast()], with: try ruleSet(needle), options: options).run(sink: sink)
    #expect(summary.ledger.failed == [.timedOut: 1])
    #expect(sink.problems.map(\.cause.reason) == [.timedOut])
  }

  @Test func theSieveIsInterruptedInTheMiddleOfAnItem() async throws {
    let sink = RecordingSink()
    let opened = Counter()
    let scan = Scan([vast(opened)], with: try ruleSet(needle))
    async let stopped: Summary = runDetached(scan, sink: sink)
    while opened.count < 10 { await Task.yield() }
    scan.cancel()
    let summary = try await stopped
    #expect(summary.wasInterrupted)
    #expect(summary.ledger.failed == [.interrupted: 1])
  }

  private func runDetached(_ scan: Scan, sink: RecordingSink = RecordingSink()) async throws
    -> Summary
  {
    for try await record in scan.records {
      try sink.receive(record)
      if case .summary(let summary) = record { return summary }
    }
    throw RecordingSink.Failure()
  }
}

@Suite(.prompt) struct ScanRecordsTests {
  @Test func recordsComeAsAnAsynchronousSequence() async throws {
    // More records than the channel holds: the scan has to wait for the reader.
    let items = (0..<500).map { (name: RawPath("\($0)"), bytes: Array("needle".utf8)) }
    let scan = Scan([MemorySource(items)], with: try ruleSet(needle))
    var findings = 0
    var summaries = 0
    for try await record in scan.records {
      switch record {
      case .finding: findings += 1
      case .summary: summaries += 1
      case .problem, .product, .context: break
      }
    }
    #expect(findings == 500)
    #expect(summaries == 1)
  }

  @Test func endingTheLoopEarlyEndsTheScan() async throws {
    let source = EndlessSource()
    let scan = Scan(
      [MemorySource(name: "first", bytes: Array("needle".utf8)), source],
      with: try ruleSet(needle))
    for try await record in scan.records {
      if case .finding = record { break }
    }
    // The source stops only when it sees the cancellation.
    var before = -1
    while source.pushed.count != before {
      before = source.pushed.count
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(source.pushed.count == before)
  }
}
