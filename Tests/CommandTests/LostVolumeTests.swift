import Foundation
import TestSupport
import Testing

/// Volumes are found although their partition table was wiped, in part or whole, or names them no more.
@Suite struct LostVolumeTests {
  private static let sector = 512
  /// Header and entries of a GPT take so many sectors, the MBR before them one.
  private static let tableSectors = 33

  /// A copy of the GPT disk of the fixtures.
  private func disk(in folder: TemporaryDirectory) throws -> (path: String, size: Int) {
    let path = folder.path + "/disk.dd"
    try ContainerFixtures.run("cp", ["--sparse=always", ImageFixture.disk, path])
    let size = try #require(
      try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    return (path, size)
  }

  private func wipe(_ path: String, at offset: Int, sectors: Int) throws {
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try handle.seek(toOffset: UInt64(offset))
    try handle.write(contentsOf: Data(count: sectors * Self.sector))
    try handle.close()
  }

  /// Where findings are: the byte at which their volume begins, and their path in it.
  private func places(_ path: String) throws -> (Set<String>, isComplete: Bool?) {
    let (_, lines) = try Command.lines("--as", "image", path)
    let places = lines.ofType("finding").map { finding in
      let start = (finding["volume"] as? [String: Any])?["start"] as? Int ?? -1
      return "\(start)\(finding["path"] as? String ?? "")"
    }
    return (Set(places), lines.last?["complete"] as? Bool)
  }

  /// The primary table, with or without the MBR before it: the copy at the end is read.
  @Test(arguments: [0, 1]) func theCopyOfAGPTStandsIn(_ first: Int) throws {
    let folder = try TemporaryDirectory()
    let (path, _) = try disk(in: folder)
    try wipe(path, at: first * Self.sector, sectors: 1 + Self.tableSectors - first)
    let shown = try Command.run("image", path)
    #expect(shown.status == 0)
    for label in ["EFI", "Windows", "Linux"] { #expect(shown.text.contains(label)) }
    let expected = try places(ImageFixture.disk)
    let found = try places(path)
    #expect(!expected.0.isEmpty)
    #expect(found.0 == expected.0)
    #expect(found.isComplete == true)
  }

  @Test func withoutATableFileSystemsAreFoundByTheirOwnSuperblocks() throws {
    let folder = try TemporaryDirectory()
    let (path, size) = try disk(in: folder)
    try wipe(path, at: 0, sectors: 1 + Self.tableSectors)
    try wipe(path, at: size - Self.tableSectors * Self.sector, sectors: Self.tableSectors)
    let shown = try Command.run("image", path)
    #expect(shown.lines.filter { $0.contains("not in the partition table") }.count == 3)
    let expected = try places(ImageFixture.disk)
    let found = try places(path)
    #expect(found.0 == expected.0)
    #expect(found.isComplete == true)
  }

  /// A partition that was deleted: its files are found by their paths, and not carved.
  @Test func aVolumeThatTheTableNamesNoMoreIsRead() throws {
    let folder = try TemporaryDirectory()
    let (path, _) = try disk(in: folder)
    try ContainerFixtures.run("/sbin/sgdisk", ["-d", "2", path])
    let expected = try places(ImageFixture.disk)
    let found = try places(path)
    #expect(found.0 == expected.0)
    #expect(found.isComplete == true)
  }

  /// A superblock that claims more room than there is describes nothing that is here.
  @Test func aFileSystemThatDoesNotFitIsNotOne() throws {
    let folder = try TemporaryDirectory()
    let (path, size) = try disk(in: folder)
    try wipe(path, at: 0, sectors: 1 + Self.tableSectors)
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try handle.truncate(atOffset: UInt64(size) - (8 << 20))
    try handle.close()
    let shown = try Command.run("image", path)
    #expect(shown.lines.filter { $0.contains("not in the partition table") }.count == 2)
    #expect(!shown.text.contains("ext4"))
  }
}
