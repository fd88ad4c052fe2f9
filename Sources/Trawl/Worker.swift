import Bytes
import Evidence
import Findings
import Identity
import Sieve
import Traces
import Yara

/// Takes one item from open to outcome. One thread at a time: a scanner and a buffer are not shared.
struct Worker: ~Copyable {
  private let scan: ScanContext
  private var reader: ContentReader
  private var scanner: Scanner
  private var sieve: SieveSession?
  /// Hundredths of an item that are owed to the checks of the sieve.
  private var verificationDebt = 0

  init(_ scan: ScanContext) throws(YaraError) {
    self.scan = scan
    reader = ContentReader(policy: scan.options.reading)
    var options = Scanner.Options()
    options.timeout = scan.options.timeout
    options.moduleFields = Identifier.moduleFields
    scanner = try Scanner(scan.rules, options: options)
    scan.cancellation.add(scanner.interrupt)
    sieve = scan.sieve?.session()
  }

  /// Works one item; whatever happens becomes its one outcome.
  mutating func work(_ item: Item) {
    guard !scan.cancellation.isCancelled else {
      scan.recorder.enter(.notScanned(.interrupted))
      return
    }
    defer { reader.finish() }
    do throws(ItemProblem) {
      let content = try item.content.open()
      let place = scan.readsTraces ? item.locator.knownPlace : nil
      guard let identity = content.facts.identity, content.facts.hasOtherPaths,
        scan.options.readsSharedContentOnce
      else {
        try report(examine(content, at: item.locator, place), at: item.locator)
        return
      }
      try workShared(content, identity, at: item.locator, place)
    } catch {
      scan.recorder.enter(error, at: item.locator)
    }
  }

  private mutating func workShared(
    _ content: any OpenContent, _ identity: ContentIdentity, at locator: Locator,
    _ place: KnownPlace?
  ) throws(ItemProblem) {
    // What a content is depends on the place, too: under another name a hive is any file.
    let shared = SharedContents.Key(identity: identity, place: place)
    switch scan.shared.claim(shared, for: locator) {
    case .wait: scan.recorder.ignore(.hardLinks, at: nil)
    case .report(let finding):
      scan.recorder.ignore(.hardLinks, at: nil)
      if let finding { reportAgain(finding, at: locator) }
    case .scan:
      var finding: Finding?
      // Whatever happens, the paths that wait must not wait for ever.
      defer {
        for other in scan.shared.finish(shared, finding: finding) {
          if let finding { reportAgain(finding, at: other) }
        }
      }
      finding = try examine(content, at: locator, place)
      report(finding, at: locator)
    }
  }

  private func report(_ finding: Finding?, at locator: Locator) {
    guard let finding else {
      scan.recorder.enterClean(at: locator)
      return
    }
    scan.recorder.enter(.matched)
    scan.recorder.report(finding, isFirstPath: true)
  }

  private func reportAgain(_ finding: Finding, at locator: Locator) {
    var finding = finding
    finding.locator = locator
    scan.recorder.report(finding, isFirstPath: false)
  }

  /// Scans an item, and reads the records at a known place; nil means that all of it was looked at and nothing
  /// found.
  private mutating func examine(
    _ content: any OpenContent, at locator: Locator, _ place: KnownPlace?
  ) throws(ItemProblem) -> Finding? {
    let facts = content.facts
    scan.recorder.count(present: facts.size, read: 0)
    if let maximum = scan.options.maximumSize, facts.size > maximum {
      throw ItemProblem(
        .tooLarge, "\(facts.size) bytes are more than the limit of \(maximum) that was set")
    }
    guard let place else { return try confirmed(content, at: locator) }
    var examination = PlaceExamination(place, locator)
    examination.takeScan { () throws(ItemProblem) in try confirmed(content, at: locator) }
    if !scan.cancellation.isCancelled {
      examination.readTraces(of: content, &reader, scan.recorder)
    }
    return try examination.outcome(scan.recorder)
  }

  /// Reads and confirms; nil means that all of it was scanned and nothing matched.
  private mutating func confirmed(_ content: any OpenContent, at locator: Locator)
    throws(ItemProblem) -> Finding?
  {
    let verdict = try sift(content)
    switch verdict {
    case .excludedByGate, .excludedBySieve:
      scan.recorder.count(verdict == .excludedByGate ? .excludedByGate : .excludedBySieve)
      return isToBeVerified() ? try verify(content, at: locator) : nil
    case .evaluate, .scan, .searchAgain: break
    }
    let reading = try Self.confirm(
      content, at: locator, onlyConditions: verdict == .evaluate, scan, &reader, &scanner)
    scan.recorder.count(present: 0, read: reading.read)
    if verdict == .evaluate, reading.result == nil, reading.problem == nil, isToBeVerified() {
      return try verify(content, at: locator)
    }
    guard let problem = reading.problem else { return reading.result }
    guard var finding = reading.result else { throw problem }
    // What was there matched: that is a finding. What was not there makes the scan incomplete.
    scan.recorder.note(problem, at: locator)
    finding.attribution.reasons.append(
      "only part of it could be read, and the hashes are of that part: \(problem.message)")
    return finding
  }

  private mutating func isToBeVerified() -> Bool {
    verificationDebt += scan.options.verifiedPercentage
    guard verificationDebt >= 100 else { return false }
    verificationDebt -= 100
    return true
  }

  /// Lets libyara scan what the sieve has answered for. A match is a finding whoever was wrong, and the
  /// scan says that the sieve was.
  private mutating func verify(_ content: any OpenContent, at locator: Locator)
    throws(ItemProblem) -> Finding?
  {
    let reading = try Self.confirm(
      content, at: locator, onlyConditions: false, scan, &reader, &scanner)
    scan.recorder.countVerification(isDifferent: reading.result != nil)
    guard let finding = reading.result else { return nil }
    let rules = finding.matches.map(\.rule).joined(separator: ", ")
    scan.recorder.note(
      ItemProblem(
        .engine,
        "the sieve excluded it, and libyara finds \(rules): a defect of this program, please report it;"
          + " scan again with --no-sieve"), at: locator)
    return finding
  }

  /// What the sieve says of an item: of its first bytes, and if they do not exclude it, of all of them.
  private mutating func sift(_ content: any OpenContent) throws(ItemProblem) -> SieveSession.Verdict
  {
    guard sieve != nil else { return .scan }
    let scan = self.scan
    let limit = scan.options.timeout.map { Duration.seconds($0) } ?? .seconds(Int64.max)
    let start = ContinuousClock.now
    return try Sifting.verdict(
      on: content, &reader, &sieve!,
      count: { scan.recorder.count(present: 0, read: $0) },
      check: { () throws(ItemProblem) in
        guard !scan.cancellation.isCancelled else { throw .interrupted }
        guard ContinuousClock.now - start < limit else { throw .timedOut }
      })
  }

  /// The reader lends its bytes while the scanner works: two parts of one worker, taken apart.
  private static func confirm(
    _ content: any OpenContent, at locator: Locator, onlyConditions: Bool, _ scan: ScanContext,
    _ reader: inout ContentReader, _ scanner: inout Scanner
  ) throws(ItemProblem) -> ContentReader.Reading<Finding?> {
    try reader.withBytes(of: content) { bytes throws(ItemProblem) in
      if onlyConditions, isCleanWithoutStrings(bytes, &scanner) {
        scan.recorder.count(.evaluatedWithoutScan)
        return nil
      }
      scan.recorder.count(.scannedByLibyara)
      let result: ScanResult
      do throws(YaraError) { result = try scanner.scan(bytes) } catch {
        throw ItemProblem(error, wasCancelled: scan.cancellation.isCancelled)
      }
      if let cut = result.cutStrings.first, result.matches.isEmpty {
        throw ItemProblem(
          .engine,
          "string \(cut.identifier) of rule \(cut.rule) matched more often than libyara counts, so that"
            + " no match is not certain")
      }
      return result.matches.isEmpty
        ? nil : Finding(result, bytes, content, locator, scan.identifier)
    }
  }

  /// Whether no condition is true of an item that holds none of the strings; whatever else comes of the
  /// question, a scan must say.
  private static func isCleanWithoutStrings(_ bytes: RawSpan, _ scanner: inout Scanner) -> Bool {
    guard let result = try? scanner.evaluateWithoutStrings(bytes) else { return false }
    return result.matches.isEmpty && result.consoleLines.isEmpty
  }
}

extension ItemProblem {
  static let interrupted = ItemProblem(
    .interrupted, "the scan was stopped before the item was done")
  static let timedOut = ItemProblem(
    .timedOut, "the scan took longer than allowed; raise the time-out")

  /// What a failure of libyara means for the item.
  fileprivate init(_ error: YaraError, wasCancelled: Bool) {
    switch error.code {
    case .scanTimeout where wasCancelled: self = .interrupted
    case .scanTimeout: self = .timedOut
    default: self.init(.engine, "libyara: \(error.message)")
    }
  }
}

/// A worker that passes from thread to thread; the crew's lock hands it to one at a time.
final class WorkerBox: ItemWorker, @unchecked Sendable {
  private var worker: Worker
  init(_ worker: consuming Worker) { self.worker = worker }

  func work(_ item: Item) { worker.work(item) }
}
