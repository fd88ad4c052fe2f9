import Foundation
import TestSupport
import Testing

/// Volumes are found although their partition table was wiped, partially or completely, or no
/// longer names them.
@Suite struct LostVolumeTests {
  private static let sector = 512
  /// Sectors of a GPT's header and entries, without the MBR before them.
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

  /// Locations of findings: offset of their volume, and path in it.
  private func places(_ path: String) throws -> (Set<String>, isComplete: Bool?) {
    let (_, lines) = try Command.lines("--as", "image", path)
    let places = lines.ofType("finding").map { finding in
      let start = finding.volume?.start ?? -1
      return "\(start)\(finding.path ?? "")"
    }
    return (Set(places), lines.last?.complete)
  }

  /// The primary table is wiped, with or without the MBR before it: the copy at the end is read.
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

  /// A deleted partition: its files are found by their paths, not carved.
  @Test func aVolumeThatTheTableNamesNoMoreIsRead() throws {
    let folder = try TemporaryDirectory()
    let (path, _) = try disk(in: folder)
    try ContainerFixtures.run("/sbin/sgdisk", ["-d", "2", path])
    let expected = try places(ImageFixture.disk)
    let found = try places(path)
    #expect(found.0 == expected.0)
    #expect(found.isComplete == true)
  }

  /// The existing part of a file system that was truncated with the medium is read, and the missing part is reported.
  @Test func aFileSystemThatWasCutOffIsReadAndSaidToBe() throws {
    let folder = try TemporaryDirectory()
    let (path, size) = try disk(in: folder)
    try wipe(path, at: 0, sectors: 1 + Self.tableSectors)
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try handle.truncate(atOffset: UInt64(size) - (8 << 20))
    try handle.close()
    let shown = try Command.run("image", path)
    #expect(shown.lines.filter { $0.contains("not in the partition table") }.count == 3)
    let (_, lines) = try Command.lines("--as", "image", path)
    #expect(lines.ofType("problem").contains { $0.reason == "truncated" })
    #expect(lines.last?.complete == false)
  }
}
