internal import CYara
import Locks

/// Stops a scan from another thread. libyara checks its time limit every 4096 bytes; an
/// interrupt sets the limit to almost zero, so the scan ends with
/// ``YaraError/Code/scanTimeout`` immediately.
public final class Interrupt: Sendable {
  /// Accessed only under the lock; nil once the scanner is gone.
  private struct State: @unchecked Sendable {
    var scanner: UnsafeMutablePointer<YR_SCANNER>?
    var hasFired = false
  }
  private let state: Locked<State>

  init(_ scanner: UnsafeMutablePointer<YR_SCANNER>) {
    state = Locked(State(scanner: scanner))
  }

  /// Stops the current scan and every later one of this scanner.
  public func fire() {
    state.withLock { state in
      state.hasFired = true
      state.scanner?.pointee.timeout = 1
    }
  }

  /// Whether ``fire()`` was called.
  public var hasFired: Bool { state.withLock { $0.hasFired } }

  /// Sets the limit for one scan, unless the interrupt has fired.
  func arm(seconds: Int32) {
    state.withLock { state in
      guard let scanner = state.scanner else { return }
      yr_scanner_set_timeout(scanner, seconds)
      if state.hasFired { scanner.pointee.timeout = 1 }
    }
  }

  /// Detaches the scanner before it is destroyed.
  func disconnect() { state.withLock { $0.scanner = nil } }
}
