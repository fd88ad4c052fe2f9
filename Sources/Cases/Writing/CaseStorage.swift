import Bytes
import Evidence
internal import FoundationEssentials
import GRDB
import Glibc

/// The database of a case while it is written. Used by one thread at a time.
final class CaseStorage: @unchecked Sendable {
  let path: RawPath
  private let lock: CaseLock
  let connection: DatabaseQueue
  /// Numbers after the last batch.
  private(set) var state: CaseState
  /// Whether the case held nothing when it was opened.
  let isNew: Bool
  /// Key of the hashes of this case. Any thread may use it.
  let key: SipHash.Key

  /// Opens or creates a case, and locks it.
  init(_ path: RawPath, restarting: Bool) throws(CaseError) {
    self.path = path
    guard let name = path.utf8 else {
      throw CaseError(.unusable, "\(path.shown): the name of a case must be UTF-8")
    }
    lock = try CaseLock(path)
    do {
      try Self.refuseOther(path)
      if restarting { try Self.clear(path) }
      connection = try Self.open(name)
      if try SQLiteHeader(path).isEmpty { try Self.mark(connection) }
      try CaseSchema.migrator.migrate(connection)
      let state = try connection.read { database in
        try CaseSchema.check(database, path.shown)
        return try CaseState(database)
      }
      isNew = state.batch == 0
      self.state = isNew ? CaseState(key: SipHash.Key()) : state
      key = self.state.key
    } catch {
      throw CaseError(error, path.shown)
    }
  }

  /// Throws if a file is neither empty nor a case.
  private static func refuseOther(_ path: RawPath) throws {
    let head = try SQLiteHeader(path)
    guard head.isEmpty || head.application == CaseSchema.applicationID else {
      throw CaseError(
        .notACase, "\(path.shown): exists and is not a case of Trawl; choose another name")
    }
  }

  /// Empties a case in place: the file and its lock stay.
  private static func clear(_ path: RawPath) throws {
    guard path.withCString({ truncate($0, 0) }) == 0 else {
      throw CaseError(
        .unusable, "\(path.shown): cannot be emptied: \(String(cString: strerror(errno)))")
    }
    // Last: SQLite ignores files beside an empty database, but not beside an incomplete one.
    for suffix in ["-wal", "-shm", "-journal"] {
      _ = RawPath(path.bytes + suffix.utf8).withCString { unlink($0) }
    }
  }

  private static func open(_ name: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.label = "trawl.case"
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      // A committed batch survives a loss of power.
      try database.execute(sql: "PRAGMA synchronous = FULL")
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
    }
    return try DatabaseQueue(path: name, configuration: configuration)
  }

  /// Hash of the last batch.
  var head: [UInt8] { state.head }

  /// Prepares for writing. A case that is only read stays as it is.
  func begin() throws { try Self.useLog(connection) }

  /// Marks a new file as a case. Only then may the log be used, from which a killed process does not bring the mark
  /// into the file.
  private static func mark(_ connection: DatabaseQueue) throws {
    try connection.writeWithoutTransaction {
      try $0.execute(sql: "PRAGMA application_id = \(CaseSchema.applicationID)")
    }
    try useLog(connection)
  }

  /// Lets readers read while a batch is written.
  private static func useLog(_ connection: DatabaseQueue) throws {
    try connection.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
  }

  /// Writes one batch, all or nothing.
  func write(_ body: (inout BatchWriter) throws -> Void) throws {
    let next = try connection.write { database in
      var batch = BatchWriter(database, after: state)
      try body(&batch)
      return try batch.finish(at: .now)
    }
    state = next
  }

  /// Makes the case one file that needs no other beside it, if no reader has it open.
  func close(isFinished: Bool) {
    if isFinished {
      try? connection.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")
      }
    }
    try? connection.close()
  }
}

/// The part of a database's first page by which its application is recognised (SQLite, "Database File Format", 1.3).
struct SQLiteHeader {
  private let bytes: [UInt8]

  /// Reads the beginning of a file.
  init(_ path: RawPath) throws {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) } ?? -1
    defer { if descriptor >= 0 { Glibc.close(descriptor) } }
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = descriptor < 0 ? -1 : pread(descriptor, &bytes, bytes.count, 0)
    guard count >= 0 else {
      throw CaseError(
        .unusable, "\(path.shown): cannot be read: \(String(cString: strerror(errno)))")
    }
    self.bytes = Array(bytes.prefix(count))
  }

  var isEmpty: Bool { bytes.isEmpty }

  /// Application that the file states; nil for a file that is no database.
  var application: Int? {
    guard bytes.count == 100, bytes.starts(with: "SQLite format 3\0".utf8) else { return nil }
    return bytes[68..<72].reduce(0) { $0 << 8 | Int($1) }
  }
}
