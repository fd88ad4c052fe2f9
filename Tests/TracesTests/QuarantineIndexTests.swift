import Catalogue
import Evidence
import Findings
import Foundation
import Profiles
import TestSupport
import Testing
import Traces

/// The rows of a quarantine's index are records of what it holds, as sqlite3 lists them.
@Suite struct QuarantineIndexTests {
  private let names = VendorProfile.kaspersky.records

  /// Rows of sqlite3: name of the object, folder, name of the file, threat, user.
  private func rows() throws -> [[String]] {
    let list = TraceFixture.folder + "/database-logs/quarantine/list"
    return try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  private func read(_ bytes: [UInt8]) -> TraceReading {
    TraceReading(bytes.span.bytes, at: .quarantineIndex, names)
  }

  @Test func itsRowsAreRecords() throws {
    let rows = try rows()
    #expect(rows.count == 3)
    let sample = try #require(TraceFixture.loggedDatabases.first { $0.name == "quarantine" })
    let reading = read(try sample.committed)
    #expect(reading.problem == nil)
    #expect(reading.traces.count == rows.count)
    for (trace, row) in zip(reading.traces, rows) {
      #expect(trace.kind == .quarantined)
      let facts = [row[0], row[3], row[4].isEmpty ? "" : "of the user \(row[4])"]
      #expect(trace.place == facts.filter { !$0.isEmpty }.joined(separator: ", "))
    }
    #expect(
      reading.traces.map(\.program) == [
        "C:\\Users\\anna\\eicar.com", "C:\\Temp\\мусор.exe", "D:\\a.doc",
      ])
    let attribution = Attribution(of: reading.traces, at: .quarantineIndex, .kaspersky)
    #expect(attribution?.confidence == .weak)
    #expect(attribution?.component == .quarantine)
    #expect(attribution?.reasons.first?.contains("which are not Kaspersky Lab's") == true)
  }

  @Test func anIndexWithoutItsLogHasOnlyTheRowsBeforeIt() throws {
    let reading = read(try TraceFixture.quarantine.bytes)
    #expect(reading.traces.map { String($0.place.prefix(38)) } == [try rows()[0][0]])
  }

  @Test(arguments: [
    "CREATE TABLE objects(uuid, virname); INSERT INTO objects VALUES('a', 'b')",
    "CREATE TABLE objects(id, virname); CREATE TABLE objattrs(uuid); INSERT INTO objects VALUES(1, 'b')",
    "CREATE TABLE objattrs(uuid); CREATE VIEW objects AS SELECT 'a' AS uuid, 'b' AS virname",
    "CREATE TABLE t(x)",
  ])
  func otherDatabasesHaveNone(_ statements: String) throws {
    let folder = try TemporaryDirectory()
    let made = try Subprocess.run("sqlite3", [folder.path + "/db", statements])
    #expect(made.status == 0, "\(made.errors)")
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path + "/db")))
    let reading = read(bytes)
    #expect(reading.traces.isEmpty)
    #expect(reading.problem == nil)
  }

  /// Another vendor has no such index: nothing is read.
  @Test func theProfileDecides() throws {
    let bytes = try TraceFixture.quarantine.bytes
    let reading = TraceReading(bytes.span.bytes, at: .quarantineIndex, RecordNames())
    #expect(reading.traces.isEmpty)
  }

  @Test func aTruncatedIndexIsSaidToBe() throws {
    let bytes = try TraceFixture.quarantine.bytes
    let reading = read(Array(bytes.prefix(bytes.count / 2)))
    #expect(reading.problem?.reason == .unreadable)
  }
}
