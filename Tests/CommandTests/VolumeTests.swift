import Foundation
import TestSupport
import Testing

/// Volumes that are not read are named with their place, never passed over and never clean.
@Suite struct VolumeTests {
  /// What the ledger says of a volume made by its own tools.
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

  private func isWhole(_ medium: [String: Any]?) -> Bool {
    let parts = ["items", "metadata", "slack", "carved", "unallocated", "gaps", "unread"]
    let sum = parts.reduce(0) { $0 + (medium?[$1] as? Int ?? 0) }
    return sum == medium?["size"] as? Int
  }

  private func medium(_ lines: [[String: Any]]) -> [String: Any]? {
    (lines.last?["media"] as? [[String: Any]])?.first
  }

  /// Disks of 4096 bytes a sector: neither partition table may be taken for one of 512.
  @Test(arguments: ["mbr-4096.dd", "gpt-4096.dd"])
  func volumesOfADiskWithLargeSectorsAreRead(_ disk: String) throws {
    let (status, lines) = try Command.lines(VolumeFixture.path(disk))
    #expect(status == 1)
    #expect(lines.last?["complete"] as? Bool == true)
    let finding = try #require(lines.ofType("finding").first)
    #expect(finding["path"] as? String == "/klif.sys")
    #expect((finding["volume"] as? [String: Any])?["start"] as? Int == 256 * 4096)
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
    let volume = problems[0]["volume"] as? [String: Any]
    #expect(volume?["type"] as? String == type)
    #expect(volume?["start"] as? Int == 0)
    #expect(volume?["length"] as? Int == size)
    #expect(problems[0]["reason"] as? String == reason)
    let message = problems[0]["message"] as? String ?? ""
    #expect(message.hasPrefix(type) && message.contains("not read"))
    #expect(message.contains(remedy))
    #expect(message.contains("features that are not known: 0x100") == (file == "xfs"))
    #expect(lines.last?["complete"] as? Bool == false)
    #expect(isWhole(medium(lines)))
    // XFS keeps the program in the clear where carving finds it, whatever features it has.
    #expect(status == (file == "xfs" ? 1 : 3))
    let shown = try Command.run("image", VolumeFixture.path(file))
    #expect(shown.status == 2)
    #expect(shown.text.contains("no: " + type))
  }

  @Test func filesOfAVolumeThatIsNotReadAreCarved() throws {
    let (_, lines) = try Command.lines(VolumeFixture.path("xfs"))
    let finding = try #require(lines.ofType("finding").first)
    #expect(finding["state"] as? String == "carved")
    #expect((finding["volume"] as? [String: Any])?["type"] as? String == "XFS")
    let account = try #require(medium(lines))
    #expect(account["carved"] as? Int == finding["size"] as? Int)
    #expect(account["unallocated"] as? Int == 0)
  }

  @Test func swapIsSearchedAndNoFailure() throws {
    let (status, lines) = try Command.lines(VolumeFixture.path("swap"))
    #expect(status == 1)
    #expect(lines.last?["complete"] as? Bool == true)
    #expect(lines.ofType("problem").isEmpty)
    let finding = try #require(lines.ofType("finding").first)
    #expect(finding["offset"] as? Int == 16 * 4096)
    #expect((finding["volume"] as? [String: Any])?["type"] as? String == "Linux swap")
    #expect(medium(lines)?["unread"] as? Int == 0)
    #expect(isWhole(medium(lines)))
    // Without carving it was not looked at.
    let unsearched = try Command.lines("--unallocated", "none", VolumeFixture.path("swap")).lines
    #expect(medium(unsearched)?["unread"] as? Int == 4 << 20)
    #expect(try Command.run("image", VolumeFixture.path("swap")).text.contains("no files"))
  }

  @Test func everyVolumeOfADiskIsNamedByItself() throws {
    let (status, lines) = try Command.lines(VolumeFixture.path("disk.dd"))
    #expect(status == 1)
    #expect(lines.last?["complete"] as? Bool == false)
    let problem = try #require(lines.ofType("problem").first)
    let volume = problem["volume"] as? [String: Any]
    #expect(volume?["type"] as? String == "LUKS2")
    #expect(volume?["start"] as? Int == 1 << 20)
    #expect(volume?["length"] as? Int == 32 << 20)
    let found = Set(
      lines.ofType("finding").compactMap { ($0["volume"] as? [String: Any])?["type"] as? String })
    #expect(found == ["fat12", "Linux swap"])
    #expect(medium(lines)?["unread"] as? Int == 32 << 20)
    #expect(isWhole(medium(lines)))
    // The place is in the text, too.
    let text = try Command.run("scan", VolumeFixture.path("disk.dd"))
    #expect(text.errors.contains("volume 0") && text.errors.contains("LUKS2 encrypted volume"))
    // A disk of nothing but volumes that are not read is one.
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
      (alone.lines.ofType("problem").first?["volume"] as? [String: Any])?["start"] as? Int == 1
        << 20)
  }

  /// A member of a mirror whose superblock is at its end is its file system; one of a stripe is a part of it.
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
    #expect(lines.ofType("finding").first?["path"] as? String == "/klif.sys")
    #expect(lines.last?["complete"] as? Bool == isComplete)
    let message = lines.ofType("problem").first?["message"] as? String
    #expect(message?.contains("RAID \(level) of 3") ?? isComplete)
  }

  // MARK: Images of others

  @Test func theFilesBeforeABitLockerToGoVolumeAreReadAndTheVolumeIsNamed() throws {
    guard let folder = SharedImages.folder else { return }
    let (status, lines) = try Command.lines(
      "--as", "image", folder + "/log2timeline+dfvfs/history/0560e1a7/bdetogo.raw")
    #expect(status == 3)
    let encrypted = lines.ofType("problem").filter { $0["reason"] as? String == "encrypted" }
    #expect(encrypted.count == 1)
    #expect((encrypted.first?["message"] as? String)?.contains("BitLocker To Go") == true)
    #expect((lines.last?["items"] as? [String: Int])?["seen"] ?? 0 > 20)
  }

  @Test func shadowCopiesAreCountedAndNamed() throws {
    guard let folder = SharedImages.folder else { return }
    let image = folder + "/log2timeline+dfvfs/history/4f4c434a/vsstest.qcow2"
    let (status, lines) = try Command.lines(image)
    #expect(status == 3)
    let problems = lines.ofType("problem")
    #expect(problems.count == 1)
    #expect(problems.first?["reason"] as? String == "unsupported")
    #expect((problems.first?["message"] as? String)?.hasPrefix("2 shadow copies") == true)
    #expect((lines.last?["items"] as? [String: Int])?["clean"] ?? 0 > 10, "the volume is read")
    #expect(isWhole(medium(lines)))
    #expect(try Command.run("image", image).text.contains("but for: 2 shadow copies"))
  }
}
