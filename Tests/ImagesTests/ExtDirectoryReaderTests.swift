import Containers
import TestSupport
import Testing

@testable import FileSystems

/// Directories of ext, piece by piece.
@Suite struct ExtDirectoryReaderTests {
  private typealias Piece = ExtFileSystem.DirectoryPiece

  /// The pieces of the directory in inode 12, and why it cannot be found.
  private func read(
    _ volume: ExtVolume, isFree: Bool = false, unreadable: Range<UInt64> = 0..<0
  ) throws -> (pieces: [ExtFileSystem.DirectoryPiece], failure: FileSystemError?) {
    let fileSystem = try #require(try volume.fileSystem(unreadable: unreadable))
    var pieces = [Piece]()
    let failure = try fileSystem.readDirectory(try fileSystem.inode(12), isFree: isFree) {
      pieces.append($0)
    }
    return (pieces, failure)
  }

  private func names(_ piece: ExtFileSystem.DirectoryPiece) -> [String] {
    piece.names.map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  /// A directory in blocks 20 and 22.
  private func volume(size: UInt32 = 2048, blocks: [UInt32] = [20, 22]) -> ExtVolume {
    var volume = ExtVolume()
    volume.addInode(12, mode: 0x41ED, size: size, blocks: blocks)
    volume.directory([(12, "."), (2, ".."), (16, "z"), (13, "a")], at: 20)
    volume.directory([(15, "c"), (14, "b")], at: 22)
    return volume
  }

  @Test func namesAreSortedByInodeInEachExtent() throws {
    let (pieces, failure) = try read(volume())
    #expect(failure == nil && pieces.allSatisfy { $0.problem == nil })
    #expect(pieces.map(names) == [["..", ".", "a", "z"], ["b", "c"]])
    #expect(pieces.allSatisfy { $0.names.allSatisfy { !$0.isFree } })
    let free = try read(volume(), isFree: true)
    #expect(free.pieces.allSatisfy { $0.names.allSatisfy(\.isFree) })
  }

  @Test func anUnreadableBlockHidesNoOther() throws {
    var volume = volume(blocks: [20, 21])
    volume.directory([(15, "c")], at: 21)
    let (pieces, failure) = try read(volume, unreadable: 21_000..<21_001)
    #expect(failure == nil && pieces.map(names) == [["c"]])
    #expect(pieces.first?.problem?.contains("a bad sector") == true)
  }

  @Test func aHoleIsAProblemAndCostsNothing() throws {
    let (pieces, _) = try read(volume(size: 3072, blocks: [20, 0, 22]))
    #expect(pieces.map(\.problem) == [nil, "it has a hole", nil])
    #expect(pieces.map { $0.names.count } == [4, 0, 2])
    // The last block is whole, whatever the size says.
    #expect(try read(volume(size: 1025)).pieces.map { $0.names.count } == [4, 2])
  }

  @Test func entriesThatDoNotFollowEachOtherAreAProblem() throws {
    var volume = volume()
    volume.bytes.write(little: UInt16(7), at: (20 << 10) + 4)
    let (pieces, failure) = try read(volume)
    #expect(failure == nil && pieces.first?.problem == "its entries are not contiguous")
    #expect(pieces.last?.problem == nil)
  }

  @Test func blocksThatCannotBeFoundAreAFailure() throws {
    let outside = try read(volume(blocks: [9999]))
    #expect(outside.pieces.isEmpty)
    #expect(outside.failure == .damaged("a block of the content is outside the file system"))
    // Large directories have sizes of 64 bits: one that no block holds.
    var large = ExtVolume { $0.write(little: UInt32(0x4000), at: 96) }
    large.addInode(12, mode: 0x41ED, size: .max)
    large.bytes.write(little: UInt32.max, at: ExtVolume.inodeTable + 11 * 256 + 108)
    #expect(try read(large).failure == .damaged("the size is invalid"))
  }

  @Test func directoriesThatShareBlocksAreBounded() throws {
    let fileSystem = try #require(try volume().fileSystem())
    let inode = try fileSystem.inode(12)
    // Four times the volume and 64 MiB, in directories of two blocks.
    let most = (4 * 64 << 10) + (64 << 20)
    var count = 0
    while try fileSystem.readDirectory(inode, isFree: false, { _ in }) == nil, count < most {
      count += 1
    }
    #expect(count == most / 2048)
  }

  /// A small directory is in the inode: its parent, then entries from the fifth byte on.
  @Test func aDirectoryInItsInodeHasNoDots() throws {
    var volume = ExtVolume { $0.write(little: UInt32(0x8000), at: 96) }
    volume.addInode(12, mode: 0x41ED, size: 60, flags: 0x1000_0000)
    let place = ExtVolume.inodeTable + 11 * 256 + 40
    volume.bytes.write(little: UInt32(2), at: place)
    volume.bytes.write(little: UInt32(13), at: place + 4)
    volume.bytes.write([56, 0, 4, 1], at: place + 8)
    volume.bytes.write("file", at: place + 12)
    let (pieces, failure) = try read(volume)
    #expect(failure == nil && pieces.map(names) == [["file"]] && pieces.first?.problem == nil)
    volume.bytes[place + 8] = 57
    #expect(try read(volume).pieces.first?.problem == "its entries are not contiguous")
  }
}
