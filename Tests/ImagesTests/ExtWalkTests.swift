import Bytes
import Evidence
import TestSupport
import Testing

@testable import FileSystems

/// Names of ext, in use and deleted: each is a file, a problem or counted.
@Suite struct ExtWalkTests {
  private func listing(_ volume: ExtVolume) throws -> FileSystemListing {
    try #require(try FileSystemListing(volume.bytes))
  }

  /// A root with these names beside its own.
  private func volume(
    _ names: [(inode: UInt32, name: String)], _ change: (inout [UInt8]) -> Void = { _ in }
  ) -> ExtVolume {
    var volume = ExtVolume(change)
    volume.directory([(2, "."), (2, "..")] + names, at: 9)
    return volume
  }

  @Test func filesHaveTheirContentAndDeletedOnesTheirState() throws {
    var volume = volume([(12, "used"), (13, "gone")])
    volume.addInode(12, size: 1500, blocks: [20, 21])
    volume.addInode(13, size: 10, blocks: [30])
    volume.allocate(12)
    let found = try listing(volume)
    #expect(found.problems.isEmpty)
    #expect(found.files.map(\.path) == ["/used", "/gone"])
    #expect(found.files.map(\.state) == [.allocated, .deleted])
    #expect(found.files.map(\.size) == [1500, 10])
    #expect(found.files[0].extents?.map(\.offset) == [20 << 10])
  }

  @Test func whatIsNoFileIsCounted() throws {
    var volume = volume([(12, "link"), (13, "pipe"), (0, "x")])
    volume.addInode(12, mode: 0xA1FF, size: 3)
    volume.addInode(13, mode: 0x11A4, size: 0)
    volume.allocate(12)
    volume.allocate(13)
    let found = try listing(volume)
    #expect(found.files.isEmpty && found.problems.isEmpty)
    #expect(found.ignored[.symbolicLinks] == 1 && found.ignored[.specialFiles] == 1)
    #expect(found.ignored[.namesWithoutContent] == 1)
  }

  @Test func anEncryptedFileIsAProblem() throws {
    var volume = volume([(12, "secret")])
    volume.addInode(12, size: 10, blocks: [20], flags: 0x800)
    volume.allocate(12)
    let found = try listing(volume)
    #expect(found.files.isEmpty && found.problems.map(\.path) == ["/secret"])
    #expect(found.problems.first?.reason == .encrypted)
  }

  @Test func anUnreadableFileIsAProblemOnlyIfItIsInUse() throws {
    var volume = volume([(12, "used"), (13, "gone")])
    volume.addInode(12, size: 10, blocks: [9999])
    volume.addInode(13, size: 10, blocks: [9999])
    volume.allocate(12)
    let found = try listing(volume)
    #expect(found.files.isEmpty && found.problems.map(\.path) == ["/used"])
    #expect(found.problems.first?.reason == .unreadable)
    #expect(found.ignored[.namesWithoutContent] == 1)
  }

  @Test func aNameInUseWithoutATypeIsAProblem() throws {
    let found = try listing(volume([(12, "blank")]))
    #expect(found.problems.map(\.path) == ["/blank"])
    #expect(found.problems.first?.message.contains("it has no type") == true)
  }

  @Test func aDirectoryNamesItself() throws {
    var volume = ExtVolume()
    volume.directory([(2, "..")], at: 9)
    let found = try listing(volume)
    #expect(found.problems.map(\.path) == ["/"])
    #expect(found.problems.first?.message.hasSuffix("it does not name itself") == true)
  }

  @Test func aRootThatIsNoDirectoryIsAProblem() throws {
    var volume = ExtVolume()
    volume.addInode(2, size: 1024, blocks: [9])
    let found = try listing(volume)
    #expect(found.problems.first?.message.contains("it is not a directory") == true)
  }

  @Test func aJournalThatWasNotReplayedIsSaid() throws {
    let found = try listing(volume([]) { $0.write(little: UInt32(4), at: 96) })
    #expect(found.problems.map(\.reason) == [.unsupported])
    #expect(found.problems.first?.message.contains("journal") == true)
  }
}
