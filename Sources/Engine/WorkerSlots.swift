import Dispatch
import Evidence
import Synchronization

/// Slots that limit the items in progress, whoever processes them.
///
/// Work ahead of a worker takes no slot, or the source would find one free in between, and process an item
/// while nobody feeds the workers. It begins only while fewer threads than slots are busy.
final class WorkerSlots: Sendable {
  let count: Int
  private let semaphore: DispatchSemaphore
  /// Items in progress, and threads that work ahead.
  private let busy = Atomic<Int>(0)

  init(count: Int) {
    self.count = max(1, count)
    semaphore = DispatchSemaphore(value: self.count)
  }

  /// Waits for a slot, and claims it.
  func claim() {
    semaphore.wait()
    busy.add(1, ordering: .relaxed)
  }

  /// Claims a slot if one is free.
  func claimIfFree() -> Bool {
    guard semaphore.wait(timeout: .now()) == .success else { return false }
    busy.add(1, ordering: .relaxed)
    return true
  }

  /// Gives a slot back.
  func giveBack() {
    busy.subtract(1, ordering: .relaxed)
    semaphore.signal()
  }
}

extension WorkerSlots: SpareSlots {
  func acquire() -> Bool {
    guard busy.add(1, ordering: .relaxed).newValue > count else { return true }
    release()
    return false
  }

  func release() { busy.subtract(1, ordering: .relaxed) }
}
