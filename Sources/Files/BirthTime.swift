internal import CHost
import Evidence

/// Time of birth of a file, which stat(2) does not report.
enum BirthTime {
  /// Nil where the file system does not store it.
  static func of(_ descriptor: Int32) -> Timestamp? {
    var seconds: Int64 = 0
    var nanoseconds: UInt32 = 0
    guard c_system_birth_time(descriptor, &seconds, &nanoseconds) else { return nil }
    return Timestamp(seconds: seconds, nanoseconds: nanoseconds)
  }
}
