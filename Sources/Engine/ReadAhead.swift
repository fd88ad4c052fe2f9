import Dispatch
import Evidence
import Synchronization

/// Reads the first bytes of waiting items, while the workers wait for the medium.
///
/// A worker has one read under way, and a medium serves many as fast as one. A worker whose reads take long wakes the threads; they
/// end when nothing waits, or when what they read was in memory already.
final class ReadAhead: Sendable {
  private let queue: WorkQueue
  private let isCancelled: @Sendable () -> Bool
  private let running = Atomic<Int>(0)
  private let group = DispatchGroup()

  /// Reads under way at most. On a solid-state disk 8 and 32 take the same time; a rotating one orders them.
  private static let depth = 16
  /// Items that a thread reads before it judges by their times.
  private static let sample = 32
  /// Longest wait for reads of a medium that does not answer.
  private static let grace = DispatchTimeInterval.seconds(3)

  init(_ queue: WorkQueue, isCancelled: @escaping @Sendable () -> Bool) {
    self.queue = queue
    self.isCancelled = isCancelled
  }

  /// Begins to read, unless that is under way.
  func wake() {
    guard running.compareExchange(expected: 0, desired: Self.depth, ordering: .relaxed).exchanged
    else { return }
    for number in 0..<Self.depth {
      DispatchQueue(label: "trawl.read-ahead.\(number)").async(group: group) {
        self.read()
        self.running.subtract(1, ordering: .relaxed)
      }
    }
  }

  private func read() {
    var wait = ReadWait()
    var count = 0
    while !isCancelled(), count < Self.sample || !wait.isShort, let item = queue.nextAhead() {
      wait.during { item.content.readAhead() }
      count += 1
    }
  }

  /// Waits until no read is under way.
  func finish() { _ = group.wait(timeout: .now() + Self.grace) }
}
