import TestSupport
import Testing

/// A medium is recognised by all that speaks for it, and is never one clean file: a driver in it is found, or the scan
/// is incomplete and says why.
@Suite struct RecognitionTests {
  @Test(arguments: [
    "gpt-copy-only", "front-wiped", "volume-at-an-odd-place", "ext-superblock-zeroed",
    "ext-front-zeroed", "ext-descriptors-zeroed", "ext4k-superblock-zeroed",
    "fat32-boot-sector-zeroed", "ntfs-boot-sector-zeroed", "ntfs-table-front-zeroed",
    "partition-with-its-boot-sector-zeroed", "xfs-superblock-zeroed", "compact-disc", "hybrid-disc",
    "slice-in-a-dynamic-disk",
  ]) func whatACopySpeaksForIsReadWhole(_ condition: String) throws {
    let scan = try Scan(condition)
    #expect(scan.paths.contains { $0.lowercased().hasSuffix("/a.sys") }, "\(scan.paths)")
    #expect(scan.isComplete, "\(scan.problems)")
  }

  @Test(arguments: [
    "split-second-partition", "split-by-its-second-part", "cut-before-the-second-partition",
    "cut-inside-a-partition", "table-with-an-odd-entry", "gpt-without-its-copy",
    "partition-deleted-at-an-odd-place",
  ]) func whatIsThereIsFoundAndWhatIsMissingIsSaid(_ condition: String) throws {
    let scan = try Scan(condition)
    #expect(scan.paths.contains { $0.lowercased().hasSuffix("/a.sys") }, "\(scan.paths)")
    #expect(!scan.isComplete)
    #expect(!scan.problems.isEmpty)
  }

  @Test(arguments: [
    ("split-without-its-first-part", "the first part is missing"),
    ("split-with-a-hole", "is missing, although"),
    ("cut-inside-a-partition", "of the volume are missing"),
    ("gpt-without-its-copy", "the backup GPT"),
  ]) func whatIsMissingIsNamed(_ condition: String, _ words: String) throws {
    let scan = try Scan(condition)
    #expect(!scan.isComplete)
    #expect(scan.problems.contains { $0.contains(words) }, "\(scan.problems)")
  }

  /// A medium whose superblocks are all lost is no clean file: it is carved, and its files are said to be unreadable. What
  /// only begins blank stays a file.
  @Test(arguments: [
    ("mke2fs -q -F -t ext4 -b 4096 -d t i 32M", 2048, true),
    ("truncate -s 40M i; mkfs.vfat -F 32 -s 1 i; mcopy -i i t/a.sys ::", 16_384, true),
    ("{ head -c 1M /dev/zero; cat t/a.sys; head -c 65024 /dev/zero; } >i", 1, true),
    ("{ head -c 1M /dev/zero; seq 90000; } >i; truncate -s 2M i", 1, false),
  ]) func aMediumWithoutSuperblocksIsNoCleanFile(
    _ script: String, _ wiped: Int, _ isImage: Bool
  ) throws {
    let folder = try TemporaryDirectory()
    let driver = Fixtures.positive("kaspersky_windows_driver_klif")
    try ContainerFixtures.run(
      "bash",
      [
        "-c",
        """
        set -e; cd \(folder.path); export PATH=$PATH:/usr/sbin:/sbin; mkdir t; cp \(driver) t/a.sys
        { \(script); } >/dev/null 2>&1
        head -c \(wiped) /dev/zero | dd of=i conv=notrunc status=none
        """,
      ])
    let (_, lines) = try Command.lines(folder.path + "/i")
    #expect((lines.last?.media != nil) == isImage)
    #expect(lines.ofType("finding").count == (isImage ? 1 : 0))
    #expect(lines.last?.complete == !isImage)
  }

  /// Programs and archives may hold boot sectors: they stay files.
  @Test func aProgramIsAFile() throws {
    for file in ["/usr/bin/env", "/bin/bash"] {
      let (status, lines) = try Command.lines(file)
      #expect(status == 0)
      #expect(lines.last?.media == nil)
    }
  }

  /// The answer of a scan of one condition.
  private struct Scan {
    let paths: [String]
    let problems: [String]
    let isComplete: Bool

    init(_ condition: String) throws {
      let folder = try TemporaryDirectory()
      let image = folder.path + "/image"
      let driver = Fixtures.positive("kaspersky_windows_driver_klif")
      let script = Fixtures.package + "/Tests/Fixtures/images/recognition.sh"
      try ContainerFixtures.run("bash", [script, condition, driver, image])
      let parts = try Subprocess.run("ls", [folder.path]).lines
      let second = condition == "split-by-its-second-part" ? parts[1] : parts[0]
      let (_, lines) = try Command.lines(folder.path + "/" + second)
      paths = lines.ofType("finding").map { $0.path ?? "" }
      problems = lines.ofType("problem").map { $0.message ?? "" }
      isComplete = lines.last?.complete ?? false
    }
  }
}
