import Bytes
import Catalogue
import Evidence
import Findings
import Profiles
import TestSupport
import Testing

@testable import Traces

/// Databases that were in use: with their write-ahead logs they are, byte for byte, what SQLite makes of both.
@Suite struct LoggedDatabaseTests {
  private let names = VendorProfile.kaspersky.records

  @Test(arguments: TraceFixture.loggedDatabases)
  func aDatabaseWithItsLogIsWhatSQLiteMakesOfIt(_ sample: TraceFixture.LoggedDatabase) throws {
    let database = LoggedDatabase(try sample.database.bytes, log: try sample.log)
    #expect(database.isApplied)
    #expect(database.damage == nil)
    #expect(database.bytes == (try sample.committed))
    #expect(database.bytes != (try sample.database.bytes))
  }

  /// Names of packages without and with the log.
  @Test(arguments: [
    ("grown", [], ["kesl", "klnagent64"]), ("shrunk", ["kesl", "klnagent64"], []),
    ("begun-anew", [], ["kesl", "klnagent64"]),
    ("not-committed", ["kesl", "klnagent64"], ["kesl", "klnagent64"]),
  ])
  func packagesAreThoseOfBoth(_ name: String, _ alone: [String], _ together: [String]) throws {
    let sample = try #require(TraceFixture.loggedDatabases.first { $0.name == name })
    let bytes = try sample.database.bytes
    let before = TraceReading(bytes.span.bytes, at: .rpmDatabase, names)
    #expect(before.traces.map(\.place) == alone)
    let reading = TraceReading(
      bytes, [.writeAhead: try sample.log], at: .rpmDatabase, names)
    #expect(reading.traces.map(\.place) == together)
    #expect(reading.problem == nil)
    #expect(reading.appliedLogs == ["-wal"])
  }

  /// Whatever is cut off or changed of a log: a transaction is applied as a whole or not at all, and what is missing is said.
  @Test(arguments: TraceFixture.loggedDatabases)
  func damageIsSaid(_ sample: TraceFixture.LoggedDatabase) throws {
    let (bytes, log, committed) = (
      try sample.database.bytes, try sample.log, try sample.committed
    )
    for count in stride(from: 33, to: log.count, by: 997) {
      let cut = LoggedDatabase(bytes, log: Array(log.prefix(count)))
      // One that ends with a frame may have been whole.
      #expect(cut.damage != nil || cut.bytes == committed || (count - 32) % 4120 == 0, "\(count)")
    }
    for place in [0, 5, 9, 17, 25, 33, 45, 50, 60, 2000] {
      var changed = log
      changed[place] ^= 0x10
      let reading = TraceReading(bytes, [.writeAhead: changed], at: sample.place, names)
      // A frame with other salts is of an earlier round, as SQLite sees it.
      let isOtherRound = (40..<48).contains(place)
      #expect((reading.problem == nil) == isOtherRound, "\(place)")
      #expect(reading.appliedLogs.isEmpty)
    }
  }

  @Test func damagedLogsAreSurvived() throws {
    for sample in TraceFixture.loggedDatabases {
      let (bytes, log) = (try sample.database.bytes, try sample.log)
      for seed in 0..<100 {
        var random = SeededGenerator(seed: UInt64(seed))
        let damaged = TraceFixture.damaged(log, &random)
        let reading = TraceReading(bytes, [.writeAhead: damaged], at: sample.place, names)
        #expect(reading.traces.count <= 3)
      }
    }
  }

  @Test func aLogBelongsToTheDatabaseBesideIt() throws {
    let log = try #require(Locator(evidence: "e", path: "/a/rpmdb.sqlite-wal").recordLog)
    #expect(log.kind == .writeAhead)
    #expect(log.file == RecordFile(at: Locator(evidence: "x", path: "/a/rpmdb.sqlite")))
    #expect(Locator(evidence: "e", path: "/a/places.sqlite-wal").recordLog == nil)
    #expect(Locator(evidence: "e", path: "/a/SOFTWARE-wal").recordLog == nil)
    #expect(Locator(evidence: "e", path: "/a/rpmdb.sqlite.LOG1").recordLog == nil)
  }
}
