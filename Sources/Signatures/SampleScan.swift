import Bytes
import Engine
import Evidence
import Files
import Locks
import Yara

/// Finds the rules that match each of the files below a folder.
final class SampleScan: MatchReceiver {
  /// Result for one file.
  enum Result {
    /// Matching rules in their order.
    case matched([String])
    /// Reason why the matches are not known, as text.
    case failed(String)
  }

  private let results = Locked<[RawPath: Result]>([:])

  /// Scans all files below `folder` and returns the results by absolute path.
  static func run(_ folder: RawPath, _ ruleSet: RuleSet, usesSieve: Bool) throws(YaraError)
    -> [RawPath: Result]
  {
    var walk = FileSource.Options()
    walk.followsSymbolicLinks = true
    var options = MatchOptions()
    options.usesSieve = usesSieve
    let scan = SampleScan()
    try MatchScan(
      FileSource([folder], options: walk), with: ruleSet, options: options, receiver: scan
    ).run()
    return scan.results.withLock { $0 }
  }

  func receive(_ outcome: MatchOutcome) -> Bool {
    let result: Result =
      switch outcome.failure {
      case .content(let problem)?: .failed(problem.message)
      case .engine(let error)?: .failed(error.message)
      case nil:
        outcome.omission.map { .failed($0.message) }
          ?? .matched(outcome.result.matches.map(\.rule.identifier))
      }
    results.withLock { $0[outcome.locator.path] = result }
    return true
  }

  func receive(omission: ItemProblem, at locator: Locator) {
    results.withLock { $0[locator.path] = .failed(omission.message) }
  }
}
