import Evidence
import Glibc
import Sieve
import Yara

/// Takes one item from open to what matches in it. The crew hands it to one thread at a time.
final class MatchWorker: ItemWorker, @unchecked Sendable {
  private let scan: MatchContext
  private var reader: ContentReader
  private var scanner: Scanner
  private var sieve: SieveSession?

  init(_ scan: MatchContext) throws(YaraError) {
    self.scan = scan
    reader = ContentReader(policy: scan.options.reading)
    scanner = try Scanner(scan.rules, options: scan.options.scanner)
    scan.cancellation.add(scanner.interrupt)
    sieve = scan.sieve?.session()
  }

  func work(_ item: Item) {
    guard !scan.cancellation.isCancelled else { return }
    if let deadline = scan.options.deadline {
      let left = deadline - time(nil)
      guard left > 0 else {
        scan.noteDeadline(at: item.locator)
        return
      }
      scanner.options.timeout = left
    }
    defer { reader.finish() }
    if !scan.receiver.receive(outcome(of: item)) { scan.cancellation.cancel() }
  }

  private func outcome(of item: Item) -> MatchOutcome {
    do throws(ItemProblem) {
      let content: any OpenContent
      do throws(ItemProblem) { content = try item.content.open() } catch {
        // To libyara a device or a pipe is a file of no bytes.
        guard error.reason == .device || error.reason == .pipe else { throw error }
        return ofNothing(item, error)
      }
      do throws(ItemProblem) { return try outcome(of: item, content) } catch {
        // So is what the kernel makes up when it is read.
        guard content.facts.size == 0 else { throw error }
        return ofNothing(item, error)
      }
    } catch {
      return MatchOutcome(
        locator: item.locator, result: ScanResult(), failure: .content(error), omission: nil,
        size: 0)
    }
  }

  /// The outcome of an item whose content is not scanned: that of no bytes.
  private func ofNothing(_ item: Item, _ problem: ItemProblem) -> MatchOutcome {
    let (result, error) = scanner.attempt([UInt8]().span.bytes)
    return MatchOutcome(
      locator: item.locator, result: result, failure: error.map { .engine($0) },
      omission: problem, size: 0)
  }

  private func outcome(of item: Item, _ content: any OpenContent) throws(ItemProblem)
    -> MatchOutcome
  {
    let size = content.facts.size
    let verdict = try sift(content)
    if verdict == .excludedByGate || verdict == .excludedBySieve {
      return MatchOutcome(
        locator: item.locator, result: ScanResult(), failure: nil, omission: nil, size: size)
    }
    let reading = try reader.withBytes(of: content) {
      bytes throws(ItemProblem) -> (result: ScanResult, error: YaraError?) in
      if verdict == .evaluate, let result = try? scanner.evaluateWithoutStrings(bytes),
        result.matches.isEmpty, result.printed.isEmpty
      {
        return (ScanResult(), nil)
      }
      return scanner.attempt(bytes)
    }
    let (result, error) = reading.result
    return MatchOutcome(
      locator: item.locator, result: result, failure: error.map { .engine($0) },
      omission: reading.problem, size: size)
  }

  private func sift(_ content: any OpenContent) throws(ItemProblem) -> SieveSession.Verdict {
    guard sieve != nil else { return .scan }
    if let limit = scan.options.sizeOfWholeScans, content.facts.size >= limit { return .scan }
    let scan = self.scan
    return try Sifting.verdict(
      on: content, &reader, &sieve!, count: { _ in },
      check: { () throws(ItemProblem) in
        guard !scan.cancellation.isCancelled else { throw .interrupted }
      })
  }
}
