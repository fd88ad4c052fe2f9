import Bytes
import Engine
import Evidence
import Findings
import GRDB
import Reports

extension BatchWriter {
  /// Inserts items and their counts: clean ones and unopened archives packed, others as rows with their finding or
  /// problems.
  mutating func insert(
    _ items: [PendingItem], _ members: [PassedMembers], _ entries: [ItemEntry], _ counts: Ledger
  ) throws {
    var blocks = Blocks()
    for item in items { try pack(item, into: &blocks) }
    for archive in members { try pack(archive, into: &blocks) }
    var ledger = counts
    for entry in entries {
      ledger.add(entry.ledger)
      let evidence = try rows(of: entry.locator).evidence
      try insert(lost: entry.lost, of: evidence)
      if entry.isNoted { try insert([encoded(entry.locator)], into: .candidates) }
      var finding: Int64?
      if entry.isPacked {
        try pack(PendingItem(packing: entry, state.key), into: &blocks)
      } else {
        finding = try insert(entry)
      }
      if let shared = entry.shared { try insert(shared, of: evidence, finding: finding) }
    }
    for key in blocks.order { try insert(blocks.packed[key]!, of: key) }
    try insert(ledger, run: nil)
  }

  /// Blocks that are not full yet, in the order of their first items.
  private struct Blocks {
    var packed: [BlockKey: PackedItems] = [:]
    var order = [BlockKey]()

    /// Removes a block, so that it is appended to without a copy.
    mutating func remove(_ key: BlockKey) -> PackedItems {
      guard let block = packed.removeValue(forKey: key) else {
        order.append(key)
        return PackedItems()
      }
      return block
    }
  }

  private mutating func pack(_ item: PendingItem, into blocks: inout Blocks) throws {
    let key = try blockKey(of: item.locator)
    var block = blocks.remove(key)
    block.append(item)
    try insert(full: &block, of: key)
    blocks.packed[key] = block
  }

  private mutating func pack(_ members: PassedMembers, into blocks: inout Blocks) throws {
    let key = try blockKey(of: members.archive)
    var block = blocks.remove(key)
    try members.visit { path, discriminator, size in
      block.append(
        PackedItems.Entry(
          path: path, stream: nil, state: members.archive.state,
          detail: ItemName.detail([], discriminator, state.key), size: size, stamp: nil,
          isLink: false))
      try insert(full: &block, of: key)
    }
    blocks.packed[key] = block
  }

  private mutating func blockKey(of locator: Locator) throws -> BlockKey {
    let (evidence, volume) = try rows(of: locator)
    return BlockKey(evidence: evidence, volume: volume)
  }

  /// Inserts a block that is full, and begins the next.
  private mutating func insert(full block: inout PackedItems, of key: BlockKey) throws {
    guard block.count == PackedItems.capacity else { return }
    try insert(block, of: key)
    block = PackedItems()
  }

  /// Evidence and volume that the items of a block share.
  private struct BlockKey: Hashable {
    let evidence: Int64
    let volume: Int64?
  }

  private mutating func insert(_ block: PackedItems, of key: BlockKey) throws {
    guard block.count > 0 else { return }
    try insert(
      [
        key.evidence.databaseValue, CaseValue.number(key.volume), CaseValue.number(block.count),
        CaseValue.blob(block.data),
      ], into: .itemBlocks)
  }

  /// Inserts a row for an item; returns that of its finding.
  private mutating func insert(_ entry: ItemEntry) throws -> Int64? {
    let (outcome, reason): (String, String?) =
      switch entry.outcome {
      case .matched: ("matched", nil)
      case .clean: ("clean", nil)
      case .notScanned(let reason): (reason.isSkip ? "skipped" : "failed", reason.rawValue)
      case nil where entry.isLeft: ("ignored", "archives")
      case nil: ("hard_link", nil)
      }
    let detail = ItemName.detail(entry.locator.runs, entry.discriminator, state.key)
    let row = try insert(
      try place(entry.locator) + [
        CaseValue.number(detail), CaseValue.number(entry.size),
        CaseValue.number(entry.stamp(state.key)), CaseValue.text(outcome), CaseValue.text(reason),
      ], into: .items)
    for problem in entry.problems { try insert(problem, item: row) }
    return try entry.finding.map { try insert($0, isFirstPath: entry.isFirstPath, item: row) }
  }

  /// Inserts a problem of an item, or of a source if `item` is nil.
  mutating func insert(_ problem: Problem, item: Int64?) throws {
    let reason = problem.cause.reason
    try insert(
      try place(problem.locator) + [
        state.run.databaseValue, CaseValue.number(item), nextPosition(),
        CaseValue.text(reason.isSkip ? "skipped" : "failed"), CaseValue.text(reason.rawValue),
        CaseValue.text(problem.cause.message),
        CaseValue.text(JSONLinesReport.line(of: .problem(problem))), try encoded(problem),
      ], into: .problems)
  }

  /// Inserts the counts of a ledger that are not zero: of items, or of a run's sources.
  mutating func insert(_ ledger: Ledger, run: Int64?) throws {
    for (name, value) in ledger.counts where value > 0 {
      try insert(
        [CaseValue.number(run), CaseValue.text(name), CaseValue.number(value)], into: .counts)
    }
  }

  /// Inserts the result of a search.
  mutating func insert(_ search: MediumSearch, _ result: [UInt8]) throws {
    try insert(
      [
        try evidence(search.evidence).databaseValue, CaseValue.number(search.range.lowerBound),
        CaseValue.number(search.range.upperBound - search.range.lowerBound),
        CaseValue.blob(search.parts),
        CaseValue.blob(result),
      ], into: .searches)
  }

  private mutating func insert(lost ranges: [Range<UInt64>], of evidence: Int64) throws {
    for range in ranges {
      try insert(
        [
          evidence.databaseValue, CaseValue.number(range.lowerBound),
          CaseValue.number(range.upperBound - range.lowerBound),
        ], into: .lostRanges)
    }
  }

  private mutating func insert(_ shared: SharedContent, of evidence: Int64, finding: Int64?) throws
  {
    let identity = shared.identity
    try insert(
      [
        identity.image == nil ? CaseValue.null : evidence.databaseValue,
        CaseValue.number(identity.device), CaseValue.number(identity.inode),
        CaseValue.number(identity.stream), CaseValue.text(shared.place), CaseValue.number(finding),
      ], into: .sharedContents)
  }
}

extension PackedItems {
  /// Packs an item.
  fileprivate mutating func append(_ item: PendingItem) {
    append(
      Entry(
        path: item.locator.path.bytes, stream: item.locator.stream?.bytes,
        state: item.locator.state, detail: item.detail, size: item.size, stamp: item.stamp,
        isLink: item.isLink, isLeft: item.isLeft))
  }
}

extension ContentState {
  /// Short hash by which a changed file is noticed.
  func stamp(_ key: SipHash.Key) -> UInt32 {
    var hash = SipHash(key)
    hash.add(size)
    for time in [modified, changed] {
      hash.add(UInt64(bitPattern: time.seconds))
      hash.add(UInt64(time.nanoseconds))
    }
    return UInt32(truncatingIfNeeded: hash.finish())
  }
}
