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
