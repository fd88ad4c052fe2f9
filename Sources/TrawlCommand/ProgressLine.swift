import Dispatch
import Trawl

/// Redraws the progress line of a scan, five times a second, on a terminal only.
final class ProgressLine {
  private let timer: (any DispatchSourceTimer)?
  private let terminal: Terminal

  init(_ terminal: Terminal, _ progress: @escaping @Sendable () -> Scan.Progress) {
    self.terminal = terminal
    guard terminal.hasProgress else {
      timer = nil
      return
    }
    let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "trawl.progress"))
    let start = ContinuousClock.now
    timer.schedule(deadline: .now() + 0.2, repeating: 0.2)
    timer.setEventHandler {
      terminal.progress(Self.text(progress(), since: start))
    }
    timer.resume()
    self.timer = timer
  }

  func stop() {
    timer?.cancel()
    terminal.clearProgress()
  }

  private static func text(_ progress: Scan.Progress, since start: ContinuousClock.Instant)
    -> String
  {
    let elapsed = (ContinuousClock.now - start).components
    let seconds = max(0.001, Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18)
    let megabytes = progress.bytes / 1_000_000
    let rate = Int(Double(megabytes) / seconds)
    return
      "\(progress.items) items, \(megabytes) MB, \(rate) MB/s, \(progress.findings) findings, \(elapsed.seconds) s"
  }
}
