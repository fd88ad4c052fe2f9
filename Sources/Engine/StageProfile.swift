package import Bytes
package import Evidence
import Locks
import Sieve
package import Yara

/// Time and bytes of each stage of a scan, measured on one item after the other, without identification.
package final class StageProfile: ItemReceiver, @unchecked Sendable {
  /// A stage, in the order of a scan.
  package enum Stage: String, CaseIterable, Sendable {
    /// Opening an item.
    case open
    /// First bytes of an item, if they decide.
    case gate
    /// Search of an item for literals, reading included.
    case search
    /// libyara's part. The bytes are those of the items: some were read for the search.
    case confirm
  }

  /// Cost of a stage.
  package struct Measure: Hashable, Sendable {
    package var items = 0
    package var bytes: UInt64 = 0
    package var seconds = 0.0

    package init() {}
  }

  /// Cost of each stage.
  package private(set) var measures: [Stage: Measure] = [:]
  /// Number of files that could not be read.
  package private(set) var unread = 0

  /// Taken for each item: a source may push from several threads.
  private let lock = Locked(())
  private var reader: ContentReader
  private var sieve: SieveSession?
  private var scanners: ScannerPool

  /// Measures with the rules, and with their sieve unless it is turned off.
  package init(_ ruleSet: RuleSet, options: ScanOptions) throws(YaraError) {
    reader = ContentReader(policy: options.reading)
    sieve = options.usesSieve ? ruleSet.sieve?.session() : nil
    var scanner = Scanner.Options()
    scanner.timeout = options.timeout
    scanners = try ScannerPool(ruleSet.rules, scanner, Cancellation())
  }

  package func receive(_ item: Item) { lock.withLock { _ in measure(item) } }

  package func report(_ problem: ItemProblem, at locator: Locator) {
    lock.withLock { _ in unread += 1 }
  }
  package func ignore(_ kind: IgnoredKind, at path: RawPath?) {}
  package var isCancelled: Bool { false }

  private func measure(_ item: Item) {
    defer { reader.finish() }
    do throws(ItemProblem) {
      var clock = ContinuousClock.now
      let content = try item.content.open()
      count(.open, content.facts.size, since: &clock)
      var read: UInt64 = 0
      let verdict = try sift(content, &read)
      if verdict != nil {
        count(verdict == .excludedByGate ? .gate : .search, read, since: &clock)
      }
      guard verdict != .excludedByGate, verdict != .excludedBySieve else { return }
      _ = try reader.withBytes(of: content) { bytes throws(ItemProblem) in
        confirm(bytes, verdict ?? .scan)
      }
      count(.confirm, content.facts.size, since: &clock)
    } catch {
      unread += 1
    }
  }

  /// Nil without a sieve.
  private func sift(_ content: any OpenContent, _ read: inout UInt64) throws(ItemProblem)
    -> SieveSession.Verdict?
  {
    guard sieve != nil else { return nil }
    sieve!.forgetVerdict()
    return try Sifting.verdict(on: content, &reader, &sieve!, count: { read += $0 }, check: {})
  }

  private func confirm(_ bytes: RawSpan, _ verdict: SieveSession.Verdict) {
    let (verdict, rules) = sieve == nil ? (verdict, nil) : sieve!.narrow(verdict, bytes)
    let slot = scanners.slot(of: rules)
    switch verdict {
    case .excludedByGate, .excludedBySieve: return
    case .evaluate:
      if let result = try? slot.scanner.evaluateWithoutStrings(bytes), result.matches.isEmpty,
        result.printed.isEmpty
      {
        return
      }
      fallthrough
    case .scan, .searchAgain: _ = slot.scanner.attempt(bytes)
    }
  }

  private func count(_ stage: Stage, _ bytes: UInt64, since clock: inout ContinuousClock.Instant) {
    let now = ContinuousClock.now
    let spent = (now - clock).components
    clock = now
    measures[stage, default: Measure()].items += 1
    measures[stage]!.bytes += bytes
    measures[stage]!.seconds += Double(spent.seconds) + Double(spent.attoseconds) / 1e18
  }
}
