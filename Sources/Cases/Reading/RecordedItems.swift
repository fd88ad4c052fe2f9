import Bytes
import Evidence
import GRDB

/// Items that earlier runs have recorded: which of the items that a source pushes need not be scanned again.
///
/// A clean item takes 8 bytes of memory: 40 bits of a fingerprint, and the number of its block. Its name is then
/// compared with that in the block, so no two items are confused. Items come in about the order in
/// which they were recorded, so few blocks are decoded more than once.
struct RecordedItems {
  /// Result of a claim.
  enum Claim: Hashable {
    /// The item is not recorded.
    case unknown
    /// The item is recorded; `stamp` describes its content at that time.
    case recorded(stamp: UInt32?)
  }

  private let key: SipHash.Key
  private let blocks: BlockCache
  /// The packed items in order: the upper bits of a fingerprint, and the number of the block in the others.
  private var packed: [UInt64]
  /// Bits of those that were claimed: two items with one name are two items.
  private var claimed: [UInt64]
  /// Other items, with the stamps of those not claimed yet.
  private var rows: [ItemName: [UInt32?]]
  /// Number of items that were not claimed yet.
  private(set) var remaining: Int

  private static let blockBits: UInt64 = 24
  private static let blockMask: UInt64 = 1 << blockBits - 1

  /// Reads the items of a case.
  init(_ connection: DatabaseQueue, key: SipHash.Key) throws {
    self.key = key
    blocks = BlockCache(connection)
    var packed = [UInt64]()
    var rows = [ItemName: [UInt32?]]()
    try connection.read { database in
      let count = try Int.fetchOne(database, sql: "SELECT sum(count) FROM item_blocks") ?? 0
      // A damaged number must not reserve memory.
      packed.reserveCapacity(min(max(0, count), 100_000_000))
      let cursor = try Row.fetchCursor(
        database, sql: "SELECT id, evidence, volume, count, data FROM item_blocks ORDER BY id")
      while let row = try cursor.next() {
        let block = try ItemBlock(row)
        guard let number = UInt64(exactly: block.number), number <= Self.blockMask else {
          throw CaseError(.unusable, "the case has more than \(Self.blockMask) blocks of items")
        }
        for entry in block.entries {
          let name = block.name(of: entry)
          packed.append(name.fingerprint(key) & ~Self.blockMask | number)
        }
      }
      let others = try Row.fetchCursor(
        database,
        sql: """
          SELECT evidence, volume, path, path_bytes, stream, stream_bytes, state, detail, stamp \
          FROM items ORDER BY id
          """)
      while let row = try others.next() {
        let name = ItemName(
          evidence: row.integer(0), volume: row.integerIfPresent(1), path: row.path(2).bytes,
          stream: row.textIfPresent(4) == nil ? nil : row.path(4).bytes,
          state: row.textIfPresent(6).flatMap { AllocationState(rawValue: $0) },
          detail: row.integerIfPresent(7).map { UInt64(bitPattern: $0) })
        rows[name, default: []].append(
          row.integerIfPresent(8).map { UInt32(truncatingIfNeeded: $0) })
      }
    }
    packed.sort()
    claimed = Array(repeating: 0, count: (packed.count + 63) / 64)
    self.packed = packed
    self.rows = rows
    remaining = packed.count + rows.values.reduce(0) { $0 + $1.count }
  }

  /// Claims a recorded item by its name; each can be claimed once.
  mutating func claim(_ name: ItemName) throws -> Claim {
    if var stamps = rows[name] {
      let stamp = stamps.removeFirst()
      rows[name] = stamps.isEmpty ? nil : stamps
      remaining -= 1
      return .recorded(stamp: stamp)
    }
    let fingerprint = name.fingerprint(key) & ~Self.blockMask
    var index = packed.partitionPoint { $0 >= fingerprint }
    while index < packed.count, packed[index] & ~Self.blockMask == fingerprint {
      defer { index += 1 }
      guard claimed[index / 64] & (1 << UInt64(index % 64)) == 0 else { continue }
      let block = try blocks.block(packed[index] & Self.blockMask)
      guard let entry = block.entries.first(where: { block.name(of: $0) == name }) else { continue }
      claimed[index / 64] |= 1 << UInt64(index % 64)
      remaining -= 1
      return .recorded(stamp: entry.stamp)
    }
    return .unknown
  }
}

/// A block of packed items.
struct ItemBlock {
  let number: Int64
  let evidence: Int64
  let volume: Int64?
  let entries: [PackedItems.Entry]

  /// Decodes a row of identifier, evidence, volume, count and data.
  init(_ row: Row) throws {
    number = row.integer(0)
    evidence = row.integer(1)
    volume = row.integerIfPresent(2)
    do {
      entries = try PackedItems.entries(of: row.bytes(4), count: Int(clamping: row.integer(3)))
    } catch {
      throw CaseError(.damaged, "block \(number) of items is damaged; trawl case verify says more")
    }
  }

  /// Name of one of its entries.
  func name(of entry: PackedItems.Entry) -> ItemName {
    ItemName(
      evidence: evidence, volume: volume, path: entry.path, stream: entry.stream,
      state: entry.state, detail: entry.detail)
  }
}

/// The decoded blocks that were used last. The owner of the items locks it.
private final class BlockCache: @unchecked Sendable {
  private let connection: DatabaseQueue
  private var blocks: [UInt64: ItemBlock] = [:]
  private var order: [UInt64] = []

  /// Number of blocks kept: as many as the items between two directories that are listed at the same time.
  private static let capacity = 32

  init(_ connection: DatabaseQueue) { self.connection = connection }

  func block(_ number: UInt64) throws -> ItemBlock {
    if let known = blocks[number] { return known }
    let row = try connection.read { database in
      try Row.fetchOne(
        database, sql: "SELECT id, evidence, volume, count, data FROM item_blocks WHERE id = ?",
        arguments: [Int64(number)])
    }
    guard let row else { throw CaseError(.damaged, "block \(number) of items has vanished") }
    let block = try ItemBlock(row)
    if order.count == Self.capacity { blocks[order.removeFirst()] = nil }
    blocks[number] = block
    order.append(number)
    return block
  }
}
