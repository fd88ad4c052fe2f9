import Containers
import TestSupport
import Testing

@testable import Volumes

/// Content of a medium by its own bytes.
@Suite struct MediumContentTests {
  private func bytes(_ size: Int, _ parts: [(offset: Int, bytes: [UInt8])]) -> [UInt8] {
    var bytes = [UInt8](zeros: size)
    for part in parts { bytes.write(part.bytes, at: part.offset) }
    return bytes
  }

  private func name(_ bytes: [UInt8]) throws -> String? {
    try MediumContent.name(of: MemoryMedium(bytes))
  }

  @Test(
    "Superblocks, at the places of their specifications",
    arguments: [
      ("NTFS", 3, Array("NTFS    ".utf8)), ("exFAT", 3, Array("EXFAT   ".utf8)),
      ("GPT", 512, Array("EFI PART".utf8)), ("GPT", 4096, Array("EFI PART".utf8)),
      ("ISO 9660", 32_769, Array("CD001".utf8)), ("APFS", 32, Array("NXSB".utf8)),
      ("HFS+", 1024, [0x48, 0x2B, 0, 4]), ("HFSX", 1024, [0x48, 0x58, 0, 5]),
      ("Apple partition map", 512, [0x50, 0x4D, 0, 0]),
      // 0x19540119 in 1372 bytes of the superblock, which is at 65,536; 0x011954 of UFS1 at 8192.
      ("UFS2", 66_908, [0x19, 0x01, 0x54, 0x19]), ("UFS1", 9564, [0x54, 0x19, 0x01, 0]),
    ] as [(String, Int, [UInt8])])
  func superblocks(_ name: String, _ offset: Int, _ magic: [UInt8]) throws {
    #expect(try self.name(bytes(70_000, [(offset, magic)])) == name)
    // One byte too far, or cut.
    #expect(try self.name(bytes(70_000, [(offset + 1, magic)])) != name)
    #expect(try self.name(Array(bytes(70_000, [(offset, magic)]).prefix(offset + 3))) != name)
  }

  /// A superblock of ext: inodes, logarithm of the block size, magic.
  private func ext(inodes: UInt32 = 16, size: UInt32 = 2, magic: UInt16 = 0xEF53) -> [UInt8] {
    bytes(
      4096,
      [
        (1024, [UInt8](little: inodes)), (1024 + 24, [UInt8](little: size)),
        (1024 + 56, [UInt8](little: magic)),
      ])
  }

  @Test func anExtSuperblockNeedsMoreThanItsMagic() throws {
    #expect(try name(ext()) == "ext2/3/4")
    #expect(try name(ext(size: 6)) == "ext2/3/4" && name(ext(size: 7)) == nil)
    #expect(try name(ext(inodes: 0)) == nil && name(ext(magic: 0xEF52)) == nil)
    #expect(try name(Array(ext().prefix(2047))) == nil)
  }

  /// A boot sector of FAT by fatgen103: jump, bytes and sectors, reserved, tables, medium.
  private func fat(_ place: Int = 0, _ value: UInt8 = 0xEB) -> [UInt8] {
    var sector = bytes(
      512, [(0, [0xEB]), (11, [0, 2, 8, 1, 0, 2]), (21, [0xF8]), (510, [0x55, 0xAA])])
    sector[place] = value
    return sector
  }

  @Test func aBootSectorOfFATIsPlausibleThroughout() throws {
    #expect(try name(fat()) == "FAT" && name(fat(0, 0xE9)) == "FAT")
    #expect(try name(fat(21, 0xF0)) == "FAT")
    let implausible: [(Int, UInt8)] = [
      (0, 0xEA), (12, 3), (13, 0), (13, 6), (14, 0), (16, 0), (16, 3), (21, 0xF7), (510, 0),
    ]
    for (place, value) in implausible {
      #expect(try name(fat(place, value)) == nil, "\(place): \(value)")
    }
    #expect(try name(Array(fat().dropLast())) == nil)
  }

  @Test func otherBytesHaveNoName() throws {
    for bytes in [[], [0x4E], Array("text".utf8), [UInt8](repeating: 0xAA, count: 70_000)] {
      #expect(try name(bytes) == nil)
      #expect(try !MediumContent.isImage(MemoryMedium(bytes)))
    }
    #expect(throws: ImageError.self) {
      try MediumContent.name(of: MemoryMedium([UInt8](zeros: 512), unreadable: 0..<512))
    }
  }

  @Test func remnantsAreTheBackupOfAGPTOrASuperblockThatFits() throws {
    func isImage(_ bytes: [UInt8]) throws -> Bool {
      try MediumContent.isImage(MemoryMedium(bytes))
    }
    let size = 128 << 10
    let header = Array("EFI PART".utf8)
    #expect(try isImage(bytes(size, [(size - 512, header)])))
    #expect(try isImage(bytes(size, [(size - 4096, header)])))
    #expect(try !isImage(bytes(size, [(size - 1024, header)])))
    // btrfs: magic at 0x40 of its superblock, own place at 0x30, size of the volume at 0x70.
    func remnant(length: UInt64, head: [UInt8] = [0xAA]) -> [UInt8] {
      bytes(
        size,
        [
          (0, head), (71_680 + 0x30, [UInt8](little: UInt64(65_536))),
          (71_680 + 0x40, Array("_BHRfS_M".utf8)), (71_680 + 0x70, [UInt8](little: length)),
        ])
    }
    #expect(try isImage(remnant(length: 65_536)))
    #expect(try !isImage(remnant(length: UInt64(size))), "it does not fit")
    #expect(try !isImage(remnant(length: .max)) && !isImage(remnant(length: 4095)))
    #expect(try !isImage(remnant(length: 65_536, head: Array("MZ".utf8))), "a program has it")
    #expect(try !isImage(remnant(length: 65_536, head: [0x7F, 0x45, 0x4C, 0x46])))
  }

  @Test func aBlankBeginningIsOneRepeatedByte() throws {
    func isBlank(_ bytes: [UInt8]) throws -> Bool {
      try MediumContent.beginsBlank(MemoryMedium(bytes))
    }
    #expect(try isBlank([UInt8](zeros: 512)) && isBlank([UInt8](repeating: 0xFF, count: 4096)))
    #expect(try isBlank([UInt8](zeros: 512) + [1]))
    #expect(try !isBlank([UInt8](zeros: 511) + [1]) && !isBlank([UInt8](zeros: 511)))
    #expect(try !isBlank([]))
  }
}
