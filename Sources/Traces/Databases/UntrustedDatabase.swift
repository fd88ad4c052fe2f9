import Bytes
internal import CSQLite

/// A database of SQLite from the evidence.
///
/// SQLite reads a copy in memory, never the file: nothing is written, and no log beside it is opened
/// (``LoggedDatabase``). The schema is untrusted: steps and lengths are limited.
struct UntrustedDatabase: ~Copyable {
  private let handle: OpaquePointer
  private let rounds: UnsafeMutablePointer<Int32>

  /// Size limit in bytes; databases of ordinary systems have 10 to 200 MB.
  static let mostBytes = 512 << 20

  /// Limit of progress callbacks; a row takes some 10 steps of SQLite's virtual machine.
  private static let mostRounds: Int32 = 10_000
  private static let stepsInARound: Int32 = 1000

  /// Opens a complete database; nil if SQLite cannot.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard let handle = Self.open(bytes) else { return nil }
    self.handle = handle
    rounds = .allocate(capacity: 1)
    rounds.initialize(to: Self.mostRounds)
    sqlite3_progress_handler(
      handle, Self.stepsInARound,
      { context in
        let rounds = context!.assumingMemoryBound(to: Int32.self)
        rounds.pointee -= 1
        return rounds.pointee > 0 ? 0 : 1
      }, rounds)
  }

  deinit {
    sqlite3_close(handle)
    rounds.deallocate()
  }

  /// Whether `bytes` end before the database does.
  static func isTruncated(_ bytes: UnsafeRawBufferPointer) -> Bool {
    // Number of pages; SQLite reads those that it needs ("Database File Format", 1.3.8).
    guard let pages = bytes.big(28), let size = bytes.pageSize else { return false }
    return UInt64(pages) * size > bytes.count
  }

  private static func open(_ bytes: UnsafeRawBufferPointer) -> OpaquePointer? {
    guard let copy = sqlite3_malloc64(UInt64(bytes.count)) else { return nil }
    let pages = UnsafeMutableRawBufferPointer(start: copy, count: bytes.count)
    pages.copyMemory(from: bytes)
    // The file may request a write-ahead log, which an in-memory database cannot have (SQLite,
    // "Database File Format", 1.3.3: the versions of the format for writing and reading; 1 means no
    // log).
    if pages.count > 19 { (pages[18], pages[19]) = (1, 1) }
    var database: OpaquePointer?
    let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX
    guard sqlite3_open_v2(":memory:", &database, flags, nil) == SQLITE_OK else {
      sqlite3_free(copy)
      sqlite3_close(database)
      return nil
    }
    _ = CSQLite_enable(database, SQLITE_DBCONFIG_DEFENSIVE, 1)
    _ = CSQLite_enable(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    _ = CSQLite_enable(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
    _ = CSQLite_enable(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0)
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, Int32(clamping: max(bytes.count, 1 << 20)))
    sqlite3_limit(database, SQLITE_LIMIT_EXPR_DEPTH, 20)
    sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0)
    // SQLite frees the copy in any case.
    let size = sqlite3_int64(bytes.count)
    let options = UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY)
    let start = copy.assumingMemoryBound(to: UInt8.self)
    guard sqlite3_deserialize(database, "main", start, size, size, options) == SQLITE_OK else {
      sqlite3_close(database)
      return nil
    }
    return database
  }

  /// Whether there is an ordinary table with this name, which is not a view and computes nothing; an error of SQLite is
  /// passed to `note`.
  borrowing func hasTable(_ name: StaticString, _ note: (String) -> Void) -> Bool {
    var isThere = false
    forEachRow(
      of:
        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '\(name)' AND sql NOT LIKE 'CREATE VIRTUAL%'",
      note
    ) { _ in
      isThere = true
      return false
    }
    return isThere
  }

  /// Runs a query until `body` ends it; an error of SQLite is passed to `note`.
  borrowing func forEachRow(of query: String, _ note: (String) -> Void, _ body: (Row) -> Bool) {
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    var status = sqlite3_prepare_v2(handle, query, -1, &statement, nil)
    if status == SQLITE_OK, let statement {
      let row = Row(statement: statement)
      status = sqlite3_step(statement)
      while status == SQLITE_ROW, body(row) { status = sqlite3_step(statement) }
    }
    guard status != SQLITE_ROW, status != SQLITE_DONE, status != SQLITE_OK else { return }
    note("SQLite says: \(String(cString: sqlite3_errstr(status)))")
  }

  /// The current row of a query, valid until the next one.
  struct Row {
    fileprivate let statement: OpaquePointer

    /// Limit of the bytes of a text.
    private static let mostBytes = 4096

    /// Names of the columns, in their order.
    var columns: [String] {
      (0..<sqlite3_column_count(statement)).map { index in
        sqlite3_column_name(statement, index).map { String(cString: $0) } ?? ""
      }
    }

    func number(_ column: Int) -> Int64 { sqlite3_column_int64(statement, Int32(column)) }

    /// Bytes of a column.
    func blob(_ column: Int) -> UnsafeRawBufferPointer {
      let start = sqlite3_column_blob(statement, Int32(column))
      let count = start == nil ? 0 : Int(sqlite3_column_bytes(statement, Int32(column)))
      return UnsafeRawBufferPointer(start: start, count: count)
    }

    /// Text of a column, at most its first 4096 bytes; nil if there is none.
    func text(_ column: Int) -> String? {
      guard let start = sqlite3_column_text(statement, Int32(column)) else { return nil }
      let count = Int(sqlite3_column_bytes(statement, Int32(column)))
      guard count > 0 else { return nil }
      let bytes = UnsafeBufferPointer(start: start, count: min(count, Self.mostBytes))
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Page size in bytes, at offset 16; 1 stands for 65536 ("Database File Format", 1.3.2).
  fileprivate var pageSize: UInt64? {
    little(16, as: UInt16.self).map { $0.byteSwapped == 1 ? 65536 : UInt64($0.byteSwapped) }
  }
}
