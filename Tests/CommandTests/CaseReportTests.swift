import Foundation
import TestSupport
import Testing

/// A case as input of `trawl report`, `diff` and `merge`.
@Suite struct CaseReportTests {
  private let folder: TemporaryDirectory
  private let scanCase: String
  private let lines: String

  init() throws {
    folder = try TemporaryDirectory()
    scanCase = folder.path + "/scan.case"
    lines = folder.path + "/scan.jsonl"
    _ = try Command.run(
      "scan", "--case", scanCase, "--format", "jsonl", "-o", lines, ImageFixture.disk)
  }

  /// The lines of a report, sorted.
  private func report(_ input: String, _ format: String) throws -> [String] {
    let result = try Subprocess.run(Command.path, ["report", input, "--format", format])
    #expect(result.status == 0, "\(result.errors)")
    return (format == "csv" ? result.rows : result.lines).sorted()
  }

  @Test(arguments: ["csv", "jsonl", "bodyfile"])
  func aCaseGivesTheReportOfItsLines(_ format: String) throws {
    let expected = try report(lines, format)
    #expect(!expected.isEmpty)
    #expect(try report(scanCase, format) == expected)
  }

  @Test func theComplianceReportPrintsTheHeadOfTheChain() throws {
    let again = try Command.run("scan", "--case", scanCase, "--format", "jsonl", ImageFixture.disk)
    let head = try #require(OutputRecord.all(in: again.lines).last?.custody?.case?.head)
    #expect(try report(scanCase, "compliance").contains { $0.contains(head) })
  }

  @Test func aCaseDiffersInNothingFromItsLines() throws {
    let result = try Subprocess.run(
      Command.path, ["diff", scanCase, lines, "--format", "jsonl", "--products-only"])
    #expect(result.status == 1, "\(result.errors)")
    #expect(!result.text.contains(#""change":"removed""#))
    #expect(!result.text.contains(#""change":"new""#))
  }

  @Test func aCaseAndItsLinesAreOneScanWhenTheyAreMerged() throws {
    let fleet = folder.path + "/fleet.jsonl"
    let result = try Subprocess.run(Command.path, ["merge", scanCase, lines, "-o", fleet])
    #expect(result.errors.contains("2 files: 1 scans, 1 of them duplicates"), "\(result.errors)")
  }
}
