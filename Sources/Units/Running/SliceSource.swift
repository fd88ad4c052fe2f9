import Bytes
package import Engine
package import Evidence
package import Findings

/// The files of all live targets, for a scan of one slice. Everything is listed, because a hive of the slice may need
/// the log of another, and an unsigned program a catalogue file. Nothing else is opened: ``UnitJournal`` says that the
/// items of other slices are recorded.
package struct SliceSource: ItemSource {
  private let sources: [any ItemSource]
  private let slice: Slice
  private let reports: Bool

  /// A source of the slice; if it `reports`, also of what is no item.
  package init(_ sources: [any ItemSource], slice: Slice, reports: Bool) {
    self.sources = sources
    self.slice = slice
    self.reports = reports
  }

  package var evidence: [EvidenceDescription] { sources.flatMap(\.evidence) }

  package func push(to receiver: any ItemReceiver) {
    let receiver = SliceReceiver(receiver: receiver, slice: slice, reports: reports)
    for source in sources where !receiver.isCancelled { source.push(to: receiver) }
  }
}

private struct SliceReceiver: ItemReceiver {
  let receiver: any ItemReceiver
  let slice: Slice
  let reports: Bool

  func receive(_ item: Item) {
    let path = item.locator.path
    if slice.contains(path) || FileState.isCompanion(path) { receiver.receive(item) }
  }

  func report(_ problem: ItemProblem, at locator: Locator) {
    if reports { receiver.report(problem, at: locator) }
  }

  func ignore(_ kind: IgnoredKind, at path: RawPath?) {
    if reports { receiver.ignore(kind, at: path) }
  }

  func account(
    for medium: MediumAccount, completing: @escaping @Sendable (inout MediumAccount) -> Void
  ) {
    receiver.account(for: medium, completing: completing)
  }
  func describe(_ medium: MediumDescription) { receiver.describe(medium) }
  func advance(to position: UInt64, of size: UInt64, in evidence: RawPath) {
    receiver.advance(to: position, of: size, in: evidence)
  }
  var isCancelled: Bool { receiver.isCancelled }
}

/// Journal of a unit: items of other slices count as recorded, and clean files that may belong to a product are kept.
package final class UnitJournal: ScanJournal {
  private let slice: Slice?
  private let report: UnitReport

  package init(_ slice: Slice?, _ report: UnitReport) {
    self.slice = slice
    self.report = report
  }

  package func resume() -> EarlierScan { EarlierScan() }
  package func isRecorded(_ item: Item) -> Bool {
    // Members belong to the file that holds them.
    !(slice?.contains(item.locator.filePath) ?? true)
  }
  package func record(_ entry: ItemEntry) throws {
    if entry.isNoted { try report.note(clean: entry.locator) }
  }
  package func record(_ members: PassedMembers) {}
  package func record(walk ledger: Ledger, problem: Problem?) {}
  package func record(_ medium: MediumDescription) {}
  package func finish(_ end: ScanEnd) -> CaseReference? { nil }
}
