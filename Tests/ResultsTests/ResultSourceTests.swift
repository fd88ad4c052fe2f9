import Bytes
import Results
import TestSupport
import Testing

@Suite struct ResultSourceTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func source(_ text: String) throws -> JSONLinesSource {
    JSONLinesSource(RawPath(try folder.write(text, to: "results.jsonl")))
  }

  private func records(_ text: String) throws -> [ResultRecord] {
    var records = [ResultRecord]()
    try source(text).read { records.append($0.record) }
    return records
  }

  @Test func lineEndsBlankLinesAndAByteOrderMarkDoNotMatter() throws {
    let records = try records("\u{FEFF}\(ResultLines.context)\r\n\n  \n\(ResultLines.problem)")
    #expect(records.count == 2)
    #expect(!records.contains { if case .defect = $0 { true } else { false } })
  }

  @Test func aBadLineIsOneDefectAndTheOthersAreRead() throws {
    let records = try records("\(ResultLines.context)\n{\"schema\":1,\n\(ResultLines.problem)\n")
    #expect(records.count == 3)
    guard case .defect(let defect) = records[1] else {
      Issue.record("\(records[1])")
      return
    }
    #expect(defect.line == 2)
  }

  @Test func aPipeIsRefusedInsteadOfWaitedFor() throws {
    let pipe = folder.path + "/pipe"
    _ = try Subprocess.run("mkfifo", [pipe])
    #expect(throws: ResultError.self) { try JSONLinesSource(RawPath(pipe)).read { _ in } }
    #expect(throws: ResultError.self) { try JSONLinesSource("/nonexistent").read { _ in } }
  }

  @Test func aFolderGivesItsResultsInOrder() throws {
    for name in ["b.jsonl", "a/x.jsonl", "c.txt", ".hidden.jsonl", "d.ndjson"] {
      try folder.write("", to: "in/" + name)
    }
    let root = folder.raw.appending("in")
    #expect(
      try ResultFiles.files(at: [root])
        == ["a/x.jsonl", "b.jsonl", "d.ndjson"].map { root.appending($0) })
    try folder.write("", to: "empty/c.txt")
    #expect(throws: ResultError.self) { try ResultFiles.files(at: [folder.raw.appending("empty")]) }
  }

  @Test func severalScansInOneTextAreSeparated() throws {
    let one = "\(ResultLines.product)\n\(ResultLines.summary)\n"
    let results = try ResultSet([try source(one + one)])
    #expect(results.scans.count == 2)
    #expect(results.isComplete)
    #expect(results.scans.map(\.products.count) == [1, 1])
    #expect(results.endpoints.map(\.name) == ["/e/disk.dd"])
  }

  @Test func resultsWithoutASummaryAreIncomplete() throws {
    #expect(try !ResultSet([try source(ResultLines.finding)]).isComplete)
    #expect(try !ResultSet([try source("")]).isComplete)
    #expect(try ResultSet([try source("")]).scans.count == 1)
    #expect(try !ResultSet([try source("x\n\(ResultLines.summary)")]).isComplete)
    #expect(try ResultSet([try source(ResultLines.summary)]).isComplete)
  }
}
