internal import CYara
import Locks

/// Stops a scan from another thread. libyara looks at its time limit every 4096 bytes; an interrupt
/// shortens the limit to nothing, so the scan ends with ``YaraError/Code/scanTimeout`` at once.
public final class Interrupt: Sendable {
  /// Reached under the lock only; nil once the scanner is gone.
  private struct State: @unchecked Sendable {
    var scanner: UnsafeMutablePointer<YR_SCANNER>?
    var hasFired = false
  }
  private let state: Locked<State>

  init(_ scanner: UnsafeMutablePointer<YR_SCANNER>) {
    state = Locked(State(scanner: scanner))
  }

  /// Stops the scan that is under way, and every later one of this scanner.
  public func fire() {
    state.withLock { state in
      state.hasFired = true
      state.scanner?.pointee.timeout = 1
    }
  }

  /// Whether it was fired.
  public var hasFired: Bool { state.withLock { $0.hasFired } }

  /// Sets the limit for one scan, unless it must not begin.
  func arm(seconds: Int32) {
    state.withLock { state in
      guard let scanner = state.scanner else { return }
      yr_scanner_set_timeout(scanner, seconds)
      if state.hasFired { scanner.pointee.timeout = 1 }
    }
  }

  /// The scanner is about to go.
  func disconnect() { state.withLock { $0.scanner = nil } }
}
