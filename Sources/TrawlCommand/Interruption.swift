import Dispatch
import Glibc
import Locks

/// Ctrl-C and SIGTERM stop the scan cleanly; a second signal ends the process at once.
final class Interruption {
  /// The first signal that came.
  private final class Received: Sendable {
    let number = Locked<Int32?>(nil)
  }
  private let received = Received()
  private var sources: [any DispatchSourceSignal] = []

  init(_ cancel: @escaping @Sendable () -> Void) {
    let queue = DispatchQueue(label: "trawl.signals")
    let received = received
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        received.number.withLock { $0 = $0 ?? number }
        signal(number, SIG_DFL)
        cancel()
      }
      source.resume()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }

  /// 128 and the number of the signal that came, if any did.
  var exitStatus: Int32? { received.number.withLock { $0.map { 128 + $0 } } }
}

/// The reader of our output has gone: a filter ends quietly then.
struct BrokenPipe: Error {
  /// 128 + SIGPIPE, as if the signal had ended the process.
  static let exitStatus: Int32 = 141

  /// Lets a write fail instead of ending the process in the middle of something.
  static func ignoreSignal() { signal(SIGPIPE, SIG_IGN) }
}
