import Engine
import Evidence
import Findings

/// Results that wait for the next batch.
struct PendingBatch {
  /// Items that a batch packs.
  var items: [PendingItem] = []
  /// Members of archives that it packs as well.
  var members: [PassedMembers] = []
  private var memberCount = 0
  /// Counts of these items and members.
  var ledger = Ledger()
  /// Items with more than a name and a size.
  var entries: [ItemEntry] = []
  /// Counts of sources.
  var walk = Ledger()
  /// Problems of sources.
  var problems: [Problem] = []
  var media: [MediumDescription] = []
  /// Searches of media, with their results.
  var searches: [(search: MediumSearch, result: [UInt8])] = []

  /// Number of results by which the size of a batch is bounded.
  var count: Int { items.count + memberCount + entries.count + problems.count }

  var isEmpty: Bool {
    count == 0 && media.isEmpty && searches.isEmpty && walk == Ledger()
  }

  /// Adds an item that is packed.
  mutating func add(_ item: PendingItem, _ ledger: Ledger) {
    items.append(item)
    self.ledger.add(ledger)
  }

  /// Adds members of an archive.
  mutating func add(_ members: PassedMembers) {
    self.members.append(members)
    memberCount += members.count
    ledger.add(members.ledger)
  }

  /// Writes everything.
  func write(to batch: inout BatchWriter) throws {
    for medium in media { try batch.insert(medium) }
    for problem in problems { try batch.insert(problem, item: nil) }
    try batch.insert(items, members, entries, ledger)
    for (search, result) in searches { try batch.insert(search, result) }
    try batch.insert(walk, run: batch.state.run)
  }
}

/// A clean item, a further path of one, or an archive that is not opened, before it is packed: a small part of its entry,
/// since thousands wait.
struct PendingItem {
  let locator: Locator
  let size: UInt64
  let detail: UInt64?
  let stamp: UInt32?
  let isLink: Bool
  let isLeft: Bool

  /// Takes the parts of an entry; nil if it has more than these.
  init?(_ entry: ItemEntry, _ key: SipHash.Key) {
    guard entry.isPacked, entry.lost.isEmpty, !entry.isNoted, entry.shared == nil else {
      return nil
    }
    self.init(packing: entry, key)
  }

  /// Takes the parts of an entry that are packed.
  init(packing entry: ItemEntry, _ key: SipHash.Key) {
    locator = entry.locator
    size = entry.size
    detail = ItemName.detail(entry.locator.runs, entry.discriminator, key)
    stamp = entry.stamp(key)
    isLink = entry.outcome == nil && !entry.isLeft
    isLeft = entry.isLeft
  }
}

extension ItemEntry {
  /// Whether nothing but its name and its size is recorded.
  var isPacked: Bool {
    problems.isEmpty && (outcome == .clean || outcome == nil && finding == nil)
  }

  /// Short hash of the size and the times that its content had.
  func stamp(_ key: SipHash.Key) -> UInt32? { state.map { $0.stamp(key) } }
}
