import Bytes
import Catalogue
import Evidence
import Findings
import Profiles
import TestSupport
import Testing
import Traces

/// Hives that a running Windows left behind: with their transaction logs they have what hivex committed.
@Suite struct HiveLogTests {
  private let names = VendorProfile.kaspersky.records

  private func read(_ sample: TraceFixture.LoggedHive) throws -> TraceReading {
    TraceReading(try sample.hive, try sample.logs, at: .softwareHive, names)
  }

  private func committed() throws -> TraceReading {
    let bytes = try TraceFixture.Sample(name: "logged/expected", place: .softwareHive).bytes
    return TraceReading(bytes.span.bytes, at: .softwareHive, names)
  }

  @Test(arguments: [
    ("entries", [".LOG2", ".LOG1"]), ("one-log", [".LOG2"]), ("base", [".LOG2"]),
    ("bitmap", [".LOG1"]), ("single", [".LOG"]),
  ])
  func aHiveWithItsLogsHasWhatWasCommitted(_ name: String, _ applied: [String]) throws {
    let sample = TraceFixture.LoggedHive(name: name)
    let hive = try sample.hive
    let alone = TraceReading(hive.span.bytes, at: .softwareHive, names)
    #expect(alone.needsLogs)
    #expect(alone.traces.isEmpty, "the changes are in the logs alone")
    #expect(alone.problem != nil)
    let reading = try read(sample)
    #expect(!reading.needsLogs)
    #expect(reading.problem == nil)
    #expect(reading.appliedLogs == applied)
    #expect(reading.traces.count == 9)
    let committed = try committed()
    #expect(reading.traces == committed.traces)
  }

  @Test func logsOfAnotherStateAreNotApplied() throws {
    let reading = try read(TraceFixture.LoggedHive(name: "stale"))
    #expect(reading.appliedLogs == [])
    #expect(reading.problem?.reason == .unreadable)
    #expect(reading.problem?.message.contains("continues it") == true)
  }

  @Test func aHiveThatIsCleanNeedsNone() throws {
    let bytes = try TraceFixture.Sample(name: "logged/expected", place: .softwareHive).bytes
    let logs = try TraceFixture.LoggedHive(name: "entries").logs
    let reading = TraceReading(bytes, logs, at: .softwareHive, names)
    let committed = try committed()
    #expect(reading.traces == committed.traces)
    #expect(reading.problem == nil)
    #expect(reading.appliedLogs == [])
  }

  @Test func anEntryThatWasChangedIsNotApplied() throws {
    let sample = TraceFixture.LoggedHive(name: "one-log")
    var logs = try sample.logs
    // A byte of a page of the first entry: its hash no longer holds, and nothing after it follows.
    logs[.second]?[700] ^= 1
    let reading = TraceReading(try sample.hive, logs, at: .softwareHive, names)
    #expect(reading.appliedLogs == [])
    #expect(reading.needsLogs)
    #expect(reading.problem?.reason == .unreadable)
  }

  @Test func theSecondEntryAloneIsCutOff() throws {
    let sample = TraceFixture.LoggedHive(name: "one-log")
    var logs = try sample.logs
    let whole = try #require(logs[.second])
    let first = 512 + (Int(whole[516]) | Int(whole[517]) << 8)
    logs[.second] = Array(whole.prefix(first + 100))
    let reading = TraceReading(try sample.hive, logs, at: .softwareHive, names)
    #expect(reading.appliedLogs == [".LOG2"])
    let committed = try committed()
    #expect(reading.traces.count < committed.traces.count)
  }

  @Test func damagedLogsAreSurvived() throws {
    for sample in TraceFixture.loggedHives {
      let (hive, whole) = (try sample.hive, try sample.logs)
      for seed in 0..<300 {
        var random = SeededGenerator(seed: UInt64(seed))
        let logs = whole.mapValues { TraceFixture.damaged($0, &random) }
        let reading = TraceReading(hive, logs, at: .softwareHive, names)
        #expect(reading.traces.count <= 1000)
      }
    }
  }

  @Test(arguments: [
    ("/a/SOFTWARE.LOG1", RecordLog.Kind.first), ("/a/software.log2", .second),
    ("/Users/anna/NTUSER.DAT.LOG", .single), ("SYSTEM.LOG", .single),
  ])
  func aLogBelongsToTheHiveBesideIt(_ path: String, _ kind: RecordLog.Kind) throws {
    let log = try #require(Locator(evidence: "e", path: RawPath(path)).recordLog)
    #expect(log.kind == kind)
    let hive = path.prefix(path.count - kind.rawValue.count)
    #expect(log.file == RecordFile(at: Locator(evidence: "x", path: RawPath(String(hive)))))
    #expect(log.file != RecordFile(at: Locator(evidence: "x", path: "/b/SOFTWARE")))
  }

  @Test(arguments: ["/a/x.LOG1", "/a/SOFTWARE", ".LOG1", "/a/SOFTWARE.LOG3", "/dpkg/status.LOG"])
  func otherFilesAreNoLogs(_ path: String) {
    #expect(Locator(evidence: "e", path: RawPath(path)).recordLog == nil)
  }
}
