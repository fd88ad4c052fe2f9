import Evidence

/// The form of rpm's records that is not read: it is named, never passed over.
enum RpmForms {
  /// Problem of a write-ahead log beside a database; nil if nothing is in it.
  ///
  /// Source: SQLite, "Database File Format", 4.1: a header of 32 bytes with two salts at 16, and
  /// frames, each with a header of 24 bytes that repeats them at 8.
  static func problem(ofLog bytes: UnsafeRawBufferPointer) -> ItemProblem? {
    guard let pageSize: UInt32 = bytes.big(8), bytes.count >= 32 + 24 + Int(min(pageSize, 512)),
      (0..<8).allSatisfy({ bytes[16 + $0] == bytes[40 + $0] })
    else { return nil }
    return logIsNotApplied
  }

  /// Problem of a database whose log holds changes.
  static let logIsNotApplied = ItemProblem(
    .unsupported,
    "the last changes of the rpm database are in its write-ahead log (rpmdb.sqlite-wal), which is not replayed:"
      + " copy both files, run sqlite3 rpmdb.sqlite 'PRAGMA wal_checkpoint(TRUNCATE)' there, and scan the copy"
  )
}
