import Bytes
import Engine
import Evidence
import Files
import Findings
import Foundation
import Synchronization
import TestSupport
import Testing
import Yara

/// A rule set from one text.
func ruleSet(_ text: String) throws -> RuleSet {
  try RuleSet([RuleSet.Text(name: "test", bytes: Array(text.utf8))])
}

let needle = #"rule needle { strings: $a = "needle" condition: $a }"#

@Suite struct ScanTests {
  @Test func bytesInMemoryAreScanned() throws {
    let sink = RecordingSink()
    let source = MemorySource([
      ("one", Array("a needle".utf8)), ("two", Array("hay".utf8)), ("empty", []),
    ])
    let summary = try Scan([source], with: try ruleSet(needle)).run(sink: sink)
    #expect(sink.findings.map(\.locator.path) == ["one"])
    let string = sink.findings[0].matches[0].strings[0]
    #expect(string.offset == 2)
    #expect(string.data == Array("needle".utf8))
    #expect(sink.findings[0].size == 8)
    #expect(summary.ledger.seen == 3)
    #expect(summary.ledger.clean == 2)
    #expect(summary.isComplete)
    #expect(summary.custody.evidence.map(\.kind) == [.memory, .memory, .memory])
    #expect(sink.summaries == [summary])
  }

  @Test func contentBehindACallbackIsReadWhole() throws {
    let content = Array(repeating: UInt8(ascii: "."), count: 3_000_000) + Array("needle".utf8)
    let source = ReaderSource(name: "remote", size: UInt64(content.count)) { buffer, offset in
      // A slow reader. Returning fewer bytes than requested would end the content early, so it
      // fills the request.
      let piece = content[Int(offset)...].prefix(buffer.count)
      buffer.copyBytes(from: piece)
      return piece.count
    }
    let sink = RecordingSink()
    try Scan([source], with: try ruleSet(needle)).run(sink: sink)
    #expect(sink.findings.map { $0.matches[0].strings[0].offset } == [3_000_000])
  }

  @Test func aCallbackThatFailsIsAFailedItem() throws {
    let source = ReaderSource(name: "remote", size: 10) { _, _ throws(ItemProblem) in
      throw ItemProblem(.unreadable, "the store is away")
    }
    let sink = RecordingSink()
    let summary = try Scan([source], with: try ruleSet(needle)).run(sink: sink)
    #expect(sink.problems.map(\.cause.message) == ["the store is away"])
    #expect(summary.ledger.failed == [.unreadable: 1])
    #expect(!summary.isComplete)
  }

  @Test func aCallbackThatEndsEarlyIsNotClean() throws {
    let source = ReaderSource(name: "remote", size: 10) { _, _ in 4 }
    let summary = try Scan([source], with: try ruleSet(needle)).run(sink: RecordingSink())
    #expect(summary.ledger.failed == [.truncated: 1])
    #expect(summary.ledger.clean == 0)
  }

  @Test(arguments: [(1, 1), (1, 1024), (4, 1), (8, 2)])
  func everyItemHasOneOutcomeWhateverTheJobsAndTheQueue(_ jobs: Int, _ capacity: Int) throws {
    let folder = try TemporaryDirectory()
    for number in 0..<300 {
      try folder.write(number % 7 == 0 ? "needle \(number)" : "hay", to: "\(number % 10)/\(number)")
    }
    var options = ScanOptions()
    options.jobs = jobs
    options.queueCapacity = capacity
    let sink = RecordingSink()
    let summary = try Scan([FileSource([folder.raw])], with: try ruleSet(needle), options: options)
      .run(sink: sink)
    #expect(summary.ledger.seen == 300)
    #expect(summary.ledger.matched == 43)
    #expect(summary.ledger.clean == 257)
    #expect(Set(sink.findings.map(\.locator.path)).count == 43)
  }

  @Test func largeItemsAreSkippedAndListedNeverClean() throws {
    let sink = RecordingSink()
    var options = ScanOptions()
    options.maximumSize = 5
    let source = MemorySource([("big", Array("needle".utf8)), ("small", Array("hay".utf8))])
    let summary = try Scan([source], with: try ruleSet(needle), options: options).run(sink: sink)
    #expect(sink.problems.map(\.locator.path) == ["big"])
    #expect(sink.problems.map(\.cause.reason) == [.tooLarge])
    #expect(summary.ledger.skipped == [.tooLarge: 1])
    #expect(summary.ledger.clean == 1)
    #expect(summary.ledger.bytesPresent == 9)
    #expect(summary.ledger.bytesRead == 3)
    #expect(!summary.isComplete)
  }

  @Test func anItemThatTakesTooLongFails() throws {
    var options = ScanOptions()
    options.timeout = 1
    let slow = #"rule slow { condition: for all i in (0..100000000000) : (uint8(i % 7) < 256) }"#
    let sink = RecordingSink()
    let summary = try Scan(
      [MemorySource(name: "x", bytes: Array("0123456789".utf8))], with: try ruleSet(slow),
      options: options
    ).run(sink: sink)
    #expect(sink.problems.map(\.cause.reason) == [.timedOut])
    #expect(summary.ledger.failed == [.timedOut: 1])
  }

  @Test(.enabled(if: Library.semantics == .v42, "an error of libyara 4.2.3 only"))
  func aRuleThatMakesLibyaraFailIsAFailedItem() throws {
    // `#a in (..)` with a lower bound other than 0 is an internal error of libyara 4.2.3.
    let broken = #"rule b { strings: $a = "needle" condition: #a in (1..5) == 1 }"#
    let summary = try Scan(
      [MemorySource(name: "x", bytes: Array("needle".utf8))], with: try ruleSet(broken)
    ).run(sink: RecordingSink())
    #expect(summary.ledger.failed == [.engine: 1])
  }

  @Test func findingsCarryHashesOfTheWholeContent() throws {
    let sink = RecordingSink()
    try Scan(
      [MemorySource(name: "x", bytes: Array("abc".utf8))],
      with: try ruleSet("rule any_item { condition: true }")
    ).run(sink: sink)
    // RFC 1321 and FIPS 180-4, examples for "abc".
    let digest = try #require(sink.findings.first?.digest)
    #expect(Hexadecimal.text(of: digest.md5) == "900150983cd24fb0d6963f7d28e17f72")
    #expect(Hexadecimal.text(of: digest.sha1) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    #expect(
      Hexadecimal.text(of: digest.sha256)
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func aSinkThatFailsStopsTheScan() throws {
    let items = (0..<1000).map { (RawPath("\($0)"), Array("needle".utf8)) }
    let sink = RecordingSink(failAfter: 3)
    let scan = Scan(
      [MemorySource(items.map { (name: $0.0, bytes: $0.1) })], with: try ruleSet(needle))
    #expect(throws: RecordingSink.Failure.self) { try scan.run(sink: sink) }
    #expect(sink.records.count == 4, "nothing is passed on after a failure")
  }

  @Test func progressIsTheLedgerInTheEnd() throws {
    let scan = Scan(
      [MemorySource([("a", Array("needle".utf8)), ("b", [])])], with: try ruleSet(needle))
    #expect(scan.progress.items == 0)
    try scan.run(sink: RecordingSink())
    #expect(scan.progress.items == 2)
    #expect(scan.progress.bytes == 6)
    #expect(scan.progress.findings == 1)
  }
}
