import Dispatch
import Locks

/// Decoded chunks of a container, shared by all threads that read it. Bounded in bytes; the
/// least recently used are evicted first.
///
/// The first thread that misses a chunk decodes it outside the lock; others that need the same
/// one wait for it. Adjacent files are in the same chunk, and workers process them at the same
/// time.
final class ChunkCache<Index: Hashable & Sendable>: Sendable {
  private let shards: [Shard]

  /// Creates a cache of up to `capacity` bytes of chunks.
  init(capacity: Int = 64 << 20, shards count: Int = 8) {
    shards = (0..<max(1, count)).map { _ in Shard(capacity: capacity / max(1, count)) }
  }

  /// Returns the chunk `index`, decoded by `decode` if it is not cached. Errors of `decode` are
  /// not cached.
  func chunk<Failure: Error>(_ index: Index, decode: () throws(Failure) -> [UInt8])
    throws(Failure) -> [UInt8]
  {
    let shard = shards[Int(index.hashValue.magnitude % UInt(shards.count))]
    while true {
      switch shard.claim(index) {
      case .known(let bytes): return bytes
      case .underWay(let decoding): decoding.wait()
      case .ours(let decoding):
        defer { shard.end(decoding, of: index) }
        let decoded = try decode()
        shard.insert(decoded, at: index)
        return decoded
      }
    }
  }

  private final class Shard: Sendable {
    private let capacity: Int
    private let queue = Locked(Queue())

    init(capacity: Int) { self.capacity = capacity }

    /// State of a chunk in the cache.
    enum Claim {
      case known([UInt8])
      /// Another thread is decoding it, and may fail.
      case underWay(DispatchGroup)
      /// The caller decodes it, and must leave the group in any case.
      case ours(DispatchGroup)
    }

    func claim(_ index: Index) -> Claim {
      queue.withLock { queue in
        if let known = queue.find(index) { return .known(known) }
        if let decoding = queue.underWay[index] { return .underWay(decoding) }
        let decoding = DispatchGroup()
        decoding.enter()
        queue.underWay[index] = decoding
        return .ours(decoding)
      }
    }

    func end(_ decoding: DispatchGroup, of index: Index) {
      queue.withLock { $0.underWay[index] = nil }
      decoding.leave()
    }

    func insert(_ bytes: [UInt8], at index: Index) {
      guard bytes.count <= capacity else { return }
      queue.withLock { $0.insert(bytes, at: index, capacity: capacity) }
    }
  }

  /// Chunks in the order of their last use.
  private struct Queue {
    /// Entries before `head` are evicted; nil marks an entry that was used again and moved back.
    private var entries: [(index: Index, bytes: [UInt8])?] = []
    private var head = 0
    private var places: [Index: Int] = [:]
    /// Chunks being decoded.
    var underWay: [Index: DispatchGroup] = [:]
    /// Total bytes of all entries.
    private var count = 0

    mutating func find(_ index: Index) -> [UInt8]? {
      guard let place = places[index], let entry = entries[place] else { return nil }
      entries[place] = nil
      append(index, entry.bytes)
      return entry.bytes
    }

    /// Adds a chunk, and evicts others until the total is at most `capacity` bytes.
    mutating func insert(_ bytes: [UInt8], at index: Index, capacity: Int) {
      guard places[index] == nil else { return }
      while count + bytes.count > capacity, head < entries.count {
        if let oldest = entries[head] {
          entries[head] = nil
          places[oldest.index] = nil
          count -= oldest.bytes.count
        }
        head += 1
      }
      append(index, bytes)
      count += bytes.count
    }

    private mutating func append(_ index: Index, _ bytes: [UInt8]) {
      if entries.count > 2 * places.count + 64 {
        entries = entries.filter { $0 != nil }
        head = 0
        for (place, entry) in entries.enumerated() {
          if let entry { places[entry.index] = place }
        }
      }
      places[index] = entries.count
      entries.append((index, bytes))
    }
  }
}
