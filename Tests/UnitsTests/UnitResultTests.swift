import Bytes
import Results
import TestSupport
import Testing

@testable import Units

/// Results of units, which come from other machines.
@Suite struct UnitResultTests {
  private let files: UnitFiles

  init() throws { files = try UnitFiles() }

  private func result(_ lines: [String]) throws -> UnitResult? {
    try UnitResult(try files.write(lines))
  }

  @Test func linesThatCountArePassedOn() throws {
    let found = try #require(
      try result([
        try files.header(1), ResultLines.finding, ResultLines.product, ResultLines.context,
        ResultLines.problem, ResultLines.summary, try files.end(1),
      ]))
    #expect(found.header.number == 1 && found.header.of == 2 && found.header.ranks == [1])
    #expect(
      found.header.plan == files.plan.header.id && found.header.unit == files.plan.units[1].id)
    var words = [String]()
    try found.read { line in
      switch line {
      case .record(let entry):
        if case .finding = entry.record { words.append("finding") } else { words.append("problem") }
      case .piece: words.append("piece")
      case .end(let end): words.append("end \(end.seconds)")
      }
    }
    #expect(words == ["finding", "problem", "end 1.5"] && found.isComplete)
  }

  @Test func otherFilesAreNone() throws {
    for lines in [[], ["text"], [ResultLines.summary], try files.planLines()] {
      #expect(try result(lines) == nil)
    }
  }

  @Test func headersWithImpossibleNumbersAreErrors() throws {
    let header = try files.header(1)
    for (old, new) in [
      (#""number":1"#, #""number":2"#), (#""number":1"#, #""number":-1"#), (#""of":2"#, #""of":1"#),
      (#""of":2"#, #""of":0"#), (#""of":2"#, #""of":1048577"#), (#""ranks":[1]"#, #""ranks":[-1]"#),
      (#""ranks":[1]"#, #""ranks":7"#), (#""number":1"#, #""number":99999999999999999999"#),
    ] {
      let changed = header.replacing(old, with: new)
      #expect(changed != header, "\(old)")
      #expect(throws: ResultError.self, "\(new)") { try result([changed]) }
    }
  }

  @Test func aResultEndsWithItsEndOnce() throws {
    let (header, end) = (try files.header(0), try files.end(0))
    let cut = try #require(try result([header, ResultLines.finding]))
    let error = #expect(throws: ResultError.self) { try cut.read { _ in } }
    #expect(error?.problem == "it was cut off" && !cut.isComplete)
    let twice = try #require(try result([header, end, end]))
    #expect(throws: ResultError.self) { try twice.read { _ in } }
  }

  @Test func linesThatCannotBeUnderstoodAreErrors() throws {
    let (header, end) = (try files.header(0), try files.end(0))
    let lines = [
      "{", "", #"{"schema":1,"type":"later"}"#, #"{"schema":1,"type":"piece"}"#,
      #"{"schema":1,"type":"part_end"}"#, #"{"schema":2,"type":"finding"}"#,
      ResultLines.finding.replacing(#""size":3"#, with: #""size":"x""#),
    ]
    for line in lines {
      let damaged = try #require(try result([header, line, end]))
      let error = #expect(throws: ResultError.self) { try damaged.read { _ in } }
      #expect(error?.problem == "line 2 cannot be understood", "\(line)")
    }
  }
}
