import Bytes
import Locks

/// Bytes of the medium that were wanted for items and could not be read, noted by all workers.
final class LostBytes: Sendable {
  private let ranges = Locked([Range<UInt64>]())

  /// Number of noted ranges that are kept before they are joined.
  private static let batch = 4096

  /// Notes bytes from an offset on the medium.
  func note(_ offset: UInt64, length: UInt64) {
    let (end, overflow) = offset.addingReportingOverflow(length)
    guard !overflow, length > 0 else { return }
    ranges.withLock { ranges in
      ranges.append(offset..<end)
      if ranges.count.isMultiple(of: Self.batch) {
        ranges = ByteRanges(ranges, limit: .max).ranges
      }
    }
  }

  /// Number of different bytes.
  var count: UInt64 { ByteRanges(ranges.withLock { $0 }, limit: .max).count }
}
