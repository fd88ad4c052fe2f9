import Locks

/// Counts what a container decoded: how often, and how many different chunks. The difference is what the order of
/// reading and the size of the cache cost.
final class ChunkTally: Sendable {
  private struct State {
    var decoded: UInt64 = 0
    var distinct: UInt64 = 0
    var numbers = NumberSet()
  }
  private let state = Locked(State())

  /// Notes that chunk `number` was decoded.
  func note(_ number: UInt64) {
    state.withLock { state in
      state.decoded += 1
      if state.numbers.insert(UInt32(clamping: number)) { state.distinct += 1 }
    }
  }

  var counts: ChunkCounts {
    state.withLock { ChunkCounts(distinct: $0.distinct, decoded: $0.decoded) }
  }
}

/// What was decoded of a container.
package struct ChunkCounts: Hashable, Sendable {
  /// Different chunks.
  package var distinct: UInt64 = 0
  /// Chunks, one that was decoded again counted again.
  package var decoded: UInt64 = 0

  static func + (one: ChunkCounts, other: ChunkCounts) -> ChunkCounts {
    ChunkCounts(distinct: one.distinct + other.distinct, decoded: one.decoded + other.decoded)
  }
}
