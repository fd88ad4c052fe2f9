import Containers
import TestSupport
import Testing

@testable import FileSystems

/// Names in directories of XFS: in an inode, and in blocks of version 4 and 5.
@Suite struct XfsDirectoryTests {
  private func record(_ bytes: [UInt8]) -> FileSystemRecord {
    FileSystemRecord(bytes, from: 0, count: bytes.count)
  }

  private func superblock(_ version: UInt16) throws -> XfsSuperblock {
    try #require(try XfsSuperblockTests.superblock(version: version))
  }

  private func names(_ part: XfsDirectoryPart) -> [String] {
    part.names.map { "\(String(decoding: $0.bytes, as: UTF8.self)):\($0.inode)" }
  }

  // MARK: In an inode

  private func short(_ names: [(String, UInt32)], count: Int? = nil) -> [UInt8] {
    var bytes: [UInt8] = [UInt8(count ?? names.count), 0, 0, 0, 0, 128]
    for (name, inode) in names {
      bytes += [UInt8(name.utf8.count), 0, 0]
      bytes += Array(name.utf8)
      bytes.append(1)
      bytes += [UInt8](big: inode)
    }
    return bytes
  }

  @Test func aShortDirectoryIsAList() throws {
    let bytes = short([("a", 7), ("long name", 0xFFFF_FFFF)])
    let part = XfsDirectoryPart(
      inInode: record(bytes + [9, 9, 9]), size: UInt64(bytes.count), try superblock(5))
    #expect(names(part) == ["a:7", "long name:4294967295"] && part.problem == nil)
  }

  @Test func inodesMayHaveEightBytes() throws {
    var bytes: [UInt8] = [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0x61, 1]
    bytes += [UInt8](big: UInt64(0xFF00_0001_0000_0002))
    let part = XfsDirectoryPart(
      inInode: record(bytes), size: UInt64(bytes.count), try superblock(5))
    #expect(names(part) == ["a:4294967298"], "the highest byte has no meaning")
  }

  @Test func aShortDirectoryThatIsCutIsDamaged() throws {
    let bytes = short([("a", 7), ("b", 8)])
    for size in 0..<bytes.count {
      let part = XfsDirectoryPart(inInode: record(bytes), size: UInt64(size), try superblock(5))
      #expect(part.problem != nil && part.names.count < 2, "\(size)")
    }
    for size in [UInt64(bytes.count + 1), .max] {
      #expect(
        XfsDirectoryPart(inInode: record(bytes), size: size, try superblock(5)).problem != nil)
    }
    let more = short([("a", 7)], count: 255)
    let part = XfsDirectoryPart(inInode: record(more), size: UInt64(more.count), try superblock(5))
    #expect(names(part) == ["a:7"] && part.problem != nil)
  }

  // MARK: In a block

  /// A block of 4 KiB with entries, unused space, and `hashes` at its end.
  private func block(
    _ version: Int, _ entries: [(String, UInt64)], hashes: UInt32? = nil, owner: UInt64 = 99
  ) -> FileSystemRecord {
    var bytes = [UInt8](zeros: 4096)
    let isNew = version == 5
    bytes.write(hashes == nil ? (isNew ? "XDD3" : "XD2D") : (isNew ? "XDB3" : "XD2B"), at: 0)
    if isNew { bytes.write(big: owner, at: 40) }
    var position = isNew ? 64 : 16
    for (name, inode) in entries {
      let size = (11 + name.utf8.count + (isNew ? 1 : 0) + 7) & ~7
      bytes.write(big: inode, at: position)
      bytes[position + 8] = UInt8(name.utf8.count)
      bytes.write(name, at: position + 9)
      bytes.write(big: UInt16(position), at: position + size - 2)
      position += size
    }
    let end = hashes.map { 4096 - min(4096 - position, Int($0) * 8 + 8) } ?? 4096
    if end - position >= 8 {
      bytes.write(big: UInt16(0xFFFF), at: position)
      bytes.write(big: UInt16(end - position), at: position + 2)
      bytes.write(big: UInt16(position), at: end - 2)
    }
    if let hashes { bytes.write(big: hashes, at: 4088) }
    if isNew { bytes.write(little: CRC32C.checksum(of: bytes, at: 4), at: 4) }
    return record(bytes)
  }

  private func read(_ block: FileSystemRecord, _ version: UInt16) throws -> XfsDirectoryPart {
    XfsDirectoryPart(block: block, of: 99, try superblock(version))
  }

  @Test(arguments: [4, 5])
  func entriesFollowEachOther(_ version: Int) throws {
    for hashes in [nil, 3] as [UInt32?] {
      let part = try read(
        block(version, [(".", 99), ("name", 5)], hashes: hashes), UInt16(version))
      #expect(names(part) == [".:99", "name:5"] && part.problem == nil)
    }
  }

  @Test func anotherOwnerOrChecksumIsDamage() throws {
    let other = try read(block(5, [("a", 1)], owner: 98), 5)
    #expect(names(other) == ["a:1"] && other.problem?.contains("another directory") == true)
    var bytes = block(5, [("a", 1)]).bytes(0..<4096)
    bytes[3000] ^= 1
    #expect(try read(record(bytes), 5).problem == "checksum mismatch")
    #expect(try read(block(4, [("a", 1)]), 5).names.isEmpty)
  }

  /// More hashes than the block has room for, up to those that would begin in its header.
  @Test(arguments: [4, 5])
  func impossibleNumbersOfHashesAreDamage(_ version: Int) throws {
    for hashes: UInt32 in [503, 504, 509, 510, 511, 512, .max] {
      let part = try read(block(version, [], hashes: hashes), UInt16(version))
      #expect(part.names.isEmpty, "\(hashes)")
      let header = version == 5 ? 64 : 16
      if UInt64(hashes) * 8 + 8 > UInt64(4096 - header) {
        #expect(part.problem?.contains("hashes") == true, "\(hashes)")
      }
    }
  }

  @Test func entriesAreFoundAgainBehindDamage() throws {
    var bytes = block(4, [("a", 1), ("b", 2), ("c", 3)]).bytes(0..<4096)
    // The second entry states another place.
    bytes[16 + 16 + 15] ^= 0xFF
    let part = try read(record(bytes), 4)
    #expect(names(part) == ["a:1", "c:3"] && part.problem != nil)
  }
}
