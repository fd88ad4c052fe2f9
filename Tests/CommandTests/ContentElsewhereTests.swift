import TestSupport
import Testing

/// Content that is elsewhere, in several parts or damaged is read, or named: never clean.
@Suite struct ContentElsewhereTests {
  /// Deduplication, SIS, WIM, HSM, cloud files, ProjFS, containers, Azure File Sync, an unknown one.
  @Test(arguments: [
    "80000013", "80000007", "80000008", "C0000004", "9000301A", "9000001C", "80000018",
    "8000001E", "80001234",
  ]) func aPlaceholderIsSkipped(_ tag: String) throws {
    let scan = try Scan("reparse-hole", tag)
    #expect(scan.status == 3)
    #expect(scan.items["skipped"] == 1)
    #expect(scan.problems.count == 1)
    #expect(scan.problems.first?.contains("scan") == true, "with what to do")
  }

  /// OneDrive marks files that are on the disk, too.
  @Test(arguments: ["9000301A", "9000001C"]) func aFileInPlaceIsScanned(_ tag: String) throws {
    let scan = try Scan("reparse-stored", tag)
    #expect(scan.status == 1)
    #expect(scan.problems.isEmpty)
    #expect(scan.findings.map(\.path) == ["/a.sys"])
  }

  /// A remnant that a store replaces is skipped, and carved.
  @Test func aRemnantIsSkippedAndCarved() throws {
    let scan = try Scan("reparse-stored", "80000013")
    #expect(scan.findings.map(\.state) == ["carved"])
    #expect(scan.items["skipped"] == 1)
  }

  /// The Sleuth Kit invents the bytes of a damaged compression unit.
  @Test func aDamagedCompressionUnitIsNoContent() throws {
    let whole = try Scan("compressed")
    let sum = try Subprocess.run("sha256sum", [whole.image + ".source"]).text.prefix(64)
    #expect(whole.findings.map(\.sha256) == [String(sum)])
    #expect(whole.status == 1 && whole.problems.isEmpty)
    let damaged = try Scan("compressed-damaged")
    #expect(damaged.findings.count == 1, "what is there is scanned")
    #expect(damaged.findings.first?.sha256 == nil)
    #expect(damaged.findings.first?.confidence == "claimed")
    #expect(damaged.problems.contains { $0.contains("compression unit") }, "\(damaged.problems)")
  }

  @Test(arguments: [nil, "-J"]) func aFileOfSeveralExtentsIsOneFile(_ tree: String?) throws {
    let scan = try Scan("iso-extents", tree)
    let driver = Fixtures.positive("kaspersky_windows_driver_klif")
    let sum = try Subprocess.run("sha256sum", [driver]).text.prefix(64)
    #expect(scan.findings.map(\.sha256) == [String(sum)])
    #expect(scan.findings.map(\.path) == ["/A.BIN"])
    #expect(scan.items["seen"] == 2)
    #expect(scan.problems.isEmpty)
  }

  @Test func aSegmentIsBesideTheFileThatALinkLeadsTo() throws {
    let folder = try TemporaryDirectory()
    let script = """
      set -e; cd \(folder.path); mkdir real links; truncate -s 12M disk.dd
      /sbin/mke2fs -q -F -t ext4 -b 4096 disk.dd; head -c 3000000 /dev/urandom >noise
      /sbin/debugfs -w -R 'write noise noise' disk.dd 2>/dev/null
      /sbin/debugfs -w -R 'write \(Fixtures.positive("kaspersky_windows_driver_klif")) a.sys' disk.dd 2>/dev/null
      ewfacquire -u -q -S 1MiB -t real/image disk.dd >/dev/null
      ln -s ../real/image.E01 links/other.E01
      """
    try ContainerFixtures.run("bash", ["-c", script])
    let (status, lines) = try Command.lines(folder.path + "/links/other.E01")
    #expect(status == 1)
    #expect(lines.last?.complete == true)
    #expect(lines.ofType("finding").map(\.path) == ["/a.sys"])
  }

  @Test func aRuleFileWithoutAPublicRuleIsAnError() throws {
    let folder = try TemporaryDirectory()
    let rules = try folder.write("private rule a { condition: true }", to: "rules.yar")
    let nothing = try folder.write("// nothing yet", to: "nothing.yar")
    for file in [rules, nothing] {
      let result = try Command.run("scan", "--signatures", file, rules)
      #expect(result.status == 2)
      #expect(result.errors.contains("no public rule"))
    }
  }

  /// The answer of a scan of one condition.
  private struct Scan {
    private let folder: TemporaryDirectory
    let image: String
    let status: Int32
    let findings: [OutputRecord]
    let problems: [String]
    let items: [String: Int]

    init(_ condition: String, _ argument: String? = nil) throws {
      folder = try TemporaryDirectory()
      image = folder.path + "/image"
      let images = Fixtures.package + "/Tests/Fixtures/images"
      let filler = folder.path + "/ntfsfill"
      try ContainerFixtures.run(
        "gcc", ["-O1", "-o", filler, images + "/ntfsfill.c", "-lntfs-3g"])
      let driver = Fixtures.positive("kaspersky_windows_driver_klif")
      try ContainerFixtures.run(
        "bash",
        [images + "/elsewhere.sh", condition, driver, image, filler] + (argument.map { [$0] } ?? [])
      )
      let (status, lines) = try Command.lines("--as", "image", image)
      self.status = status
      findings = lines.ofType("finding")
      problems = lines.ofType("problem").map { $0.message ?? "" }
      items = lines.last?.items ?? [:]
    }
  }
}
