import Dispatch
import Glibc
import Locks

/// Stops the scan cleanly on Ctrl-C and SIGTERM; a second signal ends the process immediately.
final class Interruption {
  /// The first signal received, and the action that it cancels.
  private final class Received: Sendable {
    let number = Locked<Int32?>(nil)
    let cancel = Locked<(@Sendable () -> Void)?>(nil)
  }
  private let received = Received()
  private var sources: [any DispatchSourceSignal] = []

  /// Waits for signals from now on; ``cancel(_:)`` sets the action that they cancel.
  init() {
    let queue = DispatchQueue(label: "trawl.signals")
    let received = received
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        received.number.withLock { $0 = $0 ?? number }
        signal(number, SIG_DFL)
        received.cancel.withLock { $0 }?()
      }
      source.resume()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }

  /// Stops something at the first signal, at once if there was one.
  func cancel(_ cancel: @escaping @Sendable () -> Void) {
    received.cancel.withLock { $0 = cancel }
    if wasReceived { cancel() }
  }

  /// Whether there was a signal.
  var wasReceived: Bool { exitStatus != nil }

  /// 128 plus the number of the signal received; nil if there was none.
  var exitStatus: Int32? { received.number.withLock { $0.map { 128 + $0 } } }
}

/// The reader of our output is gone: a filter ends silently then.
struct BrokenPipe: Error {
  /// 128 + SIGPIPE, as if the signal had ended the process.
  static let exitStatus: Int32 = 141

  /// Makes a write fail instead of ending the process in the middle of an operation.
  static func ignoreSignal() { signal(SIGPIPE, SIG_IGN) }
}
