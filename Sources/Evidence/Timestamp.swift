package import Glibc

/// A time as file systems record it: seconds since 1970-01-01 UTC and nanoseconds.
public struct Timestamp: Hashable, Sendable, Comparable, Codable {
  /// Whole seconds since the epoch; negative before it.
  public let seconds: Int64
  /// Nanoseconds, 0 to 999,999,999.
  public let nanoseconds: UInt32

  /// Creates a time from its parts.
  public init(seconds: Int64, nanoseconds: UInt32) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// Current time of the system's clock.
  public static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(time)
  }

  /// Converts a time of the system calls.
  package init(_ time: timespec) {
    self.init(seconds: Int64(time.tv_sec), nanoseconds: UInt32(clamping: time.tv_nsec))
  }

  /// RFC 3339 in UTC, such as `2017-09-13T00:00:00Z`, with nine fractional digits unless they are
  /// zero; nil for a year of more than four digits.
  public var rfc3339: String? {
    var time = time_t(seconds)
    var parts = tm()
    guard gmtime_r(&time, &parts) != nil, (0...9999).contains(Int(parts.tm_year) + 1900) else {
      return nil
    }
    func digits(_ value: Int, _ width: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let date =
      "\(digits(Int(parts.tm_year) + 1900, 4))-\(digits(Int(parts.tm_mon) + 1, 2))-\(digits(Int(parts.tm_mday), 2))"
    let clock =
      "\(digits(Int(parts.tm_hour), 2)):\(digits(Int(parts.tm_min), 2)):\(digits(Int(parts.tm_sec), 2))"
    let fraction = nanoseconds == 0 ? "" : ".\(digits(Int(nanoseconds), 9))"
    return "\(date)T\(clock)\(fraction)Z"
  }

  /// Orders chronologically.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}

/// Times of a file; nil where the file system stores none.
public struct FileTimes: Hashable, Sendable, Codable {
  /// Last change of the content.
  public var modified: Timestamp?
  /// Birth of the file.
  public var created: Timestamp?
  /// Last read access.
  public var accessed: Timestamp?
  /// Last change of the metadata.
  public var changed: Timestamp?
  /// Whether they are local times in an unknown time zone (FAT).
  public var areLocal: Bool

  /// Creates times; those omitted are nil.
  public init(
    modified: Timestamp? = nil, created: Timestamp? = nil, accessed: Timestamp? = nil,
    changed: Timestamp? = nil, areLocal: Bool = false
  ) {
    self.modified = modified
    self.created = created
    self.accessed = accessed
    self.changed = changed
    self.areLocal = areLocal
  }
}
