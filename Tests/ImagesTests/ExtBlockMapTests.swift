import TestSupport
import Testing

@testable import FileSystems

/// Block maps of ext2 and ext3: twelve blocks, then three levels of pointers, 256 in each block of 1 KiB.
@Suite struct ExtBlockMapTests {
  private func read(
    _ pointers: [Int: UInt32], size: UInt64, blocks: [Int: [Int: UInt32]] = [:]
  ) throws -> [Extent] {
    var volume = ExtVolume()
    for (block, pointers) in blocks {
      for (index, pointer) in pointers {
        volume.bytes.write(little: pointer, at: block << 10 + 4 * index)
      }
    }
    var field = [UInt8](zeros: 60)
    for (index, pointer) in pointers { field.write(little: pointer, at: 4 * index) }
    let fileSystem = try #require(try volume.fileSystem())
    var content = FileExtents(size: size)
    var map = ExtBlockMap(fileSystem)
    try map.add(FileSystemRecord(field, from: 0, count: 60), to: &content)
    content.finish()
    return content.extents
  }

  private func stored(_ block: UInt64, _ length: UInt64 = 1024) -> Extent {
    Extent(offset: block << 10, length: length)
  }

  private func hole(_ length: UInt64) -> Extent { Extent(offset: nil, length: length) }

  @Test func zerosAreHolesAndNeighboursAreOneExtent() throws {
    let found = try read([0: 20, 1: 21, 3: 30], size: 4000)
    #expect(found == [stored(20, 2048), hole(1024), stored(30, 4000 - 3072)])
    #expect(try read([:], size: 5000) == [hole(5000)])
    // Pointers behind the size are not followed.
    #expect(try read([0: 20, 1: 9999], size: 1024) == [stored(20)])
  }

  @Test func eachLevelReachesFurther() throws {
    let single = try read([12: 40], size: 14 << 10, blocks: [40: [0: 20, 1: 30]])
    #expect(single == [hole(12 << 10), stored(20), stored(30)])
    // The second pointer of a doubly indirect block is 256 blocks behind the first.
    let second: UInt64 = 12 + 256 + 256
    let double = try read(
      [13: 40], size: (second + 1) << 10, blocks: [40: [1: 41], 41: [0: 20]])
    #expect(double == [hole(second << 10), stored(20)])
    let third: UInt64 = 12 + 256 + 65_536 + 65_536 + 256
    let triple = try read(
      [14: 40], size: (third + 2) << 10, blocks: [40: [1: 41], 41: [1: 42], 42: [1: 20]])
    #expect(triple == [hole((third + 1) << 10), stored(20)])
  }

  @Test(arguments: [1, 64, 65, .max] as [UInt32])
  func blocksOutsideAreDamage(_ block: UInt32) {
    #expect(throws: FileSystemError.damaged("a block of the content is outside the file system")) {
      try read([0: block], size: 1024)
    }
    #expect(throws: FileSystemError.damaged("a block list is outside the file system")) {
      try read([12: block], size: 13 << 10)
    }
  }

  @Test func aBlockOfPointersIsReadOnce() {
    let cycle = FileSystemError.damaged("the block map contains a cycle")
    #expect(throws: cycle) {
      try read([13: 40], size: 1 << 20, blocks: [40: [0: 40]])
    }
    #expect(throws: cycle) {
      try read([12: 40, 13: 40], size: 1 << 20, blocks: [40: [0: 20]])
    }
  }

  @Test func theLargestSizeIsAHole() throws {
    #expect(try read([:], size: UInt64(Int64.max)) == [hole(UInt64(Int64.max))])
  }
}
