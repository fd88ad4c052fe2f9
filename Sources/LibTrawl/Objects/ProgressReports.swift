import CTrawl
import Dispatch
import Engine
import Locks

/// A callback of the host for the progress.
struct ProgressCall: @unchecked Sendable {
  let callback: @convention(c) (UnsafePointer<trawl_progress>?, UnsafeMutableRawPointer?) -> Int32
  let user: UnsafeMutableRawPointer?
  /// Milliseconds between two calls.
  let interval: Int
}

/// Passes the progress of a scan to the host, on a thread of its own, until it is stopped.
final class ProgressReports: Sendable {
  private let call: ProgressCall
  private let scan: Scan
  private let end = DispatchSemaphore(value: 0)
  private let ended = DispatchGroup()
  private let hasStopped = Locked(false)

  init(_ call: ProgressCall, of scan: Scan) {
    self.call = call
    self.scan = scan
    DispatchQueue(label: "trawl.progress").async(group: ended) { [self] in pass() }
  }

  private func pass() {
    while end.wait(timeout: .now() + .milliseconds(call.interval)) == .timedOut {
      var progress = trawl_progress(scan.progress)
      guard call.callback(&progress, call.user) != 0 else { continue }
      hasStopped.withLock { $0 = true }
      scan.cancel()
      return
    }
  }

  /// Whether the host stopped the scan.
  var wasStopped: Bool { hasStopped.withLock { $0 } }

  /// Ends the calls; none is in progress after that.
  func stop() {
    end.signal()
    ended.wait()
  }
}

extension trawl_progress {
  /// Copies the progress of a scan.
  init(_ progress: Scan.Progress) {
    self.init(
      items: UInt64(progress.items), bytes: progress.bytes, findings: UInt64(progress.findings))
  }
}
