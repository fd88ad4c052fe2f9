import Dispatch
import Glibc
import Locks

/// Ctrl-C and SIGTERM stop the scan cleanly; a second signal ends the process at once.
final class Interruption: Sendable {
  private let received = Locked<Int32?>(nil)
  init(_ cancel: @escaping @Sendable () -> Void) {
    let queue = DispatchQueue(label: "trawl.signals")
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [self] in
        received.withLock { $0 = $0 ?? number }
        signal(number, SIG_DFL)
        cancel()
      }
      source.resume()
      // The process ends before its interest in signals does.
      _ = Unmanaged.passRetained(source as AnyObject)
    }
  }

  /// 128 and the number of the signal that came, if any did.
  var exitStatus: Int32? { received.withLock { $0.map { 128 + $0 } } }
}

/// The reader of our output has gone: a filter ends quietly then.
struct BrokenPipe: Error {
  /// 128 + SIGPIPE, as if the signal had ended the process.
  static let exitStatus: Int32 = 141

  /// Lets a write fail instead of ending the process in the middle of something.
  static func ignoreSignal() { signal(SIGPIPE, SIG_IGN) }
}
