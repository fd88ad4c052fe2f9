import Foundation
import TestSupport
import Testing

/// Records of installed software, through the binary.
@Suite struct TraceScanTests {
  private let installed = TraceFixture.folder + "/installed"

  /// Facts of a finding about the software, independent of its location.
  private func facts(_ finding: OutputRecord) -> [String] {
    let texts = [
      finding.rule, finding.confidence, finding.vendor, finding.product, finding.productVersion,
      finding.component, finding.platform, finding.sha256,
    ].map { $0 ?? "-" }
    return texts + (finding.reasons ?? []) + [
      "\(finding.matches ?? [])", "\(finding.traces ?? [])", "\(finding.size ?? -1)",
    ]
  }

  private func finding(_ suffix: String, _ lines: [OutputRecord]) throws -> OutputRecord {
    try #require(
      lines.ofType("finding").first { $0.path?.hasSuffix(suffix) == true })
  }

  @Test func aWindowsFolderGivesItsProducts() throws {
    let (status, lines) = try Command.lines(installed + "/Windows", installed + "/Users")
    #expect(status == 1)
    #expect(lines.last?.complete == true)
    #expect(
      lines.last?.items
        == ["seen": 3, "matched": 3, "clean": 0, "skipped": 0, "failed": 0])
    let software = try finding("/SOFTWARE", lines)
    #expect(software.rule == "kaspersky_windows_registry_software")
    #expect(software.confidence == "claimed")
    #expect(software.component == "registry")
    #expect(software.vendor == "Kaspersky")
    #expect(software.product == "Kaspersky")
    #expect(software.productVersion == "21.15.8.493")
    let matches = try #require(software.matches)
    #expect(matches.map(\.namespace) == ["trawl", "trawl"])
    let traces = try #require(software.traces)
    #expect(traces.count == 9)
    let environment = try #require(
      traces.first { $0.place.hasSuffix(#"\AVP21.15\environment"#) })
    #expect(environment.kind == "installation")
    #expect(environment.edition == "AVP21.15")
    #expect(environment.folder?.hasPrefix(#"C:\Program Files"#) == true)
    let services = try finding("/SYSTEM", lines)
    #expect(services.component == "service")
    #expect(lines.ofType("product").contains { $0.product == "Kaspersky" })
  }

  /// A hive that was in use is read with its transaction logs: in a folder, as a target of its own, in an image.
  @Test func logsBesideAHiveAreApplied() throws {
    let logged = TraceFixture.folder + "/logged"
    for target in ["entries", "one-log", "base", "bitmap", "single", "entries/SOFTWARE"] {
      let (status, lines) = try Command.lines(logged + "/" + target)
      #expect(status == 1, "\(target)")
      #expect(lines.last?.complete == true, "\(target)")
      let finding = try #require(lines.ofType("finding").first)
      #expect(finding.traces?.count == 9, "\(target)")
      #expect(
        finding.reasons?.last?.hasPrefix("read with the changes in its transaction logs: .LOG")
          == true, "\(target)")
    }
    let image = try Command.lines(logged + ".img")
    #expect(image.lines.ofType("finding").map { $0.traces?.count } == [9, 9, 9, 9, 9])
    #expect(image.lines.last?.complete == false)
    let problems = image.lines.ofType("problem")
    #expect(
      Set(problems.map { $0.path ?? "" }) == ["/stale/SOFTWARE", "/unlogged/SOFTWARE"])
    #expect(image.lines.last?.items?["seen"] == 19)
  }

  /// A database that was in use is read with its write-ahead log: in a folder, as a target of its own, in an image. A log
  /// without its database, and a damaged one, make the scan incomplete.
  @Test func logsBesideADatabaseAreApplied() throws {
    let logs = TraceFixture.folder + "/database-logs"
    let folder = try TemporaryDirectory()
    let script = """
      set -e; cd \(folder.path); mkdir -p tree/q alone damaged/var/lib/rpm
      cp -r \(logs)/{grown,shrunk,begun-anew,not-committed} tree/; cp \(logs)/quarantine/quarantine.db* tree/q/
      rm tree/*/committed; mke2fs -q -t ext4 -d tree image 8M
      cp \(logs)/grown/rpmdb.sqlite-wal alone/; cp \(logs)/grown/rpmdb.sqlite* damaged/var/lib/rpm/
      printf x | dd of=damaged/var/lib/rpm/rpmdb.sqlite-wal bs=1 seek=100 conv=notrunc status=none
      """
    try ContainerFixtures.run("bash", ["-c", script])
    for target in ["tree", "image"] {
      let (status, lines) = try Command.lines(folder.path + "/" + target)
      #expect(status == 1)
      #expect(lines.last?.complete == true, "\(lines.ofType("problem").map { $0.message ?? "" })")
      let findings = lines.ofType("finding").sorted { $0.path ?? "" < $1.path ?? "" }
      let ends = findings.map { $0.path?.split(separator: "/").suffix(2).joined(separator: "/") }
      #expect(
        ends == [
          "begun-anew/rpmdb.sqlite", "grown/rpmdb.sqlite", "not-committed/rpmdb.sqlite",
          "q/quarantine.db",
        ])
      #expect(findings.map { $0.traces?.count } == [2, 2, 2, 3])
      for finding in findings {
        #expect(
          finding.reasons?.contains("read with the changes in its write-ahead log: -wal") == true)
      }
      #expect(findings.last?.confidence == "weak")
      #expect(findings.last?.product == "Kaspersky Security for Windows Server")
    }
    let (_, target) = try Command.lines(folder.path + "/tree/grown/rpmdb.sqlite")
    #expect(target.ofType("finding").first?.traces?.count == 2)
    #expect(target.last?.complete == true)
    for (name, words) in [
      ("alone", "a database that is not beside it"), ("damaged", "log (-wal) is damaged"),
      ("tree/grown/rpmdb.sqlite-wal", "a database that is not beside it"),
    ] {
      let (_, lines) = try Command.lines(folder.path + "/" + name)
      #expect(lines.last?.complete == false, "\(name)")
      let messages = lines.ofType("problem").map { $0.message ?? "" }
      #expect(messages.count == 1 && messages[0].contains(words), "\(name): \(messages)")
    }
  }

  /// A database whose transaction did not end is read with its rollback journal, wherever both are. A journal without its
  /// database, and a damaged one, make the scan incomplete; one that has ended says nothing.
  @Test func journalsBesideADatabaseAreApplied() throws {
    let logs = TraceFixture.folder + "/database-logs"
    let folder = try TemporaryDirectory()
    let script = """
      set -e; cd \(folder.path); mkdir -p tree/q alone damaged/var/lib/rpm ended
      cp -r \(logs)/{removing,adding,small-pages,persistent} tree/; cp \(logs)/quarantining/quarantine.db* tree/q/
      rm tree/*/committed; mke2fs -q -t ext4 -d tree image 16M
      cp \(logs)/removing/rpmdb.sqlite-journal alone/; cp \(logs)/removing/rpmdb.sqlite* damaged/var/lib/rpm/
      printf x | dd of=damaged/var/lib/rpm/rpmdb.sqlite-journal bs=1 seek=13 conv=notrunc status=none
      cp \(logs)/persistent/rpmdb.sqlite-journal ended/
      """
    try ContainerFixtures.run("bash", ["-c", script])
    let reason =
      "read without the changes of an unfinished transaction, by its rollback journal: -journal"
    for target in ["tree", "image"] {
      let (status, lines) = try Command.lines(folder.path + "/" + target)
      #expect(status == 1)
      #expect(lines.last?.complete == true, "\(lines.ofType("problem").map { $0.message ?? "" })")
      let findings = lines.ofType("finding").sorted { $0.path ?? "" < $1.path ?? "" }
      let ends = findings.map { $0.path?.split(separator: "/").suffix(2).joined(separator: "/") }
      #expect(ends == ["q/quarantine.db", "removing/rpmdb.sqlite", "small-pages/rpmdb.sqlite"])
      #expect(findings.map { $0.traces?.count } == [3, 2, 2])
      #expect(findings.allSatisfy { $0.reasons?.last == reason })
    }
    let (_, target) = try Command.lines(folder.path + "/tree/removing/rpmdb.sqlite")
    #expect(target.ofType("finding").first?.traces?.count == 2)
    #expect(target.last?.complete == true)
    #expect(try Command.lines(folder.path + "/ended").status == 0)
    for (name, words) in [
      ("alone", "a database that is not beside it"), ("damaged", "journal (-journal) cannot be"),
    ] {
      let (_, lines) = try Command.lines(folder.path + "/" + name)
      #expect(lines.last?.complete == false, "\(name)")
      let messages = lines.ofType("problem").map { $0.message ?? "" }
      #expect(messages.count == 1 && messages[0].contains(words), "\(name): \(messages)")
    }
  }

  /// Forms of rpm's records that cannot be read make a scan incomplete: databases of something else in their place. An
  /// empty log is none.
  @Test func recordsOfRpmThatAreNotReadAreNamed() throws {
    let folder = try TemporaryDirectory()
    let script = """
      set -e; mkdir -p \(folder.path)/{empty,ndb,berkeley}/lib/rpm; cd \(folder.path)
      cp \(installed)/fedora/var/lib/rpm/rpmdb.sqlite empty/lib/rpm
      touch empty/lib/rpm/rpmdb.sqlite-wal
      # The first bytes of the form, and nothing behind.
      { printf RpmP; head -c 8188 /dev/zero; } >ndb/lib/rpm/Packages.db
      perl -MDB_File -e 'tie %h, "DB_File", "berkeley/lib/rpm/Packages", O_RDWR|O_CREAT, 0644, $DB_HASH; $h{a} = "b"'
      """
    try ContainerFixtures.run("bash", ["-c", script])
    for (name, words) in [
      ("ndb", "its header cannot be read"), ("berkeley", "an entry of a page is damaged"),
    ] {
      let (_, lines) = try Command.lines(folder.path + "/" + name)
      #expect(lines.last?.complete == false, "\(name)")
      let messages = lines.ofType("problem").map { $0.message ?? "" }
      #expect(messages.count == 1 && messages[0].contains(words), "\(name): \(messages)")
    }
    let (_, lines) = try Command.lines(folder.path + "/empty")
    #expect(lines.last?.complete == true)
  }

  @Test func aDiskImageGivesTheSame() throws {
    let folders = try Command.lines(
      installed + "/Windows", installed + "/Users", installed + "/debian", installed + "/fedora")
    let image = try Command.lines(TraceFixture.folder + "/disk.dd")
    #expect(image.status == 1)
    #expect(image.lines.last?.complete == true)
    let found = image.lines.ofType("finding")
    let allocated = found.filter { $0.state == "allocated" }
    #expect(
      Set(allocated.map(facts)) == Set(folders.lines.ofType("finding").map(facts)))
    #expect(allocated.count == 5)
    let deleted = found.filter { $0.state == "deleted" }
    #expect(deleted.map(\.path) == ["/Windows/System32/config/RegBack/SYSTEM"])
    #expect(deleted.first?.traces?.count == 7)
  }

  @Test func whatIsLeftOverIsWeakAndOthersAreClean() throws {
    let leftOver = try Command.lines(TraceFixture.folder + "/left-over")
    #expect(leftOver.status == 0)
    #expect(
      leftOver.lines.ofType("finding").map(\.confidence) == ["weak", "weak"])
    #expect(leftOver.lines.ofType("product").isEmpty)
    let nearMiss = try Command.lines(TraceFixture.folder + "/near-miss")
    #expect(nearMiss.status == 0)
    #expect(nearMiss.lines.ofType("finding").isEmpty)
    #expect(nearMiss.lines.last?.complete == true)
  }

  @Test func aHiveThatLostItsFolderIsRead() throws {
    let folder = try TemporaryDirectory()
    try FileManager.default.copyItem(
      atPath: installed + "/Windows/System32/config/SOFTWARE", toPath: folder.path + "/software")
    #expect(try Command.lines(folder.path + "/software").status == 1)
    // A name alone proves nothing, nor does the content under another name.
    try folder.write("text", to: "x/SYSTEM")
    try FileManager.default.moveItem(
      atPath: folder.path + "/software", toPath: folder.path + "/x/other")
    #expect(try Command.lines(folder.path + "/x").status == 0)
  }

  @Test func rulesOfOnesOwnReadNoRecords() throws {
    let folder = try TemporaryDirectory()
    let rules = try folder.write("rule nothing { condition: false }", to: "none.yar")
    let (status, lines) = try Command.lines("--signatures", rules, installed)
    #expect(status == 0)
    #expect(lines.ofType("finding").isEmpty)
  }

  @Test func aHardLinkUnderAnotherNameTakesNothingAway() throws {
    let folder = try TemporaryDirectory()
    let hive = folder.path + "/case/SYSTEM"
    try FileManager.default.createDirectory(
      atPath: folder.path + "/case", withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: installed + "/Windows/System32/config/SYSTEM", toPath: hive)
    for name in ["a", "z"] {
      try FileManager.default.linkItem(atPath: hive, toPath: folder.path + "/" + name)
    }
    let (status, lines) = try Command.lines("--jobs", "1", folder.path)
    #expect(status == 1)
    #expect(lines.ofType("finding").map(\.path) == [hive])
  }

  @Test func damageMakesTheScanIncompleteNeverClean() throws {
    let folder = try TemporaryDirectory()
    var bytes = [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: installed + "/Windows/System32/config/SOFTWARE")))
    // With records: a finding, and a problem beside it.
    bytes[4] ^= 1
    bytes[508] ^= 1
    try folder.write(bytes, to: "SOFTWARE")
    let dirty = try Command.lines(folder.path)
    #expect(dirty.status == 1)
    #expect(dirty.lines.last?.complete == false)
    #expect(dirty.lines.last?.partlyRead == 1)
    #expect(
      dirty.lines.ofType("problem").first?.message?.contains(".LOG1") == true)
    // Without any: a failure.
    try folder.write(Array(bytes.prefix(5000)), to: "SOFTWARE")
    let cut = try Command.lines(folder.path)
    #expect(cut.status == 3)
    #expect(cut.lines.last?.items?["failed"] == 1)
    // A file in the place of a Windows hive that is not a hive counts as damaged.
    try folder.write("no hive", to: "Windows/System32/config/SYSTEM")
    try folder.write("", to: "Windows/System32/config/SOFTWARE")
    let replaced = try Command.lines(folder.path + "/Windows")
    #expect(replaced.status == 3)
    #expect(
      replaced.lines.last?.items
        == ["seen": 2, "matched": 0, "clean": 1, "skipped": 0, "failed": 1])
  }

  @Test func theListOfSignaturesShowsTheReaders() throws {
    let list = try Command.run("signatures", "list").lines
    for name in ["windows_registry_software", "windows_registry_services", "linux_package_rpm"] {
      #expect(list.contains { $0.hasPrefix("kaspersky_\(name) ") })
    }
  }
}
