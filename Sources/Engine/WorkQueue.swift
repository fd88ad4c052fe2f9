import DequeModule
import Dispatch
import Evidence
import Locks

/// Items that wait for a worker, first in first out, at most `capacity` of them.
final class WorkQueue: Sendable {
  private struct State {
    var items = Deque<Item>()
    /// Number of them that are read ahead.
    var ahead = 0
    var waitingForRoom = 0
  }
  private let state = Locked(State())
  private let available = DispatchSemaphore(value: 0)
  private let room = DispatchSemaphore(value: 0)
  private let capacity: Int

  init(capacity: Int) { self.capacity = max(1, capacity) }

  /// Adds the item unless the queue is full: then the caller should process it, or wait for room.
  func offer(_ item: Item) -> Bool {
    let isTaken = state.withLock { state in
      guard state.items.count < capacity else { return false }
      state.items.append(item)
      return true
    }
    if isTaken { available.signal() }
    return isTaken
  }

  /// Returns the next item; waits for one, and returns nil once the queue is closed and empty.
  func next() -> Item? {
    available.wait()
    let (item, waiting) = state.withLock { state -> (Item?, Int) in
      let item = state.items.popFirst()
      state.ahead = max(0, state.ahead - 1)
      guard state.items.count <= capacity / 2 else { return (item, 0) }
      defer { state.waitingForRoom = 0 }
      return (item, state.waitingForRoom)
    }
    for _ in 0..<waiting { room.signal() }
    // Closing signals once: each worker that finds nothing left wakes the next.
    if item == nil { available.signal() }
    return item
  }

  /// The first item that nobody reads ahead yet; nil if there is none. It stays in the queue.
  func nextAhead() -> Item? {
    state.withLock { state in
      guard state.ahead < state.items.count else { return nil }
      defer { state.ahead += 1 }
      return state.items[state.ahead]
    }
  }

  /// Returns when the queue is half empty: waking a source for every item would cost a context
  /// switch per item (30 % of a scan of /usr/lib).
  func waitForRoom() {
    let mustWait = state.withLock { state in
      guard state.items.count > capacity / 2 else { return false }
      state.waitingForRoom += 1
      return true
    }
    if mustWait { room.wait() }
  }

  /// Closes the queue: no more items will come.
  func close() { available.signal() }
}
