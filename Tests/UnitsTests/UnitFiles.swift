import Bytes
import Evidence
import Findings
import Foundation
import TestSupport

@testable import Units

/// A plan of two units, and results of its units, as lines.
struct UnitFiles {
  let folder: TemporaryDirectory
  let plan: WorkPlan

  init() throws {
    folder = try TemporaryDirectory()
    let evidence = ["/e/a", "/e/b"].map { name in
      EvidenceDescription(name: name, kind: .directory, size: nil)
    }
    let header = PlanHeader(
      tool: "trawl", libraries: ["libyara": "4.2.3"], folder: "/", options: ["target": ["/e"]],
      anchors: [], rules: [RuleSetRecord(name: "built-in", sha256: "00")], evidence: evidence)
    var first = WorkUnit(.files, ranks: [0], bytes: 4)
    first.slice = Slice(until: "/e/m")
    var second = WorkUnit(.files, ranks: [1], bytes: 6)
    second.slice = Slice(from: "/e/m")
    second.items = 3
    plan = try WorkPlan(header, [first, second])
  }

  /// The lines of the plan.
  func planLines() throws -> [String] {
    var lines = [String]()
    try plan.write { lines.append(String($0.dropLast())) }
    return lines
  }

  /// The end of a unit's result with these counts, over a second each.
  func end(
    _ number: Int, matched: UInt64 = 1, seconds: Double = 1.5,
    _ change: (inout PartEnd) -> Void = { _ in }
  ) throws -> String {
    var ledger = Ledger()
    for _ in 0..<matched { ledger.enter(.matched) }
    let start = Timestamp(seconds: 100 + Int64(number), nanoseconds: 0)
    let custody = Custody(
      tool: "trawl", libraries: [:], ruleSets: [], commandLine: ["unit \(number)"], host: "h",
      start: start, end: Timestamp(seconds: 200 + Int64(number), nanoseconds: 0),
      evidence: [plan.header.evidence[number]])
    var end = PartEnd(
      Summary(
        ledger: ledger, findings: [.strong: Int(matched)], notEntered: [], wasInterrupted: false,
        seconds: seconds, custody: custody))
    change(&end)
    return try UnitLine.text(PartLine.end, end)
  }

  /// The first line of a unit's result.
  func header(_ number: Int) throws -> String {
    try UnitLine.text(PartLine.header, PartHeader(plan.header, plan.units[number]))
  }

  /// Writes a file of lines.
  func write(_ lines: [String], to name: String = "file") throws -> RawPath {
    RawPath(try folder.write(lines.map { $0 + "\n" }.joined(), to: name))
  }

  /// The result of a unit with a finding.
  func result(_ number: Int) throws -> UnitResult? {
    try UnitResult(
      try write([try header(number), ResultLines.finding, try end(number)], to: "unit\(number)"))
  }
}
