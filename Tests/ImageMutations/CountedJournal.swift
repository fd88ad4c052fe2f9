import Engine
import Evidence
import Findings
import Locks

/// A journal that only adds up what it is told to keep, so that an account can be compared with it: what lies inside of
/// items is pushed by no source.
final class CountedJournal: ScanJournal {
  private let counts = Locked(Counts())

  struct Counts {
    var ledger = Ledger()
    var entries = 0
    /// Members of archives and files of images that are inside of items.
    var inside = 0
  }

  var recorded: Counts { counts.withLock { $0 } }

  func resume() -> EarlierScan { EarlierScan() }

  func isRecorded(_ item: Item) -> Bool { false }

  func record(_ entry: ItemEntry) {
    counts.withLock { counts in
      counts.ledger.add(entry.ledger)
      counts.entries += 1
      if entry.locator.filePath != entry.locator.path { counts.inside += 1 }
    }
  }

  func record(_ members: PassedMembers) {
    counts.withLock { counts in
      counts.ledger.add(members.ledger)
      counts.inside += members.ledger.clean
    }
  }

  func record(walk ledger: Ledger, problem: Problem?) {
    counts.withLock { $0.ledger.add(ledger) }
  }

  func record(_ medium: MediumDescription) {}

  func finish(_ end: ScanEnd) -> CaseReference? { nil }
}
