/// Counts of the decoded chunks of a container.
public struct ChunkCounts: Hashable, Sendable {
  /// Number of different chunks.
  public var distinct: UInt64
  /// Number of decodings, including repeated ones.
  public var decoded: UInt64

  /// Creates counts; nothing was decoded by default.
  public init(distinct: UInt64 = 0, decoded: UInt64 = 0) {
    self.distinct = distinct
    self.decoded = decoded
  }

  static func + (one: ChunkCounts, other: ChunkCounts) -> ChunkCounts {
    ChunkCounts(distinct: one.distinct + other.distinct, decoded: one.decoded + other.decoded)
  }
}
