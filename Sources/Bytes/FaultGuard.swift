internal import CFaultGuard
import Synchronization

/// Converts the SIGBUS of a mapped file that shrinks into a return value. Opt-in: a library
/// does not own the process's signals, so nothing is installed until the host calls it.
public enum FaultGuard {
  private static let state = Atomic<Bool>(false)

  /// Installs the handler, once per process; it passes on other signals.
  public static func install() {
    if c_fault_guard_install() { state.store(true, ordering: .releasing) }
  }

  /// Whether files may be mapped: without the handler, a shrinking file would end the process.
  public static var isInstalled: Bool { state.load(ordering: .acquiring) }

  /// Runs `body` while vanished pages of `region` read as zeros on this thread; `faulted` tells
  /// whether any did. The region must be a mapping that no other thread accesses.
  package static func watching<Result, Failure: Error>(
    _ region: UnsafeRawBufferPointer, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> (result: Result, faulted: Bool) {
    // The handler keeps the guard's address, which must therefore be stable.
    let watch = UnsafeMutablePointer<c_fault_guard>.allocate(capacity: 1)
    watch.initialize(to: c_fault_guard())
    c_fault_guard_enter(watch, region.baseAddress, region.count)
    var entered = true
    defer {
      if entered { _ = c_fault_guard_leave(watch) }
      watch.deallocate()
    }
    let result = try body()
    entered = false
    return (result, c_fault_guard_leave(watch))
  }
}
