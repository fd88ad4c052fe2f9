import Evidence
import TestSupport
import Testing

@testable import FileSystems

/// Fields of ext inodes of 128 and 256 bytes.
@Suite struct ExtInodeTests {
  private func inode(_ size: Int = 256, _ change: (inout [UInt8]) -> Void = { _ in }) -> ExtInode {
    var bytes = [UInt8](zeros: size)
    bytes.write(little: UInt16(0x81A4), at: 0)
    bytes.write(little: UInt32(500), at: 4)
    bytes.write(little: UInt32(1000), at: 8)
    bytes.write(little: UInt32(2000), at: 12)
    bytes.write(little: UInt32(0xFFFF_FFFF), at: 16)
    bytes.write(little: UInt16(2), at: 26)
    bytes.write(little: UInt32(1), at: 108)
    change(&bytes)
    return ExtInode(
      number: 12, record: FileSystemRecord(bytes, from: 0, count: size), place: 4096)
  }

  @Test func filesHaveSizesOf64Bits() throws {
    let superblock = try #require(try ExtSuperblockTests.superblock())
    #expect(inode().size(superblock) == 1 << 32 | 500)
    let folder = inode { $0.write(little: UInt16(0x41ED), at: 0) }
    #expect(folder.kind == .directory && folder.size(superblock) == 500)
    let large = try #require(
      try ExtSuperblockTests.superblock { $0.write(little: UInt32(0x4000), at: 96) })
    #expect(folder.size(large) == 1 << 32 | 500)
  }

  @Test func timesAreSignedAndMayHaveTwoMoreBits() {
    let short = inode(128).times
    #expect(short.modified == Timestamp(seconds: -1, nanoseconds: 0))
    #expect(short.accessed == Timestamp(seconds: 1000, nanoseconds: 0) && short.created == nil)
    let long = inode {
      $0.write(little: UInt16(32), at: 128)
      // Epoch 1, and more nanoseconds than a second has.
      $0.write(little: UInt32(0xFFFF_FFFD), at: 140)
      $0.write(little: UInt32(7), at: 144)
      $0.write(little: UInt32(5 << 2), at: 148)
    }
    #expect(
      long.times.accessed == Timestamp(seconds: 1000 + 1 << 32, nanoseconds: 999_999_999))
    #expect(long.times.created == Timestamp(seconds: 7, nanoseconds: 5))
  }

  @Test func additionalFieldsEndWithTheRecord() {
    #expect(inode(128).extraEnd == 128)
    #expect(inode { $0.write(little: UInt16(28), at: 128) }.extraEnd == 156)
    #expect(inode { $0.write(little: UInt16.max, at: 128) }.extraEnd == 256)
  }

  @Test func anInodeWasUsedIfItHasATimeOrASize() {
    #expect(inode().wasUsed)
    #expect(inode { $0.write(little: UInt32(0), at: 12) }.wasUsed)
    let blank = inode {
      $0.write(little: UInt32(0), at: 12)
      $0.write(little: UInt32(0), at: 4)
    }
    #expect(!blank.wasUsed)
    #expect(inode().linkCount == 2 && inode().flags.isEmpty)
  }
}
