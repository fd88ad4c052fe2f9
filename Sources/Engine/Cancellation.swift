import Locks
import Synchronization
import Yara

/// Flag that stops one scan, including the libyara scans in progress.
final class Cancellation: Sendable {
  private struct State {
    var isCancelled = false
    var interrupts: [Interrupt] = []
  }
  private let state = Locked(State())
  private let flag = Atomic<Bool>(false)

  /// Whether the scan is cancelled; cheap enough to be read for every item.
  var isCancelled: Bool { flag.load(ordering: .relaxed) }

  func cancel() {
    flag.store(true, ordering: .relaxed)
    let interrupts = state.withLock { state in
      state.isCancelled = true
      return state.interrupts
    }
    for interrupt in interrupts { interrupt.fire() }
  }

  func add(_ interrupt: Interrupt) {
    let isLate = state.withLock { state in
      state.interrupts.append(interrupt)
      return state.isCancelled
    }
    if isLate { interrupt.fire() }
  }
}
