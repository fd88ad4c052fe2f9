import Bytes
import Cases
import Engine
import Evidence
import Findings
import Foundation
import TestSupport
import Testing

/// A case of millions of items takes memory for the items of a batch while it is written, and eight bytes an item
/// while it resumes.
@Suite struct CaseMemoryTests {
  private struct NoContent: ItemContent {
    func open() throws(ItemProblem) -> any OpenContent {
      throw ItemProblem(.vanished, "never there")
    }
  }

  private func locator(_ index: Int) -> Locator {
    Locator(
      evidence: "/evidence",
      path: RawPath("/evidence/folder-\(index / 500)/a file with a name \(index)"))
  }

  private var scan: CaseScan {
    CaseScan(
      evidence: [
        CaseEvidence(
          EvidenceDescription(name: "/evidence", kind: .directory, size: nil), place: "/evidence")
      ], settings: [("option", "value")], ruleSets: [RuleSetRecord(name: "rules", sha256: "00")],
      tool: "test", libraries: [:], commandLine: ["test"], host: "host", user: "user", folder: "/")
  }

  private static var residentBytes: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") } ?? ""
    return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
  }

  /// `TRAWL_CASE_ITEMS` is 5 million in `scripts/nightly`, where nothing else runs in this process: it checks the
  /// bounds; this test checks the answers.
  @Test func memoryDoesNotGrowWithTheItems() throws {
    let wanted = ProcessInfo.processInfo.environment["TRAWL_CASE_ITEMS"].flatMap { Int($0) }
    let count = wanted ?? 20_000
    let folder = try TemporaryDirectory()
    let file = RawPath(folder.path + "/scan.case")
    var peak = 0
    let before = Self.residentBytes
    do {
      let writer = try CaseWriter(file, scan)
      let earlier = try writer.resume()
      #expect(earlier.items == 0)
      for index in 0..<count {
        var entry = ItemEntry(locator: locator(index))
        entry.outcome = .clean
        entry.size = UInt64(index)
        entry.ledger.enter(.clean)
        try writer.record(entry)
        if index % 50_000 == 0 { peak = max(peak, Self.residentBytes) }
      }
      writer.close()
    }
    let written = max(peak, Self.residentBytes) - before
    let writer = try CaseWriter(file, scan)
    let earlier = try writer.resume()
    // Items of the unfinished batch are scanned again.
    #expect(earlier.items <= count && earlier.items >= count - 4096)
    #expect(earlier.ledger.clean == earlier.items)
    var recorded = 0
    for index in 0..<count {
      let item = Item(locator: locator(index), content: NoContent())
      if try writer.isRecorded(item) { recorded += 1 }
      if index % 50_000 == 0 { peak = max(peak, Self.residentBytes) }
    }
    #expect(recorded == earlier.items)
    // Each is recorded once.
    let first = Item(locator: locator(0), content: NoContent())
    #expect(try !writer.isRecorded(first))
    let resumed = max(peak, Self.residentBytes) - before
    writer.close()
    guard wanted != nil else { return }
    print(
      "a case of \(count) items: \(written) bytes while it is written, \(resumed) while it resumes")
    #expect(written <= 100_000_000)
    #expect(resumed <= 100_000_000 + 16 * count)
  }
}
