import Evidence
import Findings

/// Items inside of items: members of archives, and files of disk images.
extension FindingSink {
  var verifiesExclusions: Bool { scan.options.verifiedPercentage > 0 }

  func isRecorded(_ item: Item) -> Bool {
    guard scan.recorder.isRecorded(item) else { return false }
    if scan.readsTraces, isFile { companions.keep(recorded: item) }
    return true
  }

  func resumed(after members: FindingSink, of content: any OpenContent) -> FindingSink {
    var sink = self
    sink.entry.lost = content.lost
    sink.verificationDebt = members.verificationDebt
    return sink
  }

  mutating func beginMembers(of archive: Locator, _ origin: MemberOrigin) {
    beginInside(isFile: false)
    passed = PassedMembers(of: archive, origin)
  }

  /// Forgets the item: its claim and its delay are not those of the items inside of it.
  private mutating func beginInside(isFile: Bool) {
    claim = nil
    isPostponed = false
    self.isFile = isFile
  }

  mutating func beginImage() {
    beginInside(isFile: true)
    companions = Companions()
    passed = nil
  }

  mutating func endImage() { completePostponed() }

  mutating func add(report problem: ItemProblem, at locator: Locator) {
    entry.ledger.enter(.notScanned(problem.reason))
    entry.problems.append(Problem(locator: locator, cause: problem))
  }

  mutating func pass(_ name: [UInt8], _ index: UInt64, size: UInt64, read: UInt64) -> Bool {
    guard passed != nil, !scan.recorder.hasRecords, size <= scan.options.maximumSize ?? .max
    else { return false }
    if scan.recorder.keepsEntries {
      passed!.append(name, index, size: size, read: read)
    } else {
      passed!.count(size: size, read: read)
    }
    if passed!.ledger.clean == PassedMembers.capacity { flush() }
    return true
  }

  mutating func endMembers() {
    flush()
    passed = nil
  }

  private mutating func flush() {
    guard let members = passed, members.ledger.clean > 0 else { return }
    scan.recorder.noteProgress(read: members.ledger.bytesRead)
    scan.recorder.record(members)
    passed = PassedMembers(of: members.archive, members.origin)
  }

  mutating func count(ignored kind: IgnoredKind) { entry.ledger.ignore(kind) }

  /// The archive itself was scanned, and a finding in it stands.
  mutating func add(members problem: ItemProblem, to finding: Finding?, at locator: Locator)
    throws(ItemProblem) -> Finding?
  {
    guard let finding else { throw problem }
    note(problem, at: locator)
    return finding
  }

  /// An archive that is not opened is not clean.
  mutating func record(_ finding: Finding?, leaving kind: ArchiveKind, at locator: Locator) {
    entry.ledger.leave(kind)
    guard finding == nil else { return record(finding, at: locator) }
    defer { letGo() }
    entry.ledger.ignore(.archives)
    entry.isLeft = true
    keep(nil)
  }
}
