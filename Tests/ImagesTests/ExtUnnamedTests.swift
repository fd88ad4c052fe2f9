import Bytes
import Evidence
import TestSupport
import Testing

@testable import FileSystems

/// Files of ext that no name leads to.
@Suite struct ExtUnnamedTests {
  private func listing(_ volume: ExtVolume) throws -> FileSystemListing {
    try #require(try FileSystemListing(volume.bytes))
  }

  @Test func inodesThatNoNameLeadsToAreOrphans() throws {
    var volume = ExtVolume()
    volume.addInode(12, size: 10, blocks: [20])
    volume.addInode(13, size: 10, blocks: [21], links: 0)
    volume.allocate(12)
    let found = try listing(volume)
    #expect(
      found.files.map(\.path) == ["/$OrphanFiles/OrphanFile-12", "/$OrphanFiles/OrphanFile-13"])
    #expect(found.files.allSatisfy { $0.state == .orphan })
  }

  /// Inodes below 11 are the file system's; so is an inode that was never written.
  @Test func theFileSystemsOwnInodesAreNone() throws {
    var volume = ExtVolume()
    volume.addInode(8, size: 10, blocks: [20])
    volume.addInode(12, mode: 0x81A4, size: 0)
    let found = try listing(volume)
    #expect(found.files.map(\.path) == ["/$OrphanFiles/OrphanFile-12"], "it has a time")
  }

  @Test func filesInAnUnnamedDirectoryHaveItsName() throws {
    var volume = ExtVolume()
    volume.addInode(12, mode: 0x41ED, size: 1024, blocks: [40])
    volume.directory([(12, "."), (2, ".."), (13, "inside")], at: 40)
    volume.addInode(13, size: 10, blocks: [20])
    let found = try listing(volume)
    #expect(found.files.map(\.path) == ["/$OrphanFiles/OrphanFile-12/inside"])
  }

  @Test func unnamedDirectoriesThatContainEachOtherAreEntered() throws {
    var volume = ExtVolume()
    for (inode, block, other) in [(12, 40, 13), (13, 41, 12)] {
      volume.addInode(inode, mode: 0x41ED, size: 1024, blocks: [UInt32(block)])
      volume.directory([(UInt32(inode), "."), (UInt32(other), "other"), (14, "f")], at: block)
    }
    volume.addInode(14, size: 10, blocks: [20])
    let found = try listing(volume)
    #expect(found.files.map(\.path).contains("/$OrphanFiles/OrphanFile-12/f"))
    #expect(found.files.count <= 2)
  }

  @Test func groupsWhoseInodesCannotBeReadAreSaid() throws {
    var volume = ExtVolume()
    // The table of the only group is outside; the root cannot be read either.
    volume.bytes.write(little: UInt32(9999), at: 2048 + 8)
    let found = try listing(volume)
    #expect(found.problems.map(\.path) == ["/", "/$OrphanFiles"])
    #expect(found.problems.last?.message.contains("inodes of 1 groups") == true)
  }
}
