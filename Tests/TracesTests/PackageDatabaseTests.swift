import Catalogue
import Findings
import Profiles
import TestSupport
import Testing
import Traces

@Suite struct PackageDatabaseTests {
  private func read(_ name: String, _ place: KnownPlace) throws -> TraceReading {
    let bytes = try TraceFixture.Sample(name: name, place: place).bytes
    return TraceReading(bytes.span.bytes, at: place, VendorProfile.kaspersky.records)
  }

  @Test func dpkgListsInstalledPackages() throws {
    let reading = try read("installed/debian/var/lib/dpkg/status", .dpkgStatus)
    #expect(reading.problem == nil)
    #expect(
      reading.traces == [
        Trace(
          kind: .package, place: "kesl", product: "kesl", version: "11.2.0-4528", isActive: true),
        Trace(
          kind: .package, place: "klnagent64", product: "klnagent64", version: "14.2.0-35148",
          isActive: true),
      ])
    #expect(Attribution(of: reading.traces, at: .dpkgStatus, .kaspersky)?.confidence == .claimed)
  }

  @Test func aFileOfStatusDIsOnePackage() throws {
    let reading = try read("installed/container/var/lib/dpkg/status.d/kesl", .dpkgStatus)
    #expect(reading.problem == nil)
    #expect(reading.traces.map(\.place) == ["kesl"])
    #expect(reading.traces.first?.isActive == true)
  }

  @Test func aRemovedPackageThatLeftItsSettingsIsWeak() throws {
    let reading = try read("left-over/debian/var/lib/dpkg/status", .dpkgStatus)
    #expect(reading.traces.map(\.isActive) == [false])
    let attribution = Attribution(of: reading.traces, at: .dpkgStatus, .kaspersky)
    #expect(attribution?.confidence == .weak)
    #expect(attribution?.rule == "kaspersky_linux_package_removed")
  }

  @Test func rpmListsInstalledPackagesFromADatabaseThatAsksForALog() throws {
    let bytes = try TraceFixture.samples("installed").last!.bytes
    #expect(Array(bytes[18...19]) == [2, 2], "rpm asks SQLite for a write-ahead log")
    let reading = TraceReading(bytes.span.bytes, at: .rpmDatabase, VendorProfile.kaspersky.records)
    #expect(reading.problem == nil)
    #expect(
      reading.traces.map { [$0.place, $0.version] } == [
        ["kesl", "11.2.0-1"], ["klnagent64", "14.2.0-1"],
      ])
    #expect(reading.traces.allSatisfy { $0.isActive == true && $0.written != nil })
  }

  @Test func aDatabaseOfSomethingElseHasNothing() throws {
    let folder = try TemporaryDirectory()
    // python3 has SQLite with it.
    let made = try Subprocess.run(
      "python3",
      [
        "-c", "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('create table t(x)')",
        folder.path + "/db",
      ])
    #expect(made.status == 0)
    let bytes = try read(folder.path + "/db")
    let reading = TraceReading(bytes.span.bytes, at: .rpmDatabase, VendorProfile.kaspersky.records)
    #expect(reading.traces.isEmpty)
    #expect(reading.problem == nil)
  }

  /// A schema that computes endlessly, or invents data that is not in the file.
  @Test(arguments: [
    "create view Packages as with recursive n(i) as (select 1 union all select i+1 from n) select i as blob from n",
    "create table Packages(hnum integer primary key, blob as (zeroblob(100000000)))",
    "create virtual table Packages using fts4(blob)",
  ])
  func aHostileSchemaEnds(_ schema: String) throws {
    let folder = try TemporaryDirectory()
    let script = """
      import sqlite3, sys
      c = sqlite3.connect(sys.argv[1])
      c.execute(sys.argv[2])
      if 'zeroblob' in sys.argv[2]: c.executemany('insert into Packages(hnum) values(?)', [(n,) for n in range(1000)])
      c.commit()
      """
    let made = try Subprocess.run("python3", ["-c", script, folder.path + "/db", schema])
    #expect(made.status == 0, "\(made.errors)")
    let bytes = try read(folder.path + "/db")
    let reading = TraceReading(bytes.span.bytes, at: .rpmDatabase, VendorProfile.kaspersky.records)
    #expect(reading.traces.isEmpty)
    #expect((reading.problem != nil) == schema.contains("zeroblob"))
  }

  private func read(_ path: String) throws -> [UInt8] {
    try Subprocess.run("cat", [path]).output.map { $0 }
  }
}
