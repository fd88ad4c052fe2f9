internal import CSQLite
import Evidence
import Findings

/// The packages in a database of rpm in the form of SQLite, as rpm has it since 4.16.
///
/// SQLite reads a copy in memory, never the file: nothing is written, no log beside it is opened. Its schema is a
/// stranger's: nothing in it is trusted, and steps, lengths and the sum of what is read have limits. Pages that rpm
/// left in a log (`rpmdb.sqlite-wal`) are not applied.
struct RpmDatabase {
  /// The company's packages.
  private(set) var traces: [Trace] = []
  /// The first thing that was wrong, in words; nil if there was nothing.
  private(set) var damage: String?

  /// Databases of ordinary systems have 10 to 200 MB.
  static let mostBytes = 512 << 20
  /// No machine has so many packages.
  private static let mostPackages = 100_000
  /// A package takes some 10 steps of SQLite's machine.
  private static let mostRounds: Int32 = 10_000
  private static let stepsInARound: Int32 = 1000

  /// Reads a whole database.
  init(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count <= Self.mostBytes else {
      damage = "it has more than \(Self.mostBytes) bytes"
      return
    }
    // The number of pages, of which SQLite looks at those that it needs ("Database File Format", 1.3.8).
    if let pages = bytes.big(28), let size = bytes.pageSize, UInt64(pages) * size > bytes.count {
      damage = "it is cut off"
    }
    guard let database = Self.open(bytes) else {
      damage = "SQLite cannot open it"
      return
    }
    defer { sqlite3_close(database) }
    read(database, size: bytes.count)
  }

  private static func open(_ bytes: UnsafeRawBufferPointer) -> OpaquePointer? {
    guard let copy = sqlite3_malloc64(UInt64(bytes.count)) else { return nil }
    let pages = UnsafeMutableRawBufferPointer(start: copy, count: bytes.count)
    pages.copyMemory(from: bytes)
    // The file may ask for a log, which has no place in memory (SQLite, "Database File Format", 1.3.3: the versions
    // of the format for writing and reading; 1 asks for none).
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
    // SQLite frees the copy, whatever comes of it.
    let size = sqlite3_int64(bytes.count)
    let options = UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY)
    let start = copy.assumingMemoryBound(to: UInt8.self)
    guard sqlite3_deserialize(database, "main", start, size, size, options) == SQLITE_OK else {
      sqlite3_close(database)
      return nil
    }
    return database
  }

  private mutating func read(_ database: OpaquePointer, size: Int) {
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
      var total = 0
      let status = Self.forEachRow(of: "SELECT blob FROM Packages", database) { statement, number in
        let start = sqlite3_column_blob(statement, 0)
        let blob = UnsafeRawBufferPointer(
          start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(statement, 0)))
        total += blob.count
        // Each page is in one package: more than all of them is made up.
        guard total <= size, number < Self.mostPackages else {
          damage = damage ?? "it holds more than its size allows"
          return false
        }
        guard let header = RpmHeader(blob) else {
          damage = damage ?? "the header of a package cannot be read"
          return true
        }
        add(header)
        return true
      }
      note(status)
    }
  }

  /// An ordinary table of packages: a database of something else has none.
  private static let tableQuery =
    "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'Packages' AND sql NOT LIKE 'CREATE VIRTUAL%'"

  private mutating func note(_ status: Int32) {
    guard status != SQLITE_ROW, status != SQLITE_DONE, status != SQLITE_OK else { return }
    damage = damage ?? "SQLite says: \(String(cString: sqlite3_errstr(status)))"
  }

  /// Runs a query until `body`, which is told the number of the row, has had enough; answers SQLite's last status.
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

  private mutating func add(_ header: RpmHeader) {
    guard let name = header.text(.name), KasperskyNames.isPackage(name),
      header.text(.vendor).map(KasperskyNames.isCompany) == true
        || header.text(.packager).map(KasperskyNames.isMaintainer) == true
        || header.text(.url).map(KasperskyNames.isHomepage) == true,
      traces.count < TraceReading.mostTraces
    else { return }
    let version = [header.text(.version), header.text(.release)].compactMap(\.self)
    traces.append(
      Trace(
        kind: .package, place: name, product: name,
        version: version.isEmpty ? nil : version.joined(separator: "-"), isActive: true,
        written: header.number(.installTime).map {
          Timestamp(seconds: Int64($0), nanoseconds: 0)
        }))
  }
}

extension UnsafeRawBufferPointer {
  /// The size of a page in bytes, at offset 16; 1 stands for 65536 ("Database File Format", 1.3.2).
  fileprivate var pageSize: UInt64? {
    little(16, as: UInt16.self).map { $0.byteSwapped == 1 ? 65536 : UInt64($0.byteSwapped) }
  }
}
