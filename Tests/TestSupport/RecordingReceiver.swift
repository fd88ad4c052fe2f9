package import Bytes
package import Evidence
import Locks

/// Records the items of a source, in their order.
package final class RecordingReceiver: ItemReceiver {
  private struct State {
    var items: [Item] = []
    var problems: [(problem: ItemProblem, locator: Locator)] = []
    var ignored: [(kind: IgnoredKind, path: RawPath?)] = []
    var isCancelled = false
  }
  private let state = Locked(State())
  private let onItem: @Sendable (Item) -> Void
  private let limit: Int?

  /// Creates a receiver that is cancelled after `limit` items, and calls `onItem` for each.
  package init(limit: Int? = nil, onItem: @escaping @Sendable (Item) -> Void = { _ in }) {
    self.limit = limit
    self.onItem = onItem
  }

  package func receive(_ item: Item) {
    state.withLock { state in
      state.items.append(item)
      if let limit, state.items.count >= limit { state.isCancelled = true }
    }
    onItem(item)
  }

  package func report(_ problem: ItemProblem, at locator: Locator) {
    state.withLock { $0.problems.append((problem, locator)) }
  }

  package func ignore(_ kind: IgnoredKind, at path: RawPath?) {
    state.withLock { $0.ignored.append((kind, path)) }
  }

  package var isCancelled: Bool { state.withLock { $0.isCancelled } }

  package var items: [Item] { state.withLock { $0.items } }
  package var problems: [(problem: ItemProblem, locator: Locator)] {
    state.withLock { $0.problems }
  }
  package var ignored: [(kind: IgnoredKind, path: RawPath?)] { state.withLock { $0.ignored } }

  /// The paths of the items, in order of their bytes.
  package var paths: [RawPath] { items.map(\.locator.path).sorted() }

  /// The reasons of the problems, by path.
  package var reasons: [RawPath: ItemProblem.Reason] {
    Dictionary(problems.map { ($0.locator.path, $0.problem.reason) }) { first, _ in first }
  }

  /// Number of ignored entries of that kind.
  package func count(of kind: IgnoredKind) -> Int { ignored.count { $0.kind == kind } }
}
