import TestSupport

@testable import FileSystems

/// An ext file system of 64 blocks of 1 KiB and 16 inodes of 256 bytes, built from its documentation: the superblock in
/// block 1, a descriptor in 2, bitmaps in 3 and 4, inodes in 5 to 8, the root directory in 9.
struct ExtVolume {
  var bytes = [UInt8](zeros: 64 << 10)
  static let inodeTable = 5 << 10

  init(_ change: (inout [UInt8]) -> Void = { _ in }) {
    let superblock = ExtSuperblockTests.bytes {
      $0.write(little: UInt32(16), at: 0)
      $0.write(little: UInt32(64), at: 4)
      $0.write(little: UInt32(16), at: 40)
      change(&$0)
    }
    bytes.write(superblock, at: 1024)
    for (index, block) in [3, 4, 5].enumerated() {
      bytes.write(little: UInt32(block), at: 2048 + 4 * index)
    }
    // Blocks 1 to 9 are in use, and inodes 1 to 11.
    bytes.write([0xFF, 0x01], at: 3 << 10)
    bytes.write([0xFF, 0x07], at: 4 << 10)
    addInode(2, mode: 0x41ED, size: 1024, blocks: [9])
    directory([(2, "."), (2, "..")], at: 9)
  }

  /// Writes an inode with a block map, or with whatever `change` makes of it.
  mutating func addInode(
    _ number: Int, mode: UInt16 = 0x81A4, size: UInt32, blocks: [UInt32] = [], flags: UInt32 = 0,
    links: UInt16 = 1
  ) {
    let place = Self.inodeTable + (number - 1) * 256
    bytes.write(little: mode, at: place)
    bytes.write(little: size, at: place + 4)
    bytes.write(little: UInt32(1000), at: place + 12)
    bytes.write(little: links, at: place + 26)
    bytes.write(little: flags, at: place + 32)
    for (index, block) in blocks.enumerated() {
      bytes.write(little: block, at: place + 40 + 4 * index)
    }
  }

  /// Marks an inode as used.
  mutating func allocate(_ number: Int) {
    bytes[(4 << 10) + (number - 1) / 8] |= 1 << UInt8((number - 1) % 8)
  }

  /// Writes a block of a directory, whose last entry fills it.
  mutating func directory(_ names: [(inode: UInt32, name: String)], at block: Int) {
    var place = block << 10
    let end = place + 1024
    for (index, entry) in names.enumerated() {
      let needed = (8 + entry.name.utf8.count + 3) & ~3
      let length = index == names.count - 1 ? end - place : needed
      bytes.write(little: entry.inode, at: place)
      bytes.write(little: UInt16(length), at: place + 4)
      bytes[place + 6] = UInt8(entry.name.utf8.count)
      bytes.write(entry.name, at: place + 8)
      place += length
    }
  }

  /// Opens it, `start` bytes from the start of a medium.
  func fileSystem(at start: Int = 0, unreadable: Range<UInt64> = 0..<0) throws -> ExtFileSystem? {
    try ExtFileSystem(
      MemoryMedium([UInt8](zeros: start) + bytes, unreadable: unreadable), at: UInt64(start))
  }
}
