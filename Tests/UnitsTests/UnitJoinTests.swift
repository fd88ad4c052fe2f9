import Bytes
import Evidence
import Findings
import Profiles
import Results
import TestSupport
import Testing

@testable import Units

/// The results of units as those of one scan.
@Suite struct UnitJoinTests {
  private let files: UnitFiles

  init() throws { files = try UnitFiles() }

  private func drained(_ join: inout UnitJoin) throws -> (lines: [String], summary: Summary) {
    var lines = [String]()
    let summary = try join.drain { lines.append($0) }
    return (lines, summary)
  }

  @Test func unitsInAnyOrderAreTheWhole() throws {
    var results = [[String]]()
    for order in [[0, 1], [1, 0]] {
      var join = UnitJoin(ProductNames())
      for number in order {
        try join.add(try #require(try files.result(number))) { Issue.record("\($0)") }
      }
      #expect(join.counts.joined == 2 && join.counts.missing == 0 && join.missing(9).isEmpty)
      #expect(join.counts.findings == 2)
      let (lines, summary) = try drained(&join)
      #expect(summary.ledger.matched == 2 && summary.findings == [.strong: 2])
      #expect(summary.seconds == 3 && !summary.wasInterrupted)
      // The custody of the first unit, with the first start and the last end.
      #expect(summary.custody.commandLine == ["unit 0"])
      #expect(summary.custody.start.seconds == 100 && summary.custody.end.seconds == 201)
      #expect(summary.custody.evidence == files.plan.header.evidence)
      results.append(lines)
    }
    #expect(results[0] == results[1] && results[0].count == 3)
  }

  @Test func aMissingUnitMakesTheWholeIncomplete() throws {
    var join = UnitJoin(ProductNames())
    try join.add(try #require(try files.result(1))) { Issue.record("\($0)") }
    #expect(join.counts.missing == 1 && join.missing(9) == [0] && join.missing(0).isEmpty)
    #expect(try drained(&join).summary.wasInterrupted)
  }

  @Test func eachUnitCountsOnce() throws {
    var join = UnitJoin(ProductNames())
    for _ in 0..<3 { try join.add(try #require(try files.result(0))) { Issue.record("\($0)") } }
    #expect(join.counts.joined == 1 && join.counts.duplicates == 2)
    #expect(try drained(&join).summary.ledger.matched == 1)
  }

  @Test func aDamagedResultCountsNothing() throws {
    var join = UnitJoin(ProductNames())
    let infinite = try files.end(0).replacing(#""seconds":1.5"#, with: #""seconds":-1"#)
    let many = try files.end(0) { end in
      for index in 0..<1001 { end.ledger["x\(index)"] = 1 }
    }
    let two = try files.end(0) { $0.custody.evidence.append($0.custody.evidence[0]) }
    var words = [String]()
    for end in [infinite, many, two, ResultLines.finding] {
      let lines = [try files.header(0), ResultLines.finding, end]
      try join.add(try #require(try UnitResult(try files.write(lines)))) { words.append($0) }
    }
    #expect(join.counts.damaged == 4 && join.counts.joined == 0 && join.counts.findings == 0)
    #expect(words.count(where: { $0.contains("its counts are impossible") }) == 3)
    // Another file of the same unit replaces them.
    try join.add(try #require(try files.result(0))) { Issue.record("\($0)") }
    #expect(join.counts.joined == 1 && join.counts.findings == 1)
  }

  @Test func countsFromOutsideDoNotOverflow() throws {
    var join = UnitJoin(ProductNames())
    for number in 0..<2 {
      let end = try files.end(number) {
        $0.ledger["matched"] = .max
        $0.findings["strong"] = .max
      }
      let lines = [try files.header(number), end]
      try join.add(try #require(try UnitResult(try files.write(lines)))) { Issue.record("\($0)") }
    }
    let summary = try drained(&join).summary
    #expect(summary.ledger.matched == 1 << 55 && summary.findings == [.strong: 1 << 55])
  }

  @Test func resultsOfAnotherPlanAreRefused() throws {
    var join = UnitJoin(ProductNames())
    try join.add(try #require(try files.result(0))) { Issue.record("\($0)") }
    let id = files.plan.header.id
    for (old, new) in [(id, String(id.reversed())), (#""of":2"#, #""of":3"#)] {
      let lines = [try files.header(1).replacing(old, with: new), try files.end(1)]
      let other = try #require(try UnitResult(try files.write(lines)))
      let error = #expect(throws: ResultError.self) { try join.add(other) { _ in } }
      #expect(error?.problem.contains("another plan") == true)
    }
    #expect(join.counts.joined == 1)
  }
}
