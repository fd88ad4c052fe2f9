import Evidence
import Findings
import Locks

/// Contents with several paths: the first path to be opened is scanned, the others share its finding.
final class SharedContents: Sendable {
  private enum State {
    case scanning(waiting: [Locator])
    case done(Finding?)
  }
  private let states = Locked<[ContentIdentity: State]>([:])

  /// What the worker that opened a path should do.
  enum Claim {
    /// Scan it, then call ``finish(_:finding:)``.
    case scan
    /// Nothing: who scans it will report this path too.
    case wait
    /// Report this for the path, if there is anything.
    case report(Finding?)
  }

  func claim(_ identity: ContentIdentity, for locator: Locator) -> Claim {
    states.withLock { states in
      switch states[identity] {
      case nil:
        states[identity] = .scanning(waiting: [])
        return .scan
      case .scanning(let waiting):
        states[identity] = .scanning(waiting: waiting + [locator])
        return .wait
      case .done(let finding): return .report(finding)
      }
    }
  }

  /// Keeps what the scan found, and answers the paths that came meanwhile.
  func finish(_ identity: ContentIdentity, finding: Finding?) -> [Locator] {
    states.withLock { states in
      defer { states[identity] = .done(finding) }
      guard case .scanning(let waiting) = states[identity] else { return [] }
      return waiting
    }
  }
}
