import TestSupport
import Testing

@testable import FileSystems

/// Blocks of ext directories: names in use, deleted ones between them, and damage.
@Suite struct ExtDirectoryTests {
  /// An entry; `length` includes deleted entries behind it.
  private func entry(_ name: String, _ inode: UInt32, length: Int? = nil) -> [UInt8] {
    let needed = (8 + name.utf8.count + 3) & ~3
    var bytes = [UInt8](zeros: needed)
    bytes.write(little: inode, at: 0)
    bytes.write(little: UInt16(length ?? needed), at: 4)
    bytes[6] = UInt8(name.utf8.count)
    bytes[7] = 1
    bytes.write(name, at: 8)
    return bytes
  }

  private func block(_ parts: [[UInt8]], size: Int = 1024) -> [UInt8] {
    let bytes = parts.flatMap { $0 }
    return bytes + [UInt8](zeros: size - bytes.count)
  }

  private func read(_ bytes: [UInt8], isFree: Bool = false) -> ExtDirectoryBlock {
    ExtDirectoryBlock(
      FileSystemRecord(bytes, from: 0, count: bytes.count), isFree: isFree, lastInode: 1000)
  }

  private func names(_ block: ExtDirectoryBlock, isFree: Bool) -> [String] {
    block.names.filter { $0.isFree == isFree }
      .map { "\(String(decoding: $0.bytes, as: UTF8.self)):\($0.inode)" }
  }

  @Test func entriesFollowEachOther() {
    let found = read(block([entry(".", 2), entry("..", 2), entry("file", 12, length: 1000)]))
    #expect(names(found, isFree: false) == [".:2", "..:2", "file:12"])
    #expect(names(found, isFree: true).isEmpty && found.isWhole)
    #expect(read(block([entry("a", 3, length: 1024)]), isFree: true).names.map(\.isFree) == [true])
  }

  @Test func deletedNamesAreFoundBetweenEntries() {
    // The first entry grew over two deleted ones; the last one's inode is 0.
    let found = read(
      block([
        entry("a", 3, length: 12 + 16 + 16), entry("gone.sys", 44), entry("older", 45),
        entry("zero", 0, length: 980),
      ]))
    #expect(names(found, isFree: false) == ["a:3"])
    #expect(names(found, isFree: true) == ["gone.sys:44", "older:45", "zero:0"])
    #expect(found.isWhole)
  }

  @Test func damagedEntriesEndNothing() {
    for (place, value) in [(4, [0, 0]), (4, [13, 0]), (4, [255, 255]), (0, [0xE9, 3, 0, 0])]
      as [(Int, [UInt8])]
    {
      var bytes = block([entry("damaged", 3), entry("file", 12, length: 1008)])
      bytes.write(value, at: place)
      let found = read(bytes)
      #expect(!found.isWhole, "\(place) \(value)")
      #expect(found.names.contains { $0.bytes == Array("file".utf8) }, "\(place) \(value)")
    }
  }

  /// 64 KiB do not fit into the length of an entry.
  @Test(arguments: [0, 65_535] as [UInt16])
  func anEntryMayFillABlockOf64KiB(_ length: UInt16) {
    var bytes = block([entry("a", 3)], size: 65_536)
    bytes.write(little: length, at: 4)
    let found = read(bytes)
    #expect(names(found, isFree: false) == ["a:3"] && found.isWhole)
  }

  @Test func anyBytesAreReadWithinTheBlock() {
    var random = SeededGenerator(seed: 8)
    for _ in 0..<2000 {
      let bytes = (0..<128).map { _ in UInt8(random.pick([0, 1, 4, 8, 12, 16, 64, 255])) }
      for name in read(bytes).names {
        #expect(!name.bytes.isEmpty && name.inode <= 1000)
      }
    }
    #expect(read([]).names.isEmpty && read([1, 2, 3]).names.isEmpty)
  }
}
