import Bytes
import Evidence
import Findings
import Reports
import Results
import TestSupport
import Testing

@Suite struct ResultEntryTests {
  private func record(_ line: String) -> ResultRecord {
    ResultEntry(line: Array(line.utf8), number: 7).record
  }

  private func defect(_ line: String) -> String? {
    guard case .defect(let defect) = record(line) else { return nil }
    #expect(defect.line == 7)
    return defect.message
  }

  @Test(arguments: ResultLines.examples)
  func everyExampleIsWrittenAsItWasRead(_ line: String) {
    let entry = ResultEntry(line: Array(line.utf8), number: 1)
    #expect(entry.line == line)
    #expect(defect(line) == nil)
  }

  @Test func aFindingHasItsValues() throws {
    guard case .finding(let finding) = record(ResultLines.finding) else {
      Issue.record("no finding")
      return
    }
    #expect(finding.confidence == .strong)
    #expect(finding.locator.path == "/d/klif.sys")
    #expect(finding.locator.stream == "ads")
    #expect(finding.locator.state == .deleted)
    #expect(finding.locator.volume == Volume(index: 1, start: 512, length: 1024, type: "ntfs"))
    #expect(finding.locator.runs == [Run(offset: 4096, length: 3)])
    #expect(finding.times.modified == Timestamp(seconds: 1_505_264_523, nanoseconds: 4))
    #expect(finding.times.created == Timestamp(seconds: -1, nanoseconds: 0))
    #expect(finding.times.areLocal)
    #expect(finding.codeSignatures.map(\.isValid) == [true])
    #expect(finding.matches[0].strings[0].data == [0xAB, 0])
    #expect(finding.traces[0].isActive == true)
  }

  @Test func aPathIsItsExactBytes() {
    guard case .problem(let problem) = record(ResultLines.problem) else {
      Issue.record("no problem")
      return
    }
    #expect(problem.locator.path == RawPath([0x2F, 0x65, 0x2F, 0xFF]))
  }

  /// The report writes what this reader reads: one of the two would have to change alone.
  @Test func recordsOfTheReportAreRead() throws {
    let collector = Collector()
    let report = JSONLinesReport(collector)
    let locator = Locator(
      evidence: "/e", path: RawPath([0x2F, 0x65, 0x2F, 0xC3, 0x28, 0x0A]))
    try report.receive(
      .problem(Problem(locator: locator, cause: ItemProblem(.permissionDenied, "m"))))
    guard case .problem(let problem) = record(String(collector.text.dropLast())) else {
      Issue.record("\(collector.text)")
      return
    }
    #expect(problem.locator == locator)
    #expect(problem.reason == "permission_denied")
  }

  @Test(arguments: [
    ("{}", "no schema"), (#"{"schema":2,"type":"finding"}"#, "schema 2"),
    (#"{"schema":1}"#, "no type"), (#"{"schema":1,"type":"finding"}"#, "no evidence"),
    ("[]", "no schema"), ("nonsense", "not JSON"), (#"{"schema":1,"type":7}"#, "type: not a text"),
  ])
  func aBadLineSaysWhatIsWrong(_ line: String, _ message: String) {
    #expect(defect(line)?.contains(message) == true, "\(defect(line) ?? "no defect")")
  }

  @Test(arguments: [
    (#""size":3"#, #""size":-3"#), (#""size":3"#, #""size":"3""#),
    (#""confidence":"strong""#, #""confidence":"sure""#), (#""state":"deleted""#, #""state":1"#),
    (#""md5":"9"#, #""md5":"Z"#), (#""runs":[[4096,3]]"#, #""runs":[[4096]]"#),
    (#""modified":"2017-09-13T"#, #""modified":"2017-13-13T"#), (#""tags":["t"]"#, #""tags":[1]"#),
    (#""data":"ab00""#, #""data":"ab0""#), (#""volume":{"#, #""volume":[],"x":{"#),
  ])
  func aValueOfTheWrongKindIsNotTakenForAbsent(_ old: String, _ new: String) {
    let line = ResultLines.finding.replacing(old, with: new)
    #expect(line != ResultLines.finding)
    #expect(defect(line) != nil)
  }

  @Test func aTypeOfALaterVersionIsKept() {
    let line = #"{"schema":1,"type":"volume","x":[1]}"#
    #expect(record(line) == .other(type: "volume"))
    #expect(ResultEntry(line: Array(line.utf8), number: 1).line == line)
  }

  @Test func theSummaryHasCustodyAndMedia() {
    guard case .summary(let summary) = record(ResultLines.summary) else {
      Issue.record("no summary")
      return
    }
    #expect(summary.isComplete)
    #expect(summary.items["seen"] == 2)
    #expect(summary.custody.host == "h")
    #expect(summary.custody.end == Timestamp(seconds: 1_505_260_801, nanoseconds: 500_000_000))
    #expect(summary.media[0].parts.map(\.bytes).reduce(0, +) == summary.media[0].size)
    #expect(summary.media[0].verification?.stored == ["MD5": true])
  }
}

final class Collector: TextOutput {
  nonisolated(unsafe) private(set) var text = ""
  func write(_ text: String) throws { self.text += text }
}
