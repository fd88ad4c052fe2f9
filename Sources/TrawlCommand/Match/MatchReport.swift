import Bytes
import Engine
import Evidence
import Locks
import Yara

/// Format of outcomes.
protocol MatchFormat: Sendable {
  /// Lines of one item.
  func lines(
    of outcome: MatchOutcome, printed: [Printed], _ selection: MatchFilter.Selection
  ) -> [UInt8]
  /// Lines of an item with no result, or an incomplete one; none where stderr shows it.
  func lines(of problem: MatchReport.Trouble) -> [UInt8]
  /// Lines at the end.
  func lines(of tally: MatchReport.Tally) -> [UInt8]
}

/// Receives the outcomes of a scan, writes and counts them.
final class MatchReport: MatchReceiver {
  /// Totals of a scan.
  struct Tally {
    var scanned = 0
    var bytes: UInt64 = 0
    var matched = 0
    var failed = 0
    var omitted = 0
  }

  /// Item that was not scanned, or not completely.
  struct Trouble {
    let path: RawPath
    /// `could_not_open`, `engine`, or the reason of an omission.
    let reason: String
    let message: String
    /// Whether `yara` reports it, too.
    let isFailure: Bool
  }

  private let format: any MatchFormat
  private let output: MatchOutput
  private let filter: MatchFilter
  private let saysWarnings: Bool
  private let failsOnWarnings: Bool
  private let tallies = Locked(Tally())

  init(
    _ format: any MatchFormat, output: MatchOutput, filter: MatchFilter, _ arguments: MatchArguments
  ) {
    self.format = format
    self.output = output
    self.filter = filter
    saysWarnings = !arguments.has("no-warnings")
    failsOnWarnings = saysWarnings && arguments.has("fail-on-warnings")
  }

  var tally: Tally { tallies.withLock { $0 } }

  func receive(_ outcome: MatchOutcome) -> Bool {
    var outcome = outcome
    warn(of: &outcome)
    let selection = filter.select(from: outcome.result)
    let isMatch = !selection.shown.isEmpty || !selection.shownNonMatching.isEmpty
    tallies.withLock { tally in
      if outcome.failure != nil {
        tally.failed += 1
      } else {
        tally.scanned += 1
        tally.bytes += outcome.size
      }
      if isMatch { tally.matched += 1 }
    }
    let canGoOn = output.write(
      format.lines(of: outcome, printed: outcome.result.printed, selection))
    let path = outcome.locator.path
    switch outcome.failure {
    case .content(let problem):
      // First the message of yara, then the reason.
      report(
        Trouble(
          path: path, reason: problem.reason.rawValue,
          message: "could not open file: \(problem.message)", isFailure: true))
    case .engine(let error):
      report(
        Trouble(path: path, reason: "engine", message: error.yaraWords, isFailure: true))
    case nil: break
    }
    if let omission = outcome.omission { receive(omission: omission, at: outcome.locator) }
    return canGoOn
  }

  func receive(omission: ItemProblem, at locator: Locator) {
    tallies.withLock { $0.omitted += 1 }
    report(
      Trouble(
        path: locator.path, reason: omission.reason.rawValue, message: omission.message,
        isFailure: false))
  }

  /// Reports strings that matched too often, or slowed the scan down. With --fail-on-warnings the
  /// first of them ends the scan of the item before conditions are evaluated.
  private func warn(of outcome: inout MatchOutcome) {
    guard saysWarnings else { return }
    for slow in outcome.result.slowStrings {
      MatchOutput.say(
        Array(
          ("warning: rule \"\(slow.rule)\": scanning with string \(slow.identifier) is taking a very long"
            + " time, it is either too general or very common.").utf8))
      guard failsOnWarnings else { continue }
      outcome = MatchOutcome(
        locator: outcome.locator, failure: .engine(.tooSlow(slow)), size: outcome.size)
      return
    }
    for cut in outcome.result.cutStrings {
      MatchOutput.say(
        Array(
          ("warning: rule \"\(cut.rule)\": too many matches for \(cut.identifier), results for this rule"
            + " may be incorrect").utf8))
      guard failsOnWarnings else { continue }
      outcome = MatchOutcome(
        locator: outcome.locator, failure: .engine(.tooManyMatches(of: cut)), size: outcome.size)
      return
    }
  }

  private func report(_ trouble: Trouble) {
    let start = trouble.isFailure ? "error scanning " : "not scanned: "
    MatchOutput.say(
      Array(start.utf8) + trouble.path.bytes + Array(": \(trouble.message)".utf8))
    _ = output.write(format.lines(of: trouble))
  }
}

extension MatchReport.Tally {
  /// Whether everything was scanned.
  var isComplete: Bool { failed == 0 && omitted == 0 }

  /// Summary for people.
  var text: String {
    "\(scanned) files scanned, \(bytes) bytes; \(matched) with matches; \(failed) failed, \(omitted)"
      + " left out" + (isComplete ? ": complete" : ": not complete")
  }
}
