/// Reason why no file system was opened in a volume.
package enum FileSystemRefusal: Error, Hashable, CustomStringConvertible {
  /// No reader recognises anything.
  case unknown(String)
  /// Several file systems fit.
  case ambiguous(String)
  /// A known format in an unsupported form, with the reason.
  case unread(format: String, because: String)

  package var description: String {
    switch self {
    case .unknown(let message), .ambiguous(let message): message
    case .unread(let format, let cause): "\(format) is not parsed: \(cause)"
    }
  }

  /// Reason why a known format is not read; nil if none was found.
  package var cause: String? {
    if case .unread(_, let cause) = self { cause } else { nil }
  }
}
