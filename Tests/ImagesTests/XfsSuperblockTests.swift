import TestSupport
import Testing

@testable import FileSystems

/// Superblocks of XFS; numbers that the kernel refuses are damage.
@Suite struct XfsSuperblockTests {
  /// Blocks of 4 KiB, three groups of 1024 but for the last one of 1000, inodes of 512 bytes.
  static func superblock(version: UInt16 = 5, _ change: (inout [UInt8]) -> Void = { _ in }) throws
    -> XfsSuperblock?
  {
    let bytes = bytes(version: version, change)
    return try XfsSuperblock(FileSystemRecord(bytes, from: 0, count: bytes.count))
  }

  /// The same as 512 bytes.
  static func bytes(version: UInt16 = 5, _ change: (inout [UInt8]) -> Void = { _ in }) -> [UInt8] {
    var bytes = [UInt8](zeros: 512)
    bytes.write("XFSB", at: 0)
    bytes.write(big: UInt32(4096), at: 4)
    bytes.write(big: UInt64(3048), at: 8)
    bytes.write(big: UInt64(900), at: 48)
    bytes.write(big: UInt64(128), at: 56)
    bytes.write(big: UInt32(1024), at: 84)
    bytes.write(big: UInt32(3), at: 88)
    bytes.write(big: UInt32(16), at: 96)
    bytes.write(big: 0xA000 | version, at: 100)
    bytes.write(big: UInt16(512), at: 102)
    bytes.write(big: UInt16(512), at: 104)
    bytes.write([12, 9, 9, 3, 10], at: 120)
    bytes.write(big: UInt32(version == 5 ? 3 : 0), at: 216)
    change(&bytes)
    return bytes
  }

  @Test func fieldsAreBigEndian() throws {
    let found = try #require(
      try Self.superblock {
        $0[192] = 2
        $0.write(big: UInt64(77), at: 64)
      })
    #expect(found.version == 5 && found.blockSize == 4096 && found.inodeSize == 512)
    #expect(found.directoryBlockSize == 16_384 && found.rootInode == 128)
    #expect(found.hasFileTypes && found.hasSparseInodes && found.ownInodes == [77])
    #expect(found.blocks(ofGroup: 0) == 1024 && found.blocks(ofGroup: 2) == 1000)
    #expect(found.lastHeaderBlock == 0 && found.logStart == 900 && found.logBlocks == 16)
    #expect(try Self.superblock(version: 4)?.hasFileTypes == false)
    #expect(try Self.superblock(version: 4) { $0[202] = 2 }?.hasFileTypes == true)
  }

  @Test func withoutItsMagicThereIsNone() throws {
    #expect(try Self.superblock { $0[0] = 0 } == nil)
  }

  @Test(arguments: [(101, 3), (100, 0x80), (216, 1), (218, 1)] as [(Int, UInt8)])
  func unknownFormatsAreUnsupported(_ place: Int, _ value: UInt8) {
    let error = #expect(throws: FileSystemError.self) { try Self.superblock { $0[place] = value } }
    guard case .unsupported = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(
    arguments: [
      (4, [0, 0, 0x20, 0]), (120, [17]), (120, [8]), (121, [13]), (102, [4, 0]), (122, [7]),
      (104, [0, 0]), (123, [4]), (192, [5]), (84, [0, 0, 0, 63]), (88, [0, 0, 0, 0]),
      (88, [255, 255, 255, 255]), (124, [30]), (124, [9]), (8, [255, 255, 255, 255]),
      (8, [0, 0, 0, 0, 0, 0, 8, 0]),
    ] as [(Int, [UInt8])])
  func impossibleNumbersAreDamage(_ place: Int, _ value: [UInt8]) {
    let error = #expect(throws: FileSystemError.self) {
      try Self.superblock { $0.write(value, at: place) }
    }
    guard case .damaged = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
