import Bytes
internal import CSQLite
import Profiles

/// Packages in an rpm database in SQLite format, which rpm uses since 4.16.
///
/// SQLite reads a copy in memory, never the file: nothing is written, and no log beside it is
/// opened. The schema is untrusted: steps, lengths and the total size of results are limited.
/// Pages that rpm left in a log (`rpmdb.sqlite-wal`) are not applied.
struct RpmDatabase {
  /// The company's packages.
  private(set) var packages: RpmPackages

  /// Limit of progress callbacks; a package takes some 10 steps of SQLite's virtual machine.
  private static let mostRounds: Int32 = 10_000
  private static let stepsInARound: Int32 = 1000

  /// Reads a complete database.
  init(_ bytes: UnsafeRawBufferPointer, _ names: RecordNames) {
    packages = RpmPackages(names, size: bytes.count)
    guard packages.isReadable else { return }
    // Number of pages; SQLite reads those that it needs ("Database File Format", 1.3.8).
    if let pages = bytes.big(28), let size = bytes.pageSize, UInt64(pages) * size > bytes.count {
      packages.note("it is truncated")
    }
    guard let database = Self.open(bytes) else {
      packages.note("SQLite cannot open it")
      return
    }
    defer { sqlite3_close(database) }
    read(database)
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

  private mutating func read(_ database: OpaquePointer) {
    var rounds = Self.mostRounds
    withUnsafeMutablePointer(to: &rounds) { rounds in
      sqlite3_progress_handler(
        database, Self.stepsInARound,
        { context in
          let rounds = context!.assumingMemoryBound(to: Int32.self)
          rounds.pointee -= 1
          return rounds.pointee > 0 ? 0 : 1
        }, rounds)
      var isThere = false
      note(
        Self.forEachRow(of: Self.tableQuery, database) { _, _ in
          isThere = true
          return false
        })
      guard isThere else { return }
      let query = "SELECT hnum, blob FROM Packages"
      let status = Self.forEachRow(of: query, database) { statement, _ in
        let start = sqlite3_column_blob(statement, 1)
        let blob = UnsafeRawBufferPointer(
          start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(statement, 1)))
        let number = UInt32(truncatingIfNeeded: sqlite3_column_int64(statement, 0))
        return packages.add(blob, number: number)
      }
      note(status)
    }
  }

  /// Tests for an ordinary table of packages, which other databases do not have.
  private static let tableQuery =
    "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'Packages' AND sql NOT LIKE 'CREATE VIRTUAL%'"

  private mutating func note(_ status: Int32) {
    guard status != SQLITE_ROW, status != SQLITE_DONE, status != SQLITE_OK else { return }
    packages.note("SQLite says: \(String(cString: sqlite3_errstr(status)))")
  }

  /// Runs a query until `body`, which receives the row number, ends it; returns SQLite's last
  /// status.
  private static func forEachRow(
    of query: String, _ database: OpaquePointer, _ body: (OpaquePointer?, Int) -> Bool
  ) -> Int32 {
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    var status = sqlite3_prepare_v2(database, query, -1, &statement, nil)
    if status == SQLITE_OK {
      var number = 0
      status = sqlite3_step(statement)
      while status == SQLITE_ROW, body(statement, number) {
        number += 1
        status = sqlite3_step(statement)
      }
    }
    return status
  }
}

extension UnsafeRawBufferPointer {
  /// Page size in bytes, at offset 16; 1 stands for 65536 ("Database File Format", 1.3.2).
  fileprivate var pageSize: UInt64? {
    little(16, as: UInt16.self).map { $0.byteSwapped == 1 ? 65536 : UInt64($0.byteSwapped) }
  }
}
