import Bytes
import Evidence
import Findings
import Identity
import Profiles
import Traces
import Yara

/// The sink of a scan for findings: identifies matches, and counts every item in the ledger.
struct FindingSink: OutcomeSink {
  let scan: ScanContext
  /// The content with several paths that this worker has claimed, until it is recorded.
  var claim: SharedContents.Key?
  /// Result of the current item so far.
  var entry = ItemEntry(locator: Locator(evidence: "", path: ""))
  /// The item that is scanned.
  private var item: Item?
  /// Digests of the item, if it is an unsigned program: a catalogue file may sign it.
  private var unsigned: CatalogueDigests?
  /// Whether the item waits for others, and has no outcome yet.
  var isPostponed = false
  /// Members of the archive that is listed, which are recorded many at a time.
  var passed: PassedMembers?
  /// Items of the machine that the item belongs to: of the scan, or of the image that it is inside of.
  var companions: Companions
  /// Whether the item is a file of that machine, and no member of an archive.
  var isFile = true
  /// Accumulated percentage of items to verify; 100 is one item.
  var verificationDebt = 0

  init(_ scan: ScanContext) {
    self.scan = scan
    companions = scan.companions
  }

  static var scansUnreadableAsEmpty: Bool { false }

  mutating func begin(_ item: Item, _ options: inout Scanner.Options) -> Bool {
    guard !scan.cancellation.isCancelled else {
      scan.recorder.enter(.notScanned(.interrupted))
      return false
    }
    if scan.readsTraces, isFile { companions.keep(item) }
    self.item = item
    entry = ItemEntry(item)
    unsigned = nil
    return true
  }

  // MARK: Open

  mutating func accepts(_ content: any OpenContent, at locator: Locator) throws(ItemProblem)
    -> Bool
  {
    let size = content.facts.size
    entry.size = size
    entry.state = scan.recorder.keepsEntries ? content.state : nil
    guard claims(content, locator) else {
      letGo()
      return false
    }
    entry.ledger.count(present: size, read: 0)
    if let maximum = scan.options.maximumSize, size > maximum {
      throw ItemProblem(
        .tooLarge, "\(size) bytes exceed the size limit of \(maximum)")
    }
    return true
  }

  /// Whether the content is scanned for this path; for its other paths, the finding is reported again.
  private mutating func claims(_ content: any OpenContent, _ locator: Locator) -> Bool {
    guard let identity = content.facts.identity, content.facts.hasOtherPaths,
      scan.options.readsSharedContentOnce
    else { return true }
    // The meaning of a content depends on its place: under another name a hive is an ordinary file.
    let shared = SharedContents.Key(identity: identity, place: place(of: locator))
    switch scan.shared.claim(shared, for: entry) {
    case .wait: return false
    case .report(let finding):
      recordLink(entry, finding)
      return false
    case .scan:
      claim = shared
      return true
    }
  }

  private func place(of locator: Locator) -> KnownPlace? {
    scan.readsTraces ? locator.knownPlace : nil
  }

  // MARK: Gate, search, confirm

  mutating func mayExclude(_ content: any OpenContent) -> Bool { true }

  mutating func check(since start: ContinuousClock.Instant) throws(ItemProblem) {
    guard !scan.cancellation.isCancelled else { throw .interrupted }
    guard let timeout = scan.options.timeout else { return }
    guard ContinuousClock.now - start < .seconds(timeout) else { throw .timedOut }
  }

  mutating func count(read: UInt64) {
    entry.ledger.count(present: 0, read: read)
    scan.recorder.noteProgress(read: read)
  }

  mutating func count(_ way: Ledger.Way) { entry.ledger.count(way) }

  mutating func isToBeVerified() -> Bool {
    verificationDebt += scan.options.verifiedPercentage
    guard verificationDebt >= 100 else { return false }
    verificationDebt -= 100
    return true
  }

  /// Records a match of an excluded item as a finding, and counts it as a defect of the sieve.
  mutating func receiveVerification(_ finding: Finding?, at locator: Locator) {
    entry.ledger.countVerification(isDifferent: finding != nil)
    guard let finding else { return }
    let rules = finding.matches.map(\.rule).joined(separator: ", ")
    note(
      ItemProblem(
        .engine,
        "the sieve excluded it, but libyara finds \(rules): a defect of Trawl, please report it;"
          + " scan again with --no-sieve"), at: locator)
  }

  // MARK: Identify

  mutating func nothing(in content: any OpenContent, at locator: Locator) -> Finding? { nil }

  mutating func identify(
    _ result: ScanResult, _ error: YaraError?, _ bytes: RawSpan, _ content: (any OpenContent)?,
    _ locator: Locator, rescan: (RawSpan) -> [RuleMatch]?
  ) throws(ItemProblem) -> Finding? {
    if let error { throw ItemProblem(error, wasCancelled: scan.cancellation.isCancelled) }
    guard let content, !result.matches.isEmpty else {
      guard let cut = result.cutStrings.first else { return nil }
      throw ItemProblem(
        .engine,
        "string \(cut.identifier) of rule \(cut.rule) exceeded libyara's limit of matches:"
          + " the absence of a match is not certain")
    }
    let borrowed = BorrowedIdentity(among: result.matches, in: bytes, scan: rescan)
    let identification = Identification(
      result, borrowed: borrowed, mayBeMixed: locator.state.map { $0 != .allocated } ?? false,
      bytes, scan.identifier)
    unsigned = identification.catalogueDigests
    return Finding(result.matches, identification, content, locator)
  }

  /// Adds a problem to the finding of a partly read item. The rest makes the scan incomplete.
  mutating func add(_ omission: ItemProblem, to finding: Finding?, at locator: Locator)
    throws(ItemProblem) -> Finding?
  {
    guard var finding else { throw omission }
    note(omission, at: locator)
    finding.attribution.reasons.append(
      "only part of it could be read; the hashes cover that part: \(omission.message)")
    return finding
  }

  /// Adds damage to a finding: unread bytes may have matched, and a rule that requires an absence saw zeros.
  mutating func add(damage: ItemProblem, to finding: Finding?, at locator: Locator)
    throws(ItemProblem) -> Finding?
  {
    guard var finding else { throw damage }
    note(damage, at: locator)
    finding.isPartial = true
    finding.attribution.confidence = finding.attribution.confidence.map { min($0, .claimed) }
    finding.attribution.reasons.append(
      "only part of it could be read; it has no hashes and is at most claimed: \(damage.message)"
    )
    return finding
  }

  /// Adds a problem of an item that matched: the item has its outcome, and is incomplete.
  mutating func note(_ problem: ItemProblem, at locator: Locator) {
    entry.ledger.countPartial()
    entry.problems.append(Problem(locator: locator, cause: problem))
  }

  /// Completes a scan; at a known place, also reads the artifacts.
  mutating func complete(
    _ scanned: Result<Finding?, ItemProblem>, of content: any OpenContent, at locator: Locator,
    _ reader: inout ContentReader
  ) throws(ItemProblem) -> Finding? {
    entry.lost = content.lost
    guard let place = place(of: locator), let profile = scan.profile else {
      return try scanned.get()
    }
    let scanned = PlaceExamination(place, profile, locator, scanned)
    var examination = scanned
    if !scan.cancellation.isCancelled {
      if examination.mayHaveLog, postpone(.logs(scanned)) { return nil }
      count(read: examination.readTraces(of: content, &reader, logs: [:]))
      entry.lost = content.lost
      if examination.needsLogs, postpone(.logs(scanned)) { return nil }
    }
    return try examination.outcome { note($0, at: locator) }
  }

  /// Postpones an item to the end of the scan; false if too many wait.
  private mutating func postpone(_ rest: PostponedItem.Rest) -> Bool {
    guard let item else { return false }
    isPostponed = companions.postpone(
      PostponedItem(item: item, rest: rest, claim: claim, entry: entry))
    if isPostponed { claim = nil }
    return isPostponed
  }

  /// Gives the items that waited for others their outcome, once all have been seen.
  mutating func completePostponed() {
    defer { companions.clear() }
    let waiting = companions.takePostponed()
    guard !waiting.isEmpty else { return }
    for item in companions.addCatalogues(
      to: waiting, scan.identifier, ContentReader(policy: scan.options.reading),
      isCancelled: { [scan] in scan.isCancelled })
    {
      complete(item)
    }
  }

  private mutating func complete(_ waiting: PostponedItem) {
    claim = waiting.claim
    entry = waiting.entry
    switch waiting.rest {
    case .catalogues(let finding, _): record(finding, at: waiting.item.locator)
    case .logs(let examination): complete(waiting, examination)
    }
  }

  private mutating func complete(_ waiting: PostponedItem, _ examination: PlaceExamination) {
    let locator = waiting.item.locator
    do throws(ItemProblem) {
      guard !scan.cancellation.isCancelled else { throw .interrupted }
      var reader = ContentReader(policy: scan.options.reading)
      let content = try waiting.item.content.open()
      var examination = examination
      if !examination.isLog || !companions.isRead(logAt: locator) {
        let logs = companions.logs(
          of: locator, isFile: content.facts.identity != nil, &reader, scan.options.reading)
        count(read: examination.readTraces(of: content, &reader, logs: logs))
      }
      entry.lost = content.lost
      let finding = try examination.outcome { note($0, at: locator) }
      record(finding, at: locator)
    } catch {
      record(error, at: locator)
    }
  }

  // MARK: Record

  mutating func record(_ finding: Finding?, at locator: Locator) {
    defer { letGo() }
    guard !isPostponed else { return }
    if let finding, let digests = unsigned, postpone(.catalogues(finding, digests)) { return }
    entry.finding = finding
    entry.isNoted =
      finding == nil && locator.archive == nil && scan.recorder.isNoteworthy(locator)
    finish(finding == nil ? .clean : .matched, finding)
  }

  mutating func record(_ problem: ItemProblem, at locator: Locator) {
    defer { letGo() }
    entry.problems.append(Problem(locator: locator, cause: problem))
    finish(.notScanned(problem.reason), nil)
  }

  private mutating func finish(_ outcome: Findings.Outcome, _ finding: Finding?) {
    entry.outcome = outcome
    entry.ledger.enter(outcome)
    keep(finding)
  }

  mutating func keep(_ finding: Finding?) {
    if let claim { entry.shared = SharedContent(claim) }
    scan.recorder.record(entry)
    finishClaim(finding, isInterrupted: entry.outcome == .notScanned(.interrupted))
  }

  /// Ends an item, and releases its content, which may hold an image.
  mutating func letGo() {
    item = nil
    unsigned = nil
    isPostponed = false
  }

  /// Releases the paths that wait, even after an error.
  private mutating func finishClaim(_ finding: Finding?, isInterrupted: Bool) {
    guard let claim else { return }
    self.claim = nil
    for other in scan.shared.finish(claim, finding: finding) {
      // A scan that resumes must scan one of the paths.
      if isInterrupted {
        scan.recorder.ignore(.hardLinks, at: nil)
      } else {
        recordLink(other, finding)
      }
    }
  }

  /// Records a further path of a content: the finding is reported for it, too.
  private func recordLink(_ entry: ItemEntry, _ finding: Finding?) {
    var entry = entry
    entry.ledger.ignore(.hardLinks)
    entry.isFirstPath = false
    entry.finding = finding
    entry.finding?.locator = entry.locator
    // Which path is scanned depends on the workers; which files a product's folder has must not.
    entry.isNoted = finding == nil && scan.recorder.isNoteworthy(entry.locator)
    scan.recorder.record(entry)
  }
}

extension ItemProblem {
  static let interrupted = ItemProblem(
    .interrupted, "the scan was interrupted before the item was complete")
  static let timedOut = ItemProblem(
    .timedOut, "the scan of the item timed out; raise the time limit (--timeout)")

  /// Translates a failure of libyara into a problem of the item.
  fileprivate init(_ error: YaraError, wasCancelled: Bool) {
    switch error.code {
    case .scanTimeout where wasCancelled: self = .interrupted
    case .scanTimeout: self = .timedOut
    default: self.init(.engine, "libyara: \(error.message)")
    }
  }
}
