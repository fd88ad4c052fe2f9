package import Bytes
package import Evidence
import Files
import Locks
package import Sieve

/// Cost of the rules of a set, measured on the files below a folder.
package struct RuleProfile: Sendable {
  /// Cost of each rule that items were left for, by its number.
  package let measures: [Int: RuleProfiler.Measure]
  /// All items.
  package let whole: RuleProfiler.Measure
  /// Items that were left for the whole set.
  package let undecided: RuleProfiler.Measure
  /// Number of files that could not be read.
  package let unread: Int

  /// Measures the rules of `sieve` on every file below `folder`, one after the other.
  package init(_ folder: RawPath, _ sieve: Sieve) { self.init([FileSource([folder])], sieve) }

  /// Measures the rules of `sieve` on every item of some sources, one after the other.
  package init(_ sources: [any ItemSource], _ sieve: Sieve) {
    let receiver = MeasuredFiles(sieve)
    for source in sources { source.push(to: receiver) }
    measures = receiver.profiler.measures
    whole = receiver.profiler.whole
    undecided = receiver.profiler.undecided
    unread = receiver.unread
  }
}

/// Measures files as they are found.
private final class MeasuredFiles: ItemReceiver, @unchecked Sendable {
  /// Taken for each item: a source may push from several threads.
  private let lock = Locked(())
  private(set) var profiler: RuleProfiler
  private var reader = ContentReader(policy: ReadingPolicy())
  private(set) var unread = 0

  init(_ sieve: Sieve) { profiler = RuleProfiler(sieve) }

  func receive(_ item: Item) { lock.withLock { _ in measure(item) } }

  private func measure(_ item: Item) {
    defer { reader.finish() }
    do throws(ItemProblem) {
      let reading = try reader.withBytes(of: try item.content.open()) {
        bytes throws(ItemProblem) in profiler.add(bytes)
      }
      if reading.problem != nil { unread += 1 }
    } catch {
      unread += 1
    }
  }

  func report(_ problem: ItemProblem, at locator: Locator) { lock.withLock { _ in unread += 1 } }

  func ignore(_ kind: IgnoredKind, at path: RawPath?) {}

  var isCancelled: Bool { false }
}
