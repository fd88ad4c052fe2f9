import Bytes
import Dispatch
import Engine
import Locks

/// Redraws the progress line of a scan five times a second, on a terminal only.
final class ProgressLine {
  private let timer: (any DispatchSourceTimer)?
  private let terminal: Terminal

  /// Shows the progress of a scan; `entries` returns the number of directory entries that it will meet, if that is known.
  /// It may wait for a file system that does not answer: it is called where only the progress waits.
  init(
    _ terminal: Terminal, entries: @escaping @Sendable () -> UInt64? = { nil },
    _ progress: @escaping @Sendable () -> Scan.Progress
  ) {
    self.terminal = terminal
    guard terminal.hasProgress else {
      timer = nil
      return
    }
    let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "trawl.progress"))
    let start = ContinuousClock.now
    timer.schedule(deadline: .now() + 0.2, repeating: 0.2)
    let expected = Locked<UInt64??>(nil)
    let beginnings = Locked<[RawPath: ContinuousClock.Instant]>([:])
    timer.setEventHandler {
      let all = expected.withLock { expected in
        if expected == nil { expected = .some(entries()) }
        return expected ?? nil
      }
      let progress = progress()
      let began = beginnings.withLock { beginnings in
        guard let evidence = progress.place.evidence else { return start }
        if beginnings[evidence] == nil { beginnings[evidence] = .now }
        return beginnings[evidence] ?? start
      }
      let spent = (ContinuousClock.now - began).components
      terminal.progress(
        Self.text(
          progress, of: all, since: start,
          placeSeconds: Double(spent.seconds) + Double(spent.attoseconds) / 1e18))
    }
    timer.resume()
    self.timer = timer
  }

  func stop() {
    timer?.cancel()
    terminal.clearProgress()
  }

  private static func text(
    _ progress: Scan.Progress, of entries: UInt64?, since start: ContinuousClock.Instant,
    placeSeconds: Double
  ) -> String {
    let elapsed = (ContinuousClock.now - start).components
    let seconds = max(0.001, Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18)
    let megabytes = progress.bytes / 1_000_000
    let rate = Int(Double(megabytes) / seconds)
    let itemRate = Int(Double(max(0, progress.items - progress.restored)) / seconds)
    var text =
      "\(progress.items) items (\(itemRate)/s), \(megabytes) MB, \(rate) MB/s, \(progress.findings) findings,"
      + " \(elapsed.seconds) s"
    let left =
      secondsLeft(progress.place, after: placeSeconds)
      ?? entries.flatMap { secondsLeft(progress.entries, of: $0, after: seconds) }
    if let left {
      text += ", \(time(left)) left"
    }
    if let evidence = progress.place.evidence { text += ": " + shortened(evidence.shown) }
    return text
  }

  /// Estimated time for the rest of an image, at the rate so far; nil if it is too early for an estimate.
  static func secondsLeft(_ place: Scan.Place, after seconds: Double) -> Int? {
    guard place.size > 0, place.position > place.first, place.size > place.position, seconds >= 1
    else { return nil }
    let done = Double(place.position - place.first)
    return Int((seconds * Double(place.size - place.position) / done).rounded(.up))
  }

  /// Estimated time for the rest of the entries of a file system; nil if it is too early for an estimate, or there are more
  /// than it counts.
  static func secondsLeft(_ entries: Int, of all: UInt64, after seconds: Double) -> Int? {
    guard entries >= 1000, UInt64(entries) < all, seconds >= 1 else { return nil }
    return Int((seconds * Double(all - UInt64(entries)) / Double(entries)).rounded(.up))
  }

  /// Duration for people.
  static func time(_ seconds: Int) -> String {
    func digits(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
    if hours > 0 { return "\(hours):\(digits(minutes)) h" }
    return minutes > 0 ? "\(minutes):\(digits(seconds % 60)) min" : "\(seconds) s"
  }

  /// End of a name that fits on the line.
  private static func shortened(_ name: String) -> String {
    name.count <= 30 ? name : "…" + name.suffix(29)
  }
}
