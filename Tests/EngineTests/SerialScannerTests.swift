import Bytes
import Engine
import Evidence
import Files
import Findings
import Foundation
import Locks
import TestSupport
import Testing

/// Scanners that work on the caller's thread.
@Suite struct SerialScannerTests {
  @Test func aScannerFindsWhatAScanFinds() throws {
    let rules = try ruleSet(needle)
    let scanner = try SerialScanner(rules)
    let texts = ["a needle", "hay", "", String(repeating: "hay", count: 1 << 20) + "needle"]
    for (number, text) in texts.enumerated() {
      let bytes = Array(text.utf8)
      let result = scanner.scan(bytes.span.bytes, name: "item")
      let sink = RecordingSink()
      try Scan([MemorySource(name: "item", bytes: bytes)], with: rules).run(sink: sink)
      #expect(result.finding == sink.findings.first, "item \(number)")
      #expect(result.outcome == (sink.findings.isEmpty ? .clean : .matched), "item \(number)")
      #expect(result.locator.path == "item" && result.problems.isEmpty)
    }
    #expect(scanner.ledger.matched == 2 && scanner.ledger.clean == 2)
  }

  @Test func filesOfADirectoryAreScannedOneAtATime() throws {
    let folder = try TemporaryDirectory()
    for number in 0..<100 {
      _ = try folder.write(number < 7 ? "needle" : "hay", to: "\(number % 5)/\(number)")
    }
    let scanner = try SerialScanner(ruleSet(needle))
    var outcomes: [Outcome: Int] = [:]
    scanner.scan(FileSource([folder.raw, "/no/such/file"])) {
      outcomes[$0.outcome, default: 0] += 1
    }
    #expect(outcomes == [.matched: 7, .clean: 93, .notScanned(.missing): 1])
    #expect(scanner.ledger.seen == 101)
  }

  @Test func problemsAreOutcomes() throws {
    var options = ScanOptions()
    options.maximumSize = 3
    let scanner = try SerialScanner(ruleSet(needle), options: options)
    let result = scanner.scan(Array("needle".utf8).span.bytes, name: "item")
    #expect(result.outcome == .notScanned(.tooLarge) && result.finding == nil)
    #expect(result.problems.map(\.cause.reason) == [.tooLarge])
  }

  @Test func aScannerIsStoppedFromAnotherThread() async throws {
    let scanner = try SerialScanner(ruleSet(needle))
    let canceller = scanner.canceller
    let source = ReaderSource(name: "endless", size: 1 << 60) { buffer, offset in
      buffer.initializeMemory(as: UInt8.self, repeating: 1)
      // The source is read by the scanner's thread: nothing else could stop it.
      if offset > 10 << 20 { canceller.cancel() }
      return buffer.count
    }
    var outcomes: [Outcome] = []
    scanner.scan(source) { outcomes.append($0.outcome) }
    #expect(outcomes == [.notScanned(.interrupted)])
    #expect(
      scanner.scan(Array("needle".utf8).span.bytes, name: "item").outcome
        == .notScanned(.interrupted))
    #expect(canceller.isCancelled && scanner.ledger.clean == 0)
  }

  @Test func borrowedMemoryIsKeptUntilTheScanEnds() throws {
    final class Owner: Sendable {
      let hasEnded: @Sendable () -> Void
      init(_ hasEnded: @escaping @Sendable () -> Void) { self.hasEnded = hasEnded }
      deinit { hasEnded() }
    }
    let ends = Ends()
    let bytes = Array("a needle".utf8)
    let sink = RecordingSink()
    try bytes.withUnsafeBytes { bytes in
      let source = MemorySource(name: "item", borrowing: bytes, owner: Owner { ends.add() })
      #expect(source.evidence.map(\.size) == [8])
      try Scan([source], with: ruleSet(needle)).run(sink: sink)
      withExtendedLifetime(source) { #expect(ends.count == 0) }
    }
    #expect(sink.findings.count == 1)
    #expect(ends.count == 1)
  }

  private final class Ends: Sendable {
    private let value = Locked(0)
    func add() { value.withLock { $0 += 1 } }
    var count: Int { value.withLock { $0 } }
  }

  @Test func openFilesAndSparseContentAreItems() throws {
    let folder = try TemporaryDirectory()
    let file = try folder.write("a needle", to: "file")
    let descriptor = open(file, O_RDONLY)
    defer { close(descriptor) }
    let reads = Locked(UInt64(0))
    let sparse = ReaderSource(
      name: "sparse", size: 1 << 40, zeros: { _ in .max },
      read: { buffer, _ in
        reads.withLock { $0 += UInt64(buffer.count) }
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        return buffer.count
      })
    let sink = RecordingSink()
    let summary = try Scan(
      [DescriptorSource(name: "open", descriptor: descriptor), sparse],
      with: ruleSet(needle)
    ).run(sink: sink)
    #expect(sink.findings.map(\.locator.path) == ["open"])
    #expect(summary.ledger.clean == 1 && summary.isComplete)
    #expect(reads.withLock { $0 } < 4 << 20)
  }
}
