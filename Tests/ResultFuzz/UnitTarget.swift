import Bytes
import Catalogue
import Engine
import Evidence
import Findings
import Foundation
import Profiles
import Results
import TestSupport
import Units

/// Damages plans and results of units, and reads and joins them.
struct UnitTarget {
  private let path: String
  private let lines: [String]
  private let plan: [String]
  private let products = VendorProfile.kaspersky.products
  private(set) var joined = 0

  init() throws {
    path = "\(NSTemporaryDirectory())/unit-fuzz.\(getpid()).jsonl"
    let locator = Locator(
      evidence: "/e/disk.dd",
      volume: Volume(index: 1, start: 512, length: 1024, type: "ntfs", name: nil),
      path: "/Program Files/Kaspersky Lab/P 21/klif.sys", stream: "ads", state: .allocated,
      runs: [Run(offset: 4096, length: 3)])
    var finding = Finding(
      locator: locator, itemID: "1-2", matches: [],
      attribution: Attribution(
        rule: "r", confidence: .strong, vendor: "V", product: "P", productVersion: "21.3",
        version: "21.3.1", component: .driver, platform: "windows", reasons: ["because"]),
      size: 3, digest: Digest(of: [1, 2, 3].span.bytes), inode: "71-128-2",
      times: FileTimes(modified: Timestamp(seconds: 1, nanoseconds: 2), created: .now))
    finding.traces = []
    let header = PlanHeader(
      tool: "trawl", libraries: ["libyara": "4.2.3"], folder: "/", options: ["target": ["/e"]],
      anchors: [], rules: [RuleSetRecord(name: "built-in", sha256: "00")],
      evidence: [EvidenceDescription(name: "/e/disk.dd", kind: .image, size: 10)])
    var unit = WorkUnit(.files, ranks: [0], bytes: 4)
    var slice = Slice(from: "/e/a", until: RawPath([0x2F, 0xFF]))
    slice.with = ["/e/z"]
    unit.slice = slice
    unit.items = 3
    unit.state = "00"
    let work = try WorkPlan(header, [unit])
    var text = [String]()
    try work.write { text.append(String($0.dropLast())) }
    plan = text
    var ledger = Ledger()
    ledger.enter(.matched)
    let custody = Custody(
      tool: "trawl", libraries: [:], ruleSets: [], commandLine: ["trawl"], host: "h", start: .now,
      end: .now, evidence: header.evidence)
    let summary = Summary(
      ledger: ledger, findings: [.strong: 1, nil: 1],
      notEntered: [NotEntered(path: "/proc", kind: .pseudoFileSystems)],
      media: [MediumAccount(evidence: "/e/disk.dd", size: 10)], wasInterrupted: false, seconds: 1,
      custody: custody)
    lines = [
      try UnitLine.text(PartLine.header, PartHeader(work.header, work.units[0])),
      ResultLines.finding, ResultLines.problem,
      try UnitLine.text(PartLine.piece, PartPiece.finding(finding)),
      try UnitLine.text(PartLine.piece, PartPiece.clean(locator)),
      try UnitLine.text(PartLine.end, PartEnd(summary)), ResultLines.summary,
    ]
  }

  /// Reads a damaged plan and joins a damaged result.
  mutating func check(_ damaged: (String) -> [UInt8], at place: Int) throws {
    write(plan, damaged, at: place % plan.count)
    _ = try? WorkPlan(RawPath(path))
    write(lines, damaged, at: place % lines.count)
    guard let result = try? UnitResult(RawPath(path)) else { return }
    var join = UnitJoin(products)
    guard (try? join.add(result, say: { _ in })) != nil else { return }
    var count = 0
    _ = try join.drain { line in
      count += 1
      if case .defect(let defect) = ResultEntry(line: Array(line.utf8), number: count).record {
        preconditionFailure("joined a defect: \(defect.message): \(line)")
      }
    }
    if join.counts.joined == 1 { joined += 1 }
  }

  private func write(_ lines: [String], _ damaged: (String) -> [UInt8], at place: Int) {
    var bytes = [UInt8]()
    for (rank, line) in lines.enumerated() {
      bytes += rank == place ? damaged(line) : Array(line.utf8)
      bytes.append(UInt8(ascii: "\n"))
    }
    // A file that is truncated would be flushed to the disk.
    unlink(path)
    guard let file = fopen(path, "we") else { return }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  func close() { unlink(path) }
}
