import Evidence
import Findings
import Sieve
import Yara

/// Runs the stages of a scan on one item after another: open, gate and search, confirm, identify,
/// record. The sink determines the outcomes. The crew lends it to one thread at a time.
final class ItemScanner<Sink: OutcomeSink>: ItemWorker, @unchecked Sendable {
  var sink: Sink
  var reader: ContentReader
  var scanners: ScannerPool
  var sieve: SieveSession?
  /// Modules whose fields are requested, independent of the rules.
  private let modules: Set<String>
  /// Access to archives; nil if no item is looked into.
  let archives: ArchiveAccess?

  init(
    _ rules: Rules, _ options: Scanner.Options, sieve: Sieve?, reading: ReadingPolicy,
    cancellation: Cancellation, archives: ArchiveAccess? = nil, sink: Sink
  ) throws(YaraError) {
    self.sink = sink
    self.archives = archives
    reader = ContentReader(policy: reading)
    scanners = try ScannerPool(rules, options, cancellation)
    modules = Set(options.moduleFields.map(\.module))
    self.sieve = sieve?.session()
  }

  /// Scans one item; in every case, the sink records one outcome.
  func scan(_ item: Item) {
    guard sink.begin(item, &scanners.options) else { return }
    defer { reader.finish() }
    do throws(ItemProblem) {
      guard let content = try opened(item) else { return }
      let answer = result(for: content, at: item.locator)
      let completed = completed(answer, content, at: item.locator)
      let archive = scanMembers(of: item, content)
      let outcome = try completed.get()
      switch archive {
      case .done: sink.record(outcome, at: item.locator)
      case .left(let kind): sink.record(outcome, leaving: kind, at: item.locator)
      case .incomplete(let problem):
        sink.record(try sink.add(members: problem, to: outcome, at: item.locator), at: item.locator)
      }
    } catch {
      sink.record(error, at: item.locator)
    }
  }

  private func completed(
    _ answer: Result<Sink.Outcome, ItemProblem>, _ content: any OpenContent, at locator: Locator
  ) -> Result<Sink.Outcome, ItemProblem> {
    do throws(ItemProblem) {
      return .success(try sink.complete(answer, of: content, at: locator, &reader))
    } catch {
      return .failure(error)
    }
  }

  /// Sets an external variable for later items. The sieve knows only the former value: from now on
  /// libyara scans every item.
  func define(_ name: String, as value: ExternalValue) throws(YaraError) {
    try scanners.define(name, as: value)
    sieve = nil
  }

  /// Scans the memory of a process, of which the sieve knows nothing.
  func scan(process: Int32) -> (result: ScanResult, error: YaraError?) {
    scanners.slot(of: nil).scanner.attempt(process: process)
  }

  // MARK: Open

  private func opened(_ item: Item) throws(ItemProblem) -> (any OpenContent)? {
    let content: any OpenContent
    do throws(ItemProblem) { content = try item.content.open() } catch {
      // For libyara, a device or a pipe is an empty file.
      guard Sink.scansUnreadableAsEmpty, error.reason == .device || error.reason == .pipe else {
        throw error
      }
      sink.record(try outcomeOfNoBytes(item.locator, error), at: item.locator)
      return nil
    }
    return try sink.accepts(content, at: item.locator) ? content : nil
  }

  private func outcomeOfNoBytes(_ locator: Locator, _ problem: ItemProblem) throws(ItemProblem)
    -> Sink.Outcome
  {
    let none = [UInt8]()
    let (result, error) = scanners.slot(of: nil).scanner.attempt(none.span.bytes)
    let outcome = try sink.identify(result, error, none.span.bytes, nil, locator) { _ in nil }
    return try sink.add(problem, to: outcome, at: locator)
  }

  // MARK: Gate, search, confirm

  private func result(for content: any OpenContent, at locator: Locator)
    -> Result<Sink.Outcome, ItemProblem>
  {
    do throws(ItemProblem) {
      do throws(ItemProblem) { return .success(try examine(content, at: locator)) } catch {
        // So is a file that the kernel generates when it is read.
        guard Sink.scansUnreadableAsEmpty, content.facts.size == 0 else { throw error }
        return .success(try outcomeOfNoBytes(locator, error))
      }
    } catch {
      return .failure(error)
    }
  }

  /// Finds the rules that match a content, and their outcome.
  private func examine(_ content: any OpenContent, at locator: Locator) throws(ItemProblem)
    -> Sink.Outcome
  {
    let verdict = try sift(content)
    switch verdict {
    case .excludedByGate, .excludedBySieve:
      sink.count(verdict == .excludedByGate ? .excludedByGate : .excludedBySieve)
      if content.damage == nil, sink.isToBeVerified() {
        return try verified(content, at: locator)
      }
      return try heeding(content, sink.nothing(in: content, at: locator), at: locator)
    case .evaluate, .scan, .searchAgain: break
    }
    let (reading, isScanned) = try confirm(content, at: locator, verdict)
    sink.count(read: reading.read)
    if let problem = reading.problem {
      return try sink.add(problem, to: reading.result, at: locator)
    }
    if !isScanned, content.damage == nil, sink.isToBeVerified() {
      return try verified(content, at: locator)
    }
    return try heeding(content, reading.result, at: locator)
  }

  private func heeding(
    _ content: any OpenContent, _ outcome: Sink.Outcome, at locator: Locator
  ) throws(ItemProblem) -> Sink.Outcome {
    guard let damage = content.damage else { return outcome }
    return try sink.add(damage: damage, to: outcome, at: locator)
  }

  /// Returns the sieve's verdict on an item: by its first bytes, and if they do not exclude it,
  /// by all of them.
  private func sift(_ content: any OpenContent) throws(ItemProblem) -> SieveSession.Verdict {
    sieve?.forgetVerdict()
    guard sieve != nil, sink.mayExclude(content) else { return .scan }
    let start = ContinuousClock.now
    return try Sifting.verdict(
      on: content, &reader, &sieve!, count: { sink.count(read: $0) },
      check: { () throws(ItemProblem) in try sink.check(since: start) })
  }

  /// Scans with the remaining rules, and identifies the matches while the bytes are in memory.
  /// `isScanned` is false if conditions alone, or a search for whole strings, show that nothing matches.
  private func confirm(
    _ content: any OpenContent, at locator: Locator, _ verdict: SieveSession.Verdict
  ) throws(ItemProblem) -> (reading: ContentReader.Reading<Sink.Outcome>, isScanned: Bool) {
    var isScanned = true
    let reading = try reader.withBytes(of: content) {
      bytes throws(ItemProblem) -> Sink.Outcome in
      let (verdict, rules) =
        sieve == nil ? (verdict, nil) : sieve!.narrow(verdict, bytes, keeping: modules)
      let slot = scanners.slot(of: rules)
      switch verdict {
      case .excludedByGate, .excludedBySieve:
        isScanned = false
        sink.count(.excludedBySieve)
        return sink.nothing(in: content, at: locator)
      case .evaluate where isCleanWithoutStrings(bytes, slot):
        isScanned = false
        sink.count(.evaluatedWithoutScan)
        return sink.nothing(in: content, at: locator)
      case .evaluate, .scan, .searchAgain: break
      }
      sink.count(.scannedByLibyara)
      let (result, error) = slot.scanner.attempt(bytes)
      return try sink.identify(result, error, bytes, content, locator) {
        try? slot.scanner.scan($0).matches
      }
    }
    return (reading, isScanned)
  }

  /// Whether no condition is true for an item that contains none of the strings; any other result
  /// requires a scan.
  private func isCleanWithoutStrings(_ bytes: RawSpan, _ slot: ScannerPool.Slot) -> Bool {
    guard let result = try? slot.scanner.evaluateWithoutStrings(bytes) else { return false }
    return result.matches.isEmpty && result.printed.isEmpty
  }

  /// Lets libyara scan an item that the sieve has excluded.
  private func verified(_ content: any OpenContent, at locator: Locator) throws(ItemProblem)
    -> Sink.Outcome
  {
    sieve?.forgetVerdict()
    let outcome = try confirm(content, at: locator, .scan).reading.result
    sink.receiveVerification(outcome, at: locator)
    return outcome
  }
}
