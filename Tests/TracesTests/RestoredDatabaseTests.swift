import Bytes
import Catalogue
import Evidence
import Findings
import Profiles
import TestSupport
import Testing

@testable import Traces

/// Databases whose last transaction did not end: with their rollback journals they are, byte for byte, what SQLite makes
/// of both.
@Suite struct RestoredDatabaseTests {
  private let names = VendorProfile.kaspersky.records
  private let ended: Set<String> = ["persistent", "of-several"]

  @Test(arguments: TraceFixture.restoredDatabases)
  func aDatabaseWithItsJournalIsWhatSQLiteMakesOfIt(_ sample: TraceFixture.LoggedDatabase) throws {
    let database = RestoredDatabase(try sample.database.bytes, journal: try sample.log)
    #expect(database.bytes == (try sample.committed))
    let hasEnded = ended.contains(sample.name)
    #expect(database.isApplied == !hasEnded)
    #expect((database.bytes != (try sample.database.bytes)) == !hasEnded)
    // Whether several databases have ended is not known without the other journal.
    #expect((database.damage == nil) == (sample.name != "of-several"))
  }

  /// Names of packages without and with the journal.
  @Test(arguments: [
    ("removing", [], ["kesl", "klnagent64"]), ("unsynchronised", [], ["kesl", "klnagent64"]),
    ("small-pages", [], ["kesl", "klnagent64"]), ("adding", ["kesl", "klnagent64"], []),
    ("making", [], []), ("persistent", [], []), ("of-several", [], []),
  ])
  func packagesAreThoseBeforeTheTransaction(
    _ name: String, _ alone: [String], _ together: [String]
  ) throws {
    let sample = try #require(TraceFixture.restoredDatabases.first { $0.name == name })
    let bytes = try sample.database.bytes
    let before = TraceReading(bytes.span.bytes, at: .rpmDatabase, names)
    #expect(before.traces.map(\.place) == alone)
    let reading = TraceReading(bytes, [.rollback: try sample.log], at: .rpmDatabase, names)
    #expect(reading.traces.map(\.place) == together)
    #expect((reading.problem == nil) == (name != "of-several"))
    #expect(reading.appliedLogs == (ended.contains(name) ? [] : ["-journal"]))
  }

  @Test func objectsOfAQuarantineAreThoseBeforeTheTransaction() throws {
    let sample = try #require(TraceFixture.restoredDatabases.first { $0.name == "quarantining" })
    let bytes = try sample.database.bytes
    #expect(TraceReading(bytes.span.bytes, at: .quarantineIndex, names).traces.count == 1)
    let reading = TraceReading(bytes, [.rollback: try sample.log], at: .quarantineIndex, names)
    #expect(reading.traces.count == 3)
    #expect(
      reading.logReason
        == "read without the changes of an unfinished transaction, by its rollback journal: -journal"
    )
  }

  /// Whatever is cut off or changed of a journal: what cannot be taken back is said, except where the journal may end.
  @Test func damageIsSaid() throws {
    for sample in TraceFixture.restoredDatabases where !ended.contains(sample.name) {
      let (bytes, journal) = (try sample.database.bytes, try sample.log)
      let committed = try sample.committed
      guard sample.name != "making" else { continue }
      var silent = 0
      for count in stride(from: 1, to: journal.count, by: 331) {
        let cut = RestoredDatabase(bytes, journal: Array(journal.prefix(count)))
        // The pages of the last segment are not needed before its count of records is written.
        if cut.damage == nil, cut.bytes != committed { silent += 1 }
      }
      // Unless it is cut at the very end of a segment, or never had a count.
      if sample.name != "unsynchronised" { #expect(silent <= 1, "\(sample.name)") }
      let page = journal[24..<28].reduce(0) { $0 << 8 | Int($1) }
      for place in [0, 5, 13, 21, 25, 512 + 4 + page - 200, 512 + 4 + page + 3] {
        var changed = journal
        changed[place] ^= 0x10
        let reading = TraceReading(bytes, [.rollback: changed], at: sample.place, names)
        #expect(reading.problem?.message.contains("rollback journal") == true, "\(place)")
      }
    }
  }

  @Test func damagedJournalsAreSurvived() throws {
    for sample in TraceFixture.restoredDatabases {
      let (bytes, journal) = (try sample.database.bytes, try sample.log)
      for seed in 0..<100 {
        var random = SeededGenerator(seed: UInt64(seed))
        let damaged = TraceFixture.damaged(journal, &random)
        let restored = RestoredDatabase(bytes, journal: damaged)
        #expect(restored.bytes.count <= bytes.count + damaged.count)
        _ = TraceReading(bytes, [.rollback: damaged], at: sample.place, names)
      }
    }
  }

  /// A number of pages that neither file can hold is not allocated.
  @Test func aJournalStatesNoMorePagesThanThereAre() throws {
    let sample = try #require(TraceFixture.restoredDatabases.first)
    var journal = try sample.log
    journal[16] = 0x7F
    let restored = RestoredDatabase(try sample.database.bytes, journal: journal)
    #expect(restored.damage == "it states more pages than there are")
    #expect(restored.bytes == (try sample.database.bytes))
  }

  @Test func aJournalBelongsToTheDatabaseBesideIt() throws {
    let log = try #require(Locator(evidence: "e", path: "/a/rpmdb.sqlite-journal").recordLog)
    #expect(log.kind == .rollback)
    #expect(log.file == RecordFile(at: Locator(evidence: "x", path: "/a/rpmdb.sqlite")))
    #expect(Locator(evidence: "e", path: "/a/places.sqlite-journal").recordLog == nil)
    #expect(Locator(evidence: "e", path: "/a/SOFTWARE-journal").recordLog == nil)
  }
}
