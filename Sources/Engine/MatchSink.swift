import Evidence
import Findings
import Glibc
import Yara

/// The sink of a scan that only finds matching rules: the receiver gets libyara's answer unchanged.
struct MatchSink: OutcomeSink {
  private let scan: MatchContext

  init(_ scan: MatchContext) { self.scan = scan }

  static var scansUnreadableAsEmpty: Bool { true }

  func begin(_ item: Item, _ options: inout Scanner.Options) -> Bool {
    guard !scan.cancellation.isCancelled else { return false }
    guard let deadline = scan.options.deadline else { return true }
    let left = deadline - time(nil)
    guard left > 0 else {
      scan.noteDeadline(at: item.locator)
      return false
    }
    options.timeout = left
    return true
  }

  func accepts(_ content: any OpenContent, at locator: Locator) -> Bool { true }

  mutating func mayExclude(_ content: any OpenContent) -> Bool {
    scan.options.sizeOfWholeScans.map { content.facts.size < $0 } ?? true
  }

  mutating func check(since start: ContinuousClock.Instant) throws(ItemProblem) {
    guard !scan.cancellation.isCancelled else { throw .interrupted }
  }

  func count(read: UInt64) {}
  func count(_ way: Ledger.Way) {}

  mutating func nothing(in content: any OpenContent, at locator: Locator) -> MatchOutcome {
    MatchOutcome(
      locator: locator, result: ScanResult(), failure: nil, omission: nil, size: content.facts.size)
  }

  func identify(
    _ result: ScanResult, _ error: YaraError?, _ bytes: RawSpan, _ content: (any OpenContent)?,
    _ locator: Locator, rescan: (RawSpan) -> [RuleMatch]?
  ) -> MatchOutcome {
    MatchOutcome(
      locator: locator, result: result, failure: error.map { .engine($0) }, omission: nil,
      size: content?.facts.size ?? 0)
  }

  func add(_ omission: ItemProblem, to outcome: MatchOutcome, at locator: Locator) -> MatchOutcome {
    MatchOutcome(
      locator: locator, result: outcome.result, failure: outcome.failure, omission: omission,
      size: outcome.size)
  }

  func add(damage: ItemProblem, to outcome: MatchOutcome, at locator: Locator) -> MatchOutcome {
    outcome
  }

  func isToBeVerified() -> Bool { false }
  func receiveVerification(_ outcome: MatchOutcome, at locator: Locator) {}

  func complete(
    _ scanned: Result<MatchOutcome, ItemProblem>, of content: any OpenContent, at locator: Locator,
    _ reader: inout ContentReader
  ) throws(ItemProblem) -> MatchOutcome {
    try scanned.get()
  }

  func record(_ outcome: MatchOutcome, at locator: Locator) {
    if !scan.receiver.receive(outcome) { scan.cancellation.cancel() }
  }

  func record(_ problem: ItemProblem, at locator: Locator) {
    record(MatchOutcome(locator: locator, failure: .content(problem)), at: locator)
  }
}
