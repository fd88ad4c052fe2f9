import Locks

/// Decoded chunks of a container, shared by all threads that read it. Bounded in bytes; what has not
/// been used for longest goes first, or nearly so (a clock with one hand a shard).
///
/// A chunk is decoded outside of the lock: two threads that miss the same chunk at once both decode
/// it, which is rarer than one that waits for another's chunk would be.
final class ChunkCache<Index: Hashable & Sendable>: Sendable {
  private let shards: [Shard]

  /// Keeps up to `capacity` bytes of chunks; 64 MiB unless told.
  init(capacity: Int = 64 << 20, shards count: Int = 8) {
    shards = (0..<max(1, count)).map { _ in Shard(capacity: capacity / max(1, count)) }
  }

  /// The chunk `index`, decoded by `decode` if it is not at hand. What `decode` throws is kept nowhere.
  func chunk<Failure: Error>(_ index: Index, decode: () throws(Failure) -> [UInt8])
    throws(Failure) -> [UInt8]
  {
    let shard = shards[Int(index.hashValue.magnitude % UInt(shards.count))]
    if let known = shard.find(index) { return known }
    let decoded = try decode()
    shard.insert(decoded, at: index)
    return decoded
  }

  private final class Shard: Sendable {
    private let capacity: Int
    private let ring = Locked(Ring())

    init(capacity: Int) { self.capacity = capacity }

    func find(_ index: Index) -> [UInt8]? {
      ring.withLock { ring in
        guard let place = ring.places[index] else { return nil }
        ring.entries[place].wasUsed = true
        return ring.entries[place].bytes
      }
    }

    func insert(_ bytes: [UInt8], at index: Index) {
      guard bytes.count <= capacity else { return }
      ring.withLock { ring in
        guard ring.places[index] == nil else { return }
        while ring.count + bytes.count > capacity { ring.dropOne() }
        ring.places[index] = ring.entries.count
        ring.entries.append(Entry(index: index, bytes: bytes))
        ring.count += bytes.count
      }
    }
  }

  private struct Entry {
    let index: Index
    let bytes: [UInt8]
    /// Whether it was asked for since the hand last passed.
    var wasUsed = false
  }

  private struct Ring {
    var entries: [Entry] = []
    var places: [Index: Int] = [:]
    /// Bytes of all entries.
    var count = 0
    var hand = 0

    /// Drops the next entry that was not used since the hand last passed.
    mutating func dropOne() {
      while true {
        if hand >= entries.count { hand = 0 }
        guard entries[hand].wasUsed else { break }
        entries[hand].wasUsed = false
        hand += 1
      }
      let dropped = entries[hand]
      count -= dropped.bytes.count
      places[dropped.index] = nil
      let last = entries.removeLast()
      guard hand < entries.count else { return }
      entries[hand] = last
      places[last.index] = hand
    }
  }
}
