import Bytes
import Evidence
import Synchronization

/// Counts items and lets them go.
final class CountingReceiver: ItemReceiver {
  private let items = Atomic<Int>(0)

  /// The items so far.
  var count: Int { items.load(ordering: .relaxed) }

  func receive(_ item: Item) { items.add(1, ordering: .relaxed) }
  func report(_ problem: ItemProblem, at locator: Locator) {}
  func ignore(_ kind: IgnoredKind, at path: RawPath?) {}
  var isCancelled: Bool { false }
}
