/// Reason why something in a file system cannot be read.
enum FileSystemError: Error, Hashable, CustomStringConvertible {
  /// The image does not provide the bytes: it is truncated, or a sector is bad.
  case unreadable(String)
  /// The structures contradict the volume or each other.
  case damaged(String)
  /// An unknown feature of the file system changes the meaning of its structures.
  case unsupported(String)

  var description: String {
    switch self {
    case .unreadable(let what): what
    case .damaged(let what): "damaged: \(what)"
    case .unsupported(let what): what
    }
  }
}
