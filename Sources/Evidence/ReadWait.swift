import Glibc

/// How long recent reads took, as a moving average: far more than copying if they waited for the medium.
package struct ReadWait: Sendable {
  /// Nanoseconds.
  private var average: Int64 = 0

  /// Limit in nanoseconds of what one read counts: a thread that was preempted once waits for nothing.
  private static let most: Int64 = 300_000
  /// Averages in nanoseconds, above and below which reads wait, or do not. Copying a page takes 1,000.
  private static let (long, short): (Int64, Int64) = (80_000, 20_000)

  package init() {}

  /// Whether reads wait for the medium.
  package var isLong: Bool { average > Self.long }
  /// Whether reads only copy.
  package var isShort: Bool { average < Self.short }

  /// Runs a read, and counts its time.
  package mutating func during<Result, Failure: Error>(_ read: () throws(Failure) -> Result)
    throws(Failure) -> Result
  {
    let start = Self.now()
    defer { average += (min(Self.now() - start, Self.most) - average) / 8 }
    return try read()
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
