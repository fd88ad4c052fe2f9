/// Reason why an item cannot be called clean: a value, never a reason to stop a scan.
public struct ItemProblem: Error, Hashable, Sendable, Codable {
  /// Reason, one of a closed list.
  public let reason: Reason
  /// Description of the problem and its remedy.
  public let message: String

  /// Creates a problem with its explanation.
  public init(_ reason: Reason, _ message: String) {
    self.reason = reason
    self.message = message
  }

  /// Reasons, a closed list that docs/output.md explains.
  public enum Reason: String, Hashable, Sendable, CaseIterable, Codable {
    /// A character device, or a block device where none can be opened.
    case device
    /// A named pipe: reading it could wait forever and would consume its data.
    case pipe
    /// A socket.
    case socket
    /// Larger than the requested limit, or than the memory limit.
    case tooLarge = "too_large"
    /// A target on a pseudo file system, such as /proc: not evidence, and endless.
    case pseudoFileSystem = "pseudo_file_system"
    /// Encrypted content.
    case encrypted
    /// A kind of content that is not supported.
    case unsupported
    /// The target does not exist.
    case missing
    /// The item existed when its directory was read, but not when it was opened.
    case vanished
    /// The operating system refused access.
    case permissionDenied = "permission_denied"
    /// The content or the directory could not be read.
    case unreadable
    /// The file shrank while it was read.
    case truncated
    /// The scan of the item exceeded its time limit.
    case timedOut = "timed_out"
    /// libyara refused to continue with the item.
    case engine
    /// The scan was stopped before the item was done.
    case interrupted

    /// Whether the item was skipped on purpose, in contrast to a failure.
    public var isSkip: Bool {
      switch self {
      case .device, .pipe, .socket, .tooLarge, .pseudoFileSystem, .encrypted, .unsupported: true
      case .missing, .vanished, .permissionDenied, .unreadable, .truncated, .timedOut, .engine,
        .interrupted:
        false
      }
    }
  }
}

extension ItemProblem: CustomStringConvertible {
  /// The explanation.
  public var description: String { message }
}
