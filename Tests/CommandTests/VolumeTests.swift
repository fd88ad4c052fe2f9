import Foundation
import TestSupport
import Testing

/// Volumes that are not read are reported with their location, never ignored and never clean.
@Suite struct VolumeTests {
  /// Ledger entries for volumes made by their own tools.
  private static let named: [(file: String, type: String, reason: String, remedy: String)] = [
    ("luks1", "LUKS1", "encrypted", "unlock"), ("luks2", "LUKS2", "encrypted", "unlock"),
    ("xfs", "XFS", "unsupported", "mount"), ("btrfs", "btrfs", "unsupported", "mount"),
    ("f2fs", "F2FS", "unsupported", "mount"), ("squashfs", "squashfs", "unsupported", "mount"),
    ("erofs", "EROFS", "unsupported", "mount"),
    (
      "raid-1.0", "Linux software RAID member (RAID 5 of 3, metadata 1.0)", "unsupported",
      "mdadm --assemble"
    ),
    (
      "raid-1.1", "Linux software RAID member (RAID 5 of 3, metadata 1.1)", "unsupported",
      "mdadm --assemble"
    ),
    (
      "raid-1.2", "Linux software RAID member (RAID 5 of 3, metadata 1.2)", "unsupported",
      "mdadm --assemble"
    ),
    (
      "raid-0.90", "Linux software RAID member (RAID 5 of 3, metadata 0.90)", "unsupported",
      "mdadm --assemble"
    ),
  ]

  private func isWhole(_ medium: OutputRecord.Medium?) -> Bool {
    medium.map { $0.sumOfParts == $0.size } ?? false
  }

  private func medium(_ lines: [OutputRecord]) -> OutputRecord.Medium? {
    lines.last?.media?.first
  }

  /// Disks with 4096-byte sectors: neither partition table may be read as one for 512.
  @Test(arguments: ["mbr-4096.dd", "gpt-4096.dd"])
  func volumesOfADiskWithLargeSectorsAreRead(_ disk: String) throws {
    let (status, lines) = try Command.lines(VolumeFixture.path(disk))
    #expect(status == 1)
    #expect(lines.last?.complete == true)
    let finding = try #require(lines.ofType("finding").first)
    #expect(finding.path == "/klif.sys")
    #expect(finding.volume?.start == 256 * 4096)
    #expect(isWhole(medium(lines)))
  }

  @Test(arguments: named.indices)
  func aVolumeThatIsNotReadIsNamedWithItsPlaceAndTheRemedy(_ index: Int) throws {
    let (file, type, reason, remedy) = Self.named[index]
    let (status, lines) = try Command.lines(VolumeFixture.path(file))
    let problems = lines.ofType("problem")
    try #require(problems.count == 1)
    let size =
      try FileManager.default.attributesOfItem(atPath: VolumeFixture.path(file))[.size] as? Int
    let volume = problems[0].volume
    #expect(volume?.type == type)
    #expect(volume?.start == 0)
    #expect(volume?.length == size)
    #expect(problems[0].reason == reason)
    let message = problems[0].message ?? ""
    #expect(message.hasPrefix(type) && message.contains("not parsed"))
    #expect(message.contains(remedy))
    #expect(message.contains("unknown features: 0x100") == (file == "xfs"))
    #expect(lines.last?.complete == false)
    #expect(isWhole(medium(lines)))
    // XFS stores the program in plain form, where carving finds it, whatever its features.
    #expect(status == (file == "xfs" ? 1 : 3))
    let shown = try Command.run("image", VolumeFixture.path(file))
    #expect(shown.status == 2)
    #expect(shown.text.contains("no: " + type))
  }

  @Test func filesOfAVolumeThatIsNotReadAreCarved() throws {
    let (_, lines) = try Command.lines(VolumeFixture.path("xfs"))
    let finding = try #require(lines.ofType("finding").first)
    #expect(finding.state == "carved")
    #expect(finding.volume?.type == "XFS")
    let account = try #require(medium(lines))
    #expect(account.carved == finding.size)
    #expect(account.unallocated == 0)
  }

  @Test func swapIsSearchedAndNoFailure() throws {
    let (status, lines) = try Command.lines(VolumeFixture.path("swap"))
    #expect(status == 1)
    #expect(lines.last?.complete == true)
    #expect(lines.ofType("problem").isEmpty)
    let finding = try #require(lines.ofType("finding").first)
    #expect(finding.offset == 16 * 4096)
    #expect(finding.volume?.type == "Linux swap")
    #expect(medium(lines)?.unread == 0)
    #expect(isWhole(medium(lines)))
    // Without carving it was not searched.
    let unsearched = try Command.lines("--unallocated", "none", VolumeFixture.path("swap")).lines
    #expect(medium(unsearched)?.unread == 4 << 20)
    #expect(try Command.run("image", VolumeFixture.path("swap")).text.contains("no files"))
  }

  @Test func everyVolumeOfADiskIsNamedByItself() throws {
    let (status, lines) = try Command.lines(VolumeFixture.path("disk.dd"))
    #expect(status == 1)
    #expect(lines.last?.complete == false)
    let problem = try #require(lines.ofType("problem").first)
    let volume = problem.volume
    #expect(volume?.type == "LUKS2")
    #expect(volume?.start == 1 << 20)
    #expect(volume?.length == 32 << 20)
    let found = Set(
      lines.ofType("finding").compactMap { $0.volume?.type })
    #expect(found == ["fat12", "Linux swap"])
    #expect(medium(lines)?.unread == 32 << 20)
    #expect(isWhole(medium(lines)))
    // The place is in the text, too.
    let text = try Command.run("scan", VolumeFixture.path("disk.dd"))
    #expect(text.errors.contains("volume 0") && text.errors.contains("LUKS2 encrypted volume"))
    // A disk with only unreadable volumes is still an image.
    let only = try TemporaryDirectory()
    let disk = only.path + "/disk"
    try ContainerFixtures.run("truncate", ["-s", "42M", disk])
    try ContainerFixtures.run("/sbin/sgdisk", ["-n", "1:2048:+32M", disk])
    try ContainerFixtures.run(
      "dd",
      ["if=" + VolumeFixture.path("luks2"), "of=" + disk, "bs=1M", "seek=1", "conv=notrunc"])
    let alone = try Command.lines(disk)
    #expect(alone.status == 3)
    #expect(
      alone.lines.ofType("problem").first?.volume?.start == 1
        << 20)
  }

  /// A member of a mirror with its superblock at the end contains the file system; a member of a
  /// stripe is only a part of it.
  @Test(arguments: [("1.0", 1, true), ("0.90", 1, true), ("1.0", 0, false), ("0.90", 5, false)])
  func aFileSystemInAMemberOfARaidIsReadAndSaidToBeAPart(
    _ version: String, _ level: Int, _ isComplete: Bool
  ) throws {
    let folder = try TemporaryDirectory()
    let image = folder.path + "/member"
    try ContainerFixtures.run("truncate", ["-s", "2M", image])
    try ContainerFixtures.run("/sbin/mkfs.fat", ["-F", "12", image, "1024"])
    let file = Fixtures.positive("kaspersky_windows_driver_klif")
    try ContainerFixtures.run("mcopy", ["-i", image, file, "::/klif.sys"])
    try ContainerFixtures.run(
      "python3",
      [
        Fixtures.package + "/Tests/Fixtures/images/raid-superblock.py", version, "\(level)", image,
      ])
    let (status, lines) = try Command.lines(image)
    #expect(status == 1)
    #expect(lines.ofType("finding").first?.path == "/klif.sys")
    #expect(lines.last?.complete == isComplete)
    let message = lines.ofType("problem").first?.message
    #expect(message?.contains("RAID \(level) of 3") ?? isComplete)
  }

  // MARK: Images of others

  @Test(.enabled(if: SharedImages.isAvailable, "\(SharedImages.absence)"))
  func theFilesBeforeABitLockerToGoVolumeAreReadAndTheVolumeIsNamed() throws {
    let folder = try #require(SharedImages.folder)
    let (status, lines) = try Command.lines(
      "--as", "image", folder + "/log2timeline+dfvfs/history/0560e1a7/bdetogo.raw")
    #expect(status == 3)
    let encrypted = lines.ofType("problem").filter { $0.reason == "encrypted" }
    #expect(encrypted.count == 1)
    #expect(encrypted.first?.message?.contains("BitLocker To Go") == true)
    #expect(lines.last?.items?["seen"] ?? 0 > 20)
  }

  @Test(.enabled(if: SharedImages.isAvailable, "\(SharedImages.absence)"))
  func shadowCopiesAreCountedAndNamed() throws {
    let folder = try #require(SharedImages.folder)
    let image = folder + "/log2timeline+dfvfs/history/4f4c434a/vsstest.qcow2"
    let (status, lines) = try Command.lines(image)
    #expect(status == 3)
    let problems = lines.ofType("problem")
    #expect(problems.count == 1)
    #expect(problems.first?.reason == "unsupported")
    #expect(problems.first?.message?.hasPrefix("2 shadow copies") == true)
    #expect(lines.last?.items?["clean"] ?? 0 > 10, "the volume is read")
    #expect(isWhole(medium(lines)))
    #expect(try Command.run("image", image).text.contains("yes, except: 2 shadow copies"))
  }
}
