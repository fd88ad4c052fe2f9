import TestSupport
import Testing

/// Space that no live file owns is searched regardless of bitmap and mode: a driver there is
/// found whole.
@Suite struct UnownedSpaceTests {
  @Test(arguments: [
    "ext-bitmap-never-written", "ext-blocks-without-owner", "ext-bitmap-of-ones",
    "ext-mode-is-a-socket", "ext-bad-blocks", "ext-journal", "ext-unwritten-extents",
    "ext-unused-inodes", "ext-slack-and-free", "ext-reserved-blocks", "fat-lost-chain",
    "fat-bad-clusters", "fat-reserved-sectors", "ntfs-bitmap-of-ones", "ntfs-record-zeroed",
    "ntfs-logfile", "xfs-log", "xfs-free", "ext-size-of-10", "ext-size-of-1000", "fat-size-of-1000",
    "ntfs-size-of-1000",
  ]) func aDriverThatNoFileHasIsFound(_ condition: String) throws {
    let medium = try found(condition, isComplete: true)
    // Only parsed structures count as metadata: not a driver, nor the blocks around it.
    #expect(medium.metadata < 1 << 21)
    #expect(medium.unowned <= medium.unallocated)
  }

  /// A name in use without metadata, and a damaged record in use, are reported as failures, too.
  @Test(arguments: ["ext-children-of-a-lost-directory", "ntfs-record-damaged"])
  func whatIsDamagedIsSaid(_ condition: String) throws {
    _ = try found(condition, isComplete: false)
  }

  /// Account of the medium, after checking that the driver was found completely and nothing else
  /// was.
  private func found(_ condition: String, isComplete: Bool) throws -> OutputRecord.Medium {
    let folder = try TemporaryDirectory()
    let driver = Fixtures.positive("kaspersky_windows_driver_klif")
    let image = folder.path + "/image"
    let script = Fixtures.package + "/Tests/Fixtures/images/unowned.sh"
    try ContainerFixtures.run("bash", [script, condition, driver, image])
    let (status, lines) = try Command.lines("--as", "image", image)
    #expect(status == 1)
    let sum = try Subprocess.run("sha256sum", [driver]).text.prefix(64)
    let sums = lines.ofType("finding").map { $0.sha256 ?? "" }
    #expect(sums == [String(sum)])
    #expect(lines.last?.complete == isComplete)
    return try #require(lines.last?.media?.first)
  }
}
