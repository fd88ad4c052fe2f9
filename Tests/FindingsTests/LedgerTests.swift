import Bytes
import Evidence
import Findings
import Testing

@Suite struct LedgerTests {
  @Test func everyOutcomeIsCountedOnceAndTheCountsAddUp() {
    var ledger = Ledger()
    ledger.enter(.matched)
    ledger.enter(.clean)
    ledger.enter(.clean)
    for reason in ItemProblem.Reason.allCases { ledger.enter(.notScanned(reason)) }
    #expect(ledger.matched == 1)
    #expect(ledger.clean == 2)
    #expect(ledger.skippedCount + ledger.failedCount == ItemProblem.Reason.allCases.count)
    #expect(ledger.seen == 3 + ItemProblem.Reason.allCases.count)
    #expect(!ledger.isComplete)
  }

  @Test func whatIsIgnoredIsNoItem() {
    var ledger = Ledger()
    ledger.ignore(.symbolicLinks)
    ledger.ignore(.symbolicLinks)
    #expect(ledger.ignored == [.symbolicLinks: 2])
    #expect(ledger.seen == 0)
    #expect(ledger.isComplete)
  }

  @Test func oneSkippedItemMakesAScanIncomplete() {
    var ledger = Ledger()
    ledger.enter(.clean)
    #expect(ledger.isComplete)
    ledger.enter(.notScanned(.pipe))
    #expect(!ledger.isComplete)
  }
}

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

@Suite struct MatchedStringTests {
  @Test func dataIsCutAtSixtyFourBytes() {
    let string = MatchedString(
      identifier: "$a", offset: 0, length: 100, data: Array(repeating: 1, count: 100))
    #expect(string.data.count == MatchedString.maximumData)
    #expect(string.length == 100)
  }
}
