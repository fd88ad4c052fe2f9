import DequeModule
import Dispatch
import Evidence
import Synchronization

/// Items that wait for a worker, first in first out, at most `capacity` of them.
final class WorkQueue: Sendable {
  private struct State {
    var items = Deque<Item>()
    var isClosed = false
  }
  private let state = Mutex(State())
  private let available = DispatchSemaphore(value: 0)
  private let capacity: Int

  init(capacity: Int) { self.capacity = max(1, capacity) }

  /// Takes the item unless the queue is full: then the caller should work it.
  func offer(_ item: Item) -> Bool {
    let isTaken = state.withLock { state in
      guard state.items.count < capacity else { return false }
      state.items.append(item)
      return true
    }
    if isTaken { available.signal() }
    return isTaken
  }

  /// The next item; waits for one, and answers nil once the queue is closed and empty.
  func take() -> Item? {
    available.wait()
    let item = state.withLock { $0.items.popFirst() }
    // Closing signals once: each worker that finds nothing left wakes the next.
    if item == nil { available.signal() }
    return item
  }

  /// No more items will come.
  func close() {
    state.withLock { $0.isClosed = true }
    available.signal()
  }
}
