import Locks

/// Counts the chunks that a container decoded: all, and different ones. The difference is the
/// cost of the read order and the cache size.
final class ChunkTally: Sendable {
  private struct State {
    var decoded: UInt64 = 0
    var distinct: UInt64 = 0
    var numbers = NumberSet()
  }
  private let state = Locked(State())

  /// Records that chunk `number` was decoded.
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
