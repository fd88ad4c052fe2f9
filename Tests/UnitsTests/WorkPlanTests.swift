import Bytes
import Results
import TestSupport
import Testing

@testable import Units

/// Plans, written and read: one that was changed or cut off is refused.
@Suite struct WorkPlanTests {
  private let files: UnitFiles

  init() throws { files = try UnitFiles() }

  private func problem(_ lines: [String]) throws -> String {
    let path = try files.write(lines)
    let error = #expect(throws: ResultError.self) { try WorkPlan(path) }
    return error?.problem ?? ""
  }

  @Test func aPlanIsReadAsItWasWritten() throws {
    let found = try WorkPlan(try files.write(try files.planLines()))
    #expect(found == files.plan)
    #expect(found.units.map(\.number) == [0, 1] && found.header.units == 2)
    #expect(found.header.bytes == 10 && found.header.items == 3)
    #expect(Set(found.units.map(\.id) + [found.header.id]).count == 3)
  }

  @Test func anIdentifierDependsOnWhatTheResultDependsOn() throws {
    var header = files.plan.header
    header.options["exclude"] = ["/e/x"]
    let other = try WorkPlan(header, files.plan.units)
    #expect(other.units[0].id != files.plan.units[0].id && other.header.id != files.plan.header.id)
    // Not on the other units of its plan.
    let alone = try WorkPlan(files.plan.header, [files.plan.units[0]])
    #expect(alone.units[0].id == files.plan.units[0].id && alone.header.id != files.plan.header.id)
  }

  @Test func changesAreRefused() throws {
    let lines = try files.planLines()
    for (old, new) in [
      (#""bytes":4"#, #""bytes":5"#), ("/e/m", "/e/n"), (#""number":0"#, #""number":1"#),
      (#""items":3"#, #""items":4"#), ("4.2.3", "4.2.4"),
    ] {
      let changed = lines.map { $0.replacing(old, with: new) }
      #expect(changed != lines, "\(old)")
      #expect(try problem(changed).contains("changed after trawl plan made it"), "\(old)")
    }
    #expect(try problem([lines[0], lines[2], lines[1]]).contains("changed"))
  }

  @Test func plansThatAreCutOrHaveMoreAreRefused() throws {
    let lines = try files.planLines()
    #expect(try problem([]).contains("it is empty"))
    #expect(try problem([lines[0]]).contains("0 of 2 units"))
    #expect(try problem([lines[0], lines[1]]).contains("1 of 2 units"))
    #expect(try problem(lines + [lines[2]]).contains("more units"))
  }

  @Test func otherLinesAreRefused() throws {
    let lines = try files.planLines()
    #expect(try problem([lines[1], lines[0]]).contains("line 1 is no plan"))
    #expect(try problem([lines[0], lines[0]]).contains("line 2 is no unit"))
    #expect(try problem(["", lines[1]]).contains("line 1"))
    #expect(try problem(["{", lines[1]]).contains("line 1"))
    #expect(
      try problem([lines[0].replacing(#""schema":1"#, with: #""schema":2"#)]).contains("line 1"))
    #expect(
      try problem([lines[0].replacing(#""tool":"trawl""#, with: #""tool":7"#)]).contains("line 1"))
    for units in ["-1", "1048577", "9223372036854775807"] {
      let changed = lines[0].replacing(#""units":2"#, with: #""units":"# + units)
      #expect(try problem([changed]).contains("more than 1048576 units"), "\(units)")
    }
  }
}
