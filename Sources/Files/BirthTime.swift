internal import CFiles
import Evidence

/// The time of birth of a file, which stat(2) does not tell.
enum BirthTime {
  /// nil where the file system does not keep it.
  static func of(_ descriptor: Int32) -> Timestamp? {
    var seconds: Int64 = 0
    var nanoseconds: UInt32 = 0
    guard c_files_birth_time(descriptor, &seconds, &nanoseconds) else { return nil }
    return Timestamp(seconds: seconds, nanoseconds: nanoseconds)
  }
}
