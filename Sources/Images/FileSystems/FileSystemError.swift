/// Why something of a file system that is read here cannot be read.
enum FileSystemError: Error, Hashable, CustomStringConvertible {
  /// The image does not give the bytes: it is cut off, or a sector is bad.
  case unreadable(String)
  /// The structures contradict the volume or themselves.
  case damaged(String)
  /// The file system has a feature that changes what its structures mean, and that is not known here.
  case unsupported(String)

  var description: String {
    switch self {
    case .unreadable(let what): what
    case .damaged(let what): "damaged: \(what)"
    case .unsupported(let what): what
    }
  }
}
