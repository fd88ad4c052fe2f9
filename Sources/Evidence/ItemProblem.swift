/// Why an item could not be said to be clean: a value, never a reason to stop a scan.
public struct ItemProblem: Error, Hashable, Sendable {
  /// Which of the known reasons.
  public let reason: Reason
  /// What happened, in words, and what to do about it.
  public let message: String

  /// A problem with its explanation.
  public init(_ reason: Reason, _ message: String) {
    self.reason = reason
    self.message = message
  }

  /// The reasons, a closed list that docs/output.md explains.
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    /// A character device, or a block device where none can be opened.
    case device
    /// A named pipe: reading it could wait for ever and would consume what is in it.
    case pipe
    /// A socket.
    case socket
    /// Larger than the limit that was asked for, or than the memory that may be used.
    case tooLarge = "too_large"
    /// A target on a pseudo file system, such as /proc: not evidence, and endless.
    case pseudoFileSystem = "pseudo_file_system"
    /// Encrypted content.
    case encrypted
    /// A kind of content that cannot be opened.
    case unsupported
    /// The target does not exist.
    case missing
    /// The item was there when its directory was read, and was gone when it was opened.
    case vanished
    /// The operating system refused access.
    case permissionDenied = "permission_denied"
    /// The content or the directory could not be read.
    case unreadable
    /// The file shrank while it was read.
    case truncated
    /// The scan of the item took longer than was allowed.
    case timedOut = "timed_out"
    /// libyara refused to go on with the item.
    case engine
    /// The scan was stopped before the item was done.
    case interrupted

    /// Whether the item was left out on purpose, rather than tried in vain.
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
