import Containers
import TestSupport
import Testing

@testable import FileSystems

/// Directories of XFS, assembled from their extents.
@Suite struct XfsDirectoryReaderTests {
  /// A block of names of version 4: inode, length, name, and the entry's own offset at the end of a multiple of eight.
  private func block(_ names: [(String, UInt64)]) -> [UInt8] {
    var bytes = [UInt8](zeros: 4096)
    bytes.write("XD2D", at: 0)
    var place = 16
    for (name, inode) in names {
      bytes.write(big: inode, at: place)
      bytes[place + 8] = UInt8(name.utf8.count)
      bytes.write(name, at: place + 9)
      let size = (11 + name.utf8.count + 7) & ~7
      bytes.write(big: UInt16(place), at: place + size - 2)
      place += size
    }
    bytes.write(big: UInt16.max, at: place)
    bytes.write(big: UInt16(4096 - place), at: place + 2)
    bytes.write(big: UInt16(place), at: 4094)
    return bytes
  }

  /// The names of a directory whose extents are these, as (block in the directory, number, block of the volume).
  private func read(
    _ volume: XfsVolume, _ extents: [(UInt64, UInt64, UInt64)], size: UInt64
  ) throws -> (names: [String], problem: String?, failure: FileSystemError?) {
    let inode = try XfsVolume.inode(
      format: 2, extents.flatMap { XfsVolume.extent($0, $1, at: $2) }, extents: extents.count,
      size: size, mode: 0o40755)
    return try read(volume, inode)
  }

  private func read(_ volume: XfsVolume, _ inode: XfsInode) throws -> (
    names: [String], problem: String?, failure: FileSystemError?
  ) {
    let fileSystem = try #require(try volume.fileSystem())
    var names = [String]()
    var problem: String?
    let failure = try fileSystem.readDirectory(inode) { piece in
      names += piece.names.map { String(decoding: $0.bytes, as: UTF8.self) }
      problem = problem ?? piece.problem
    }
    return (names, problem, failure)
  }

  private func volume() -> XfsVolume {
    var volume = XfsVolume()
    volume.write(block([("z", 9), ("b", 5)]), at: 20)
    volume.write(block([("a", 7)]), at: 30)
    return volume
  }

  @Test func namesOfAllBlocksAreSortedByInode() throws {
    let found = try read(volume(), [(0, 1, 20), (1, 1, 30)], size: 8192)
    #expect(found.names == ["b", "a", "z"] && found.problem == nil && found.failure == nil)
  }

  @Test func blocksWithoutNamesAreHoles() throws {
    let found = try read(volume(), [(1, 1, 20), (5, 1, 30)], size: 6 * 4096)
    #expect(found.names == ["b", "a", "z"] && found.problem == nil)
  }

  @Test func anotherBlockIsAProblemAndHidesNothing() throws {
    let found = try read(volume(), [(0, 1, 20), (1, 1, 40), (2, 1, 30)], size: 3 * 4096)
    #expect(found.names == ["b", "a", "z"])
    #expect(found.problem == "a block is not a directory block")
  }

  @Test func aDirectoryInItsInodeIsAList() throws {
    // One name, inodes of four bytes, the parent; length, cookie, name, inode.
    let fork: [UInt8] = [1, 0, 0, 0, 0, 128, 1, 0, 0, 0x61, 0, 0, 0, 9]
    let inode = try XfsVolume.inode(format: 1, fork, size: 14)
    let found = try read(volume(), inode)
    #expect(found.names == ["a"] && found.problem == nil && found.failure == nil)
    let short = try read(volume(), try XfsVolume.inode(format: 1, fork, size: 13))
    #expect(short.names.isEmpty && short.problem != nil)
  }

  @Test func sizesAndBlocksThatDoNotFitAreAFailure() throws {
    let large = try read(volume(), [(0, 1, 20)], size: 1 << 35 + 1)
    #expect(large.failure == .damaged("the size is invalid") && large.names.isEmpty)
    let outside = try read(volume(), [(0, 1, 3072)], size: 4096)
    #expect(outside.failure == .damaged("a block of the content is outside the file system"))
    let other = try read(volume(), try XfsVolume.inode(format: 4, [], size: 4096))
    #expect(other.failure == .damaged("invalid fork format"))
  }

  @Test func directoriesThatShareBlocksAreBounded() throws {
    let fileSystem = try #require(try volume().fileSystem())
    // 1000 blocks with each reading: four times the volume and 64 MiB are not enough for all.
    let inode = try XfsVolume.inode(
      format: 2, XfsVolume.extent(0, 1000, at: 20), extents: 1, size: 4_096_000)
    var count = 0
    while count < 100, try fileSystem.readDirectory(inode, { _ in }) == nil { count += 1 }
    #expect(count == (4 * 3048 * 4096 + 64 << 20) / 4_096_000)
  }
}
