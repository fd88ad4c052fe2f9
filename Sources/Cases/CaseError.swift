internal import GRDB

/// Failure of a case file, with its remedy.
public struct CaseError: Error, Hashable, Sendable {
  /// Cause of a failure.
  public enum Cause: Hashable, Sendable {
    /// The file is not a case, or was written by a newer version.
    case notACase
    /// Another process is writing the case.
    case locked
    /// Evidence, rules or options differ from those that the case was begun with.
    case changed
    /// The file system has no space left.
    case outOfSpace
    /// The file cannot be created, read or written.
    case unusable
    /// The content of the file is damaged.
    case damaged
  }

  /// Cause of the failure.
  public let cause: Cause
  /// Description of the failure and its remedy.
  public let message: String

  /// Creates a failure with its explanation.
  public init(_ cause: Cause, _ message: String) {
    self.cause = cause
    self.message = message
  }
}

extension CaseError: CustomStringConvertible {
  /// The explanation.
  public var description: String { message }
}

extension CaseError {
  /// Translates a failure of SQLite at the case `name`.
  init(_ error: any Error, _ name: String) {
    if let error = error as? CaseError {
      self = error
      return
    }
    guard let failure = error as? DatabaseError else {
      self.init(.unusable, "\(name): \(error)")
      return
    }
    let words = failure.message ?? "SQLite error \(failure.extendedResultCode.rawValue)"
    switch failure.resultCode {
    case .SQLITE_FULL:
      self.init(
        .outOfSpace,
        "\(name): no space is left for the case; every completed batch is kept: free some space and run the same"
          + " command again, or wait for it with --wait-for-space")
    case .SQLITE_NOTADB:
      self.init(.notACase, "\(name): not a case of Trawl; choose another name")
    case .SQLITE_CORRUPT:
      self.init(.damaged, "\(name): the database is damaged: \(words)")
    case .SQLITE_CANTOPEN:
      self.init(.unusable, "\(name): cannot be opened: \(words)")
    case .SQLITE_READONLY:
      self.init(.unusable, "\(name): cannot be written: \(words)")
    case .SQLITE_IOERR:
      self.init(
        .unusable,
        "\(name): cannot be read or written: \(words); every completed batch is kept")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(.locked, "\(name): another program has locked the database: \(words)")
    default: self.init(.unusable, "\(name): \(words)")
    }
  }
}
