import Dispatch
import Evidence

/// Slots that limit the items in progress, whoever processes them.
final class WorkerSlots: SpareSlots {
  let count: Int
  private let semaphore: DispatchSemaphore

  init(count: Int) {
    self.count = max(1, count)
    semaphore = DispatchSemaphore(value: self.count)
  }

  /// Waits for a slot.
  func wait() { semaphore.wait() }

  func acquire() -> Bool { semaphore.wait(timeout: .now()) == .success }

  func release() { semaphore.signal() }
}
