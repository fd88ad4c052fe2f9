import TestSupport
import Testing

@testable import FileSystems

/// Superblocks of ext2, ext3 and ext4; impossible numbers are damage, unknown features unsupported.
@Suite struct ExtSuperblockTests {
  /// 10,000 blocks of 1 KiB in groups of 8192, 2,000 inodes of 256 bytes in groups of 1,000.
  static func superblock(_ change: (inout [UInt8]) -> Void = { _ in }) throws -> ExtSuperblock? {
    let bytes = bytes(change)
    return try ExtSuperblock(FileSystemRecord(bytes, from: 0, count: bytes.count))
  }

  /// The same as 1024 bytes.
  static func bytes(_ change: (inout [UInt8]) -> Void = { _ in }) -> [UInt8] {
    var bytes = [UInt8](zeros: 1024)
    bytes.write(little: UInt32(2000), at: 0)
    bytes.write(little: UInt32(10_000), at: 4)
    bytes.write(little: UInt32(1), at: 20)
    bytes.write(little: UInt32(8192), at: 32)
    bytes.write(little: UInt32(8192), at: 36)
    bytes.write(little: UInt32(1000), at: 40)
    bytes.write(little: UInt16(0xEF53), at: 56)
    bytes.write(little: UInt32(1), at: 76)
    bytes.write(little: UInt32(11), at: 84)
    bytes.write(little: UInt16(256), at: 88)
    change(&bytes)
    return bytes
  }

  @Test func featuresChangeTheFields() throws {
    let plain = try #require(try Self.superblock())
    #expect(plain.blockSize == 1024 && plain.descriptorSize == 32 && plain.groupCount == 2)
    #expect(plain.inodeSize == 256 && plain.blocksPerBit == 1 && plain.typeName == "ext2")
    let wide = try #require(
      try Self.superblock {
        $0.write(little: UInt32(0x80), at: 96)
        $0.write(little: UInt16(64), at: 254)
        $0.write(little: UInt32(1), at: 336)
        $0.write(little: UInt32(7), at: 224)
      })
    #expect(wide.blockCount == 1 << 32 | 10_000 && wide.typeName == "ext4" && wide.ownInodes == [7])
    #expect(try Self.superblock { $0[92] = 4 }?.typeName == "ext3")
    let clusters = try Self.superblock {
      $0.write(little: UInt32(0x200), at: 100)
      $0.write(little: UInt32(512), at: 36)
    }
    #expect(clusters?.blocksPerBit == 16)
    // Revision 0 has inodes of 128 bytes whatever the later fields contain.
    #expect(try Self.superblock { $0[76] = 0 }?.inodeSize == 128)
    #expect(try Self.superblock { $0[56] = 0 } == nil)
  }

  @Test func copiesAreInSparseGroups() throws {
    let sparse = try #require(try Self.superblock { $0[100] = 1 })
    #expect((0..<50).filter { sparse.hasSuperblock(group: $0) } == [0, 1, 3, 5, 7, 9, 25, 27, 49])
    #expect(try Self.superblock()?.hasSuperblock(group: 6) == true)
    let two = try #require(
      try Self.superblock {
        $0.write(little: UInt32(0x200), at: 92)
        $0.write(little: UInt32(1), at: 588)
        $0.write(little: UInt32(12), at: 592)
      })
    #expect((0..<50).filter { two.hasSuperblock(group: $0) } == [0, 1, 12])
    #expect(!sparse.hasSuperblock(group: 1 << 32))
  }

  @Test(
    arguments: [
      (0, [0, 0]), (24, [7]), (20, [0x10, 0x27]), (32, [0, 0]), (40, [0, 0]),
      (40, [0, 0x40]), (88, [127, 0]), (88, [0, 8]), (88, [192, 0]), (4, [0, 0]),
      (32, [1, 0x20]),
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

  @Test func descriptorsOf64BitsAreLong() {
    for size: UInt16 in [0, 32, 96, 2048] {
      #expect(throws: FileSystemError.self) {
        try Self.superblock {
          $0.write(little: UInt32(0x80), at: 96)
          $0.write(little: size, at: 254)
        }
      }
    }
  }

  @Test func unknownFeaturesAreUnsupported() {
    let error = #expect(throws: FileSystemError.self) { try Self.superblock { $0[96] = 1 } }
    #expect(error == .unsupported("the ext file system has unknown features: 0x1"))
  }
}
