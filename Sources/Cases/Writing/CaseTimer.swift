import Dispatch

/// Calls a function at intervals, on a queue. Dispatch sources may be used from any thread.
final class CaseTimer: @unchecked Sendable {
  private let source: any DispatchSourceTimer

  /// Starts a timer that does not keep its owner alive.
  init(_ queue: DispatchQueue, every interval: Duration, _ body: @escaping @Sendable () -> Void) {
    let seconds =
      Double(interval.components.seconds) + Double(interval.components.attoseconds) / 1e18
    source = DispatchSource.makeTimerSource(queue: queue)
    source.setEventHandler(handler: body)
    source.schedule(deadline: .now() + seconds, repeating: seconds)
    source.activate()
  }

  /// Stops the timer; a call in progress is completed.
  func cancel() { source.cancel() }
}
