import Bytes
import Evidence
import Findings
import Testing

/// The order of confidences, and the findings that count from one on.
@Suite struct ConfidenceTests {
  @Test func confidenceIsOrdered() {
    #expect(Confidence.allCases == Confidence.allCases.sorted())
    #expect(Confidence.weak < .claimed)
    #expect(Confidence.strong < .confirmed)
  }

  @Test(arguments: [
    (Confidence?.some(.weak), Confidence.claimed, false), (.claimed, .claimed, true),
    (.strong, .claimed, true), (nil, .confirmed, true), (.strong, .confirmed, false),
    (.weak, .weak, true),
  ])
  func exitStatusCountsFindingsFromAConfidenceOn(
    _ stated: Confidence?, _ least: Confidence, _ counts: Bool
  ) {
    let summary = Summary(
      ledger: Ledger(), findings: [stated: 1], notEntered: [], wasInterrupted: false, seconds: 0,
      custody: Custody(
        tool: "", libraries: [:], ruleSets: [], commandLine: [], host: "", start: .now, end: .now,
        evidence: []))
    #expect(summary.hasFinding(atLeast: least) == counts)
  }
}
