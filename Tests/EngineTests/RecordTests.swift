import Bytes
import Catalogue
import Engine
import Evidence
import Findings
import TestSupport
import Testing

/// Records of installed software, scanned together with rules.
@Suite struct RecordTests {
  private let hive = TraceFixture.samples("installed")[0]

  private func rules(_ text: String) throws -> RuleSet {
    var set = try ruleSet(text)
    set.profile = .kaspersky
    set.readsTraces = true
    return set
  }

  @Test func aRuleAndTheRecordsAreOneFinding() throws {
    let sink = RecordingSink()
    let source = MemorySource(name: "SOFTWARE", bytes: try hive.bytes)
    let summary = try Scan(
      [source], with: try rules(#"rule hive { condition: uint32(0) == 0x66676572 }"#)
    ).run(sink: sink)
    #expect(summary.ledger.matched == 1)
    #expect(summary.ledger.seen == 1)
    let finding = try #require(sink.findings.first)
    #expect(sink.findings.count == 1)
    #expect(
      finding.matches.map(\.rule) == [
        "hive", "kaspersky_windows_registry_software", "kaspersky_windows_registry_settings",
      ])
    #expect(finding.attribution.rule == "kaspersky_windows_registry_software")
    #expect(finding.attribution.confidence == .claimed)
    #expect(finding.traces.count == 9)
  }

  @Test func aHiveThatIsLargerThanTheMemoryIsSkippedNeverClean() throws {
    let bytes = try hive.bytes
    var options = ScanOptions()
    options.reading.bufferCapacity = 4096
    options.reading.memoryBudget = bytes.count - 1
    let source = ReaderSource(name: "SOFTWARE", size: UInt64(bytes.count)) { buffer, offset in
      let piece = bytes[Int(offset)...].prefix(buffer.count)
      buffer.copyBytes(from: piece)
      return piece.count
    }
    let sink = RecordingSink()
    let summary = try Scan(
      [source], with: try rules("rule nothing { condition: filesize == 1 }"), options: options
    ).run(sink: sink)
    #expect(summary.ledger.skipped == [.tooLarge: 1])
    #expect(summary.ledger.seen == 1)
    #expect(sink.findings.isEmpty)
  }

  @Test func oneLargerThanTheGivenLimitIsSkippedOnce() throws {
    var options = ScanOptions()
    options.maximumSize = 100
    let sink = RecordingSink()
    let source = MemorySource(name: "SOFTWARE", bytes: try hive.bytes)
    let summary = try Scan([source], with: try rules(needle), options: options).run(sink: sink)
    #expect(summary.ledger.skipped == [.tooLarge: 1])
    #expect(sink.findings.isEmpty)
    #expect(sink.problems.count == 1)
  }

  @Test func rulesOfOnesOwnReadNothing() throws {
    let source = MemorySource(name: "SOFTWARE", bytes: try hive.bytes)
    let summary = try Scan([source], with: try ruleSet(needle)).run(sink: RecordingSink())
    #expect(summary.ledger.clean == 1)
  }
}
