import Evidence
import Findings
import Locks
import Traces

/// Contents with several paths: the first path to be opened is scanned, the others share its finding.
final class SharedContents: Sendable {
  /// Paths of the same key have the same finding.
  struct Key: Hashable {
    let identity: ContentIdentity
    /// The known place that the path leads to.
    let place: KnownPlace?
  }
  private enum State {
    case scanning(waiting: [Locator])
    case done(Finding?)
  }
  private let states = Locked<[Key: State]>([:])

  /// What the worker that opened a path should do.
  enum Claim {
    /// Scan it, then call ``finish(_:finding:)``.
    case scan
    /// Nothing: who scans it will report this path too.
    case wait
    /// Report this for the path, if there is anything.
    case report(Finding?)
  }

  func claim(_ key: Key, for locator: Locator) -> Claim {
    states.withLock { states in
      switch states[key] {
      case nil:
        states[key] = .scanning(waiting: [])
        return .scan
      case .scanning(let waiting):
        states[key] = .scanning(waiting: waiting + [locator])
        return .wait
      case .done(let finding): return .report(finding)
      }
    }
  }

  /// Keeps what the scan found, and answers the paths that came meanwhile.
  func finish(_ key: Key, finding: Finding?) -> [Locator] {
    states.withLock { states in
      defer { states[key] = .done(finding) }
      guard case .scanning(let waiting) = states[key] else { return [] }
      return waiting
    }
  }
}
