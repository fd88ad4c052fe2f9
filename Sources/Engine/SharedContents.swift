import Evidence
import Findings
import Locks
import Traces

extension SharedContent {
  /// Content under a key.
  init(_ key: SharedContents.Key) { self.init(identity: key.identity, place: key.place?.rawValue) }
}

/// Contents with several paths: the path opened first is scanned, and the others share its finding.
final class SharedContents: Sendable {
  /// Key of a content; paths with the same key have the same finding.
  struct Key: Hashable {
    let identity: ContentIdentity
    /// Known place that the path denotes.
    let place: KnownPlace?
  }
  private enum State {
    case scanning(waiting: [ItemEntry])
    case done(Finding?)
  }
  private let states = Locked<[Key: State]>([:])

  /// Task of the worker that opened a path.
  enum Claim {
    /// Scan it, then call ``finish(_:finding:)``.
    case scan
    /// Do nothing: the scanning worker will report this path, too.
    case wait
    /// Report this finding for the path, if there is one.
    case report(Finding?)
  }

  /// Notes a content that an earlier scan recorded.
  func restore(_ content: SharedContent, finding: Finding?) {
    let place = content.place.flatMap(KnownPlace.init(rawValue:))
    states.withLock { $0[Key(identity: content.identity, place: place)] = .done(finding) }
  }

  func claim(_ key: Key, for entry: ItemEntry) -> Claim {
    states.withLock { states in
      switch states[key] {
      case nil:
        states[key] = .scanning(waiting: [])
        return .scan
      case .scanning(let waiting):
        states[key] = .scanning(waiting: waiting + [entry])
        return .wait
      case .done(let finding): return .report(finding)
      }
    }
  }

  /// Stores the finding and returns the paths claimed meanwhile.
  func finish(_ key: Key, finding: Finding?) -> [ItemEntry] {
    states.withLock { states in
      defer { states[key] = .done(finding) }
      guard case .scanning(let waiting) = states[key] else { return [] }
      return waiting
    }
  }
}
