import GRDB

/// Schema of a case, and the steps from older versions to it.
enum CaseSchema {
  /// Number at byte 68 of the file by which a case is recognised: `TRWL` in ASCII.
  static let applicationID = 0x5452_574C
  /// Version of the schema, in the file's user version.
  static let version = 1

  /// Steps from an empty database to this version. A step is never changed once it was released.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("version 1") { database in
      for table in CaseTable.allCases { try database.execute(sql: table.declaration) }
      try database.execute(
        sql: """
          CREATE TABLE batches (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, time TEXT NOT NULL, \
          previous BLOB NOT NULL, hash BLOB NOT NULL)
          """)
      try database.execute(
        sql: """
          CREATE INDEX findings_by_product ON findings (product);
          CREATE INDEX reasons_by_finding ON finding_reasons (finding);
          CREATE INDEX rules_by_finding ON finding_rules (finding);
          CREATE INDEX signatures_by_finding ON signatures (finding);
          CREATE INDEX artifacts_by_finding ON artifacts (finding);
          """)
      try database.execute(sql: "PRAGMA application_id = \(applicationID)")
      try database.execute(sql: "PRAGMA user_version = \(version)")
    }
    return migrator
  }

  /// Checks that a database is a case that this version can read.
  static func check(_ database: Database, _ name: String) throws {
    let application = try Int.fetchOne(database, sql: "PRAGMA application_id")
    // A scan that was killed before it marked the file leaves an empty database.
    let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0
    guard application == applicationID || application == 0 && isEmpty else {
      throw CaseError(.notACase, "\(name): not a case of Trawl; choose another name")
    }
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard found <= version else {
      throw CaseError(
        .notACase,
        "\(name): a newer Trawl wrote this case (format \(found), this one reads up to \(version)); use that one"
      )
    }
  }
}
