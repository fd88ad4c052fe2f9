import Bytes
import Evidence
import Synchronization

/// Counts and releases items.
final class CountingReceiver: ItemReceiver {
  private let items = Atomic<Int>(0)

  /// Number of items so far.
  var count: Int { items.load(ordering: .relaxed) }

  func receive(_ item: Item) { items.add(1, ordering: .relaxed) }
  func report(_ problem: ItemProblem, at locator: Locator) {}
  func ignore(_ kind: IgnoredKind, at path: RawPath?) {}
  var isCancelled: Bool { false }
}
