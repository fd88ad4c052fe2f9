import Containers
import Evidence
import TestSupport
import Testing

@testable import FileSystems

/// Free runs by the block bitmaps of ext.
@Suite struct ExtFreeSpaceTests {
  /// The runs in blocks as `first+count`, without the space behind the last block.
  private func free(_ volume: ExtVolume, at start: Int = 0) throws -> [String] {
    let fileSystem = try #require(try volume.fileSystem(at: start))
    var runs = [Run]()
    let isRead = try fileSystem.forEachFreeRun { runs.append($0) }
    #expect(isRead)
    let end = UInt64(start) + 64 << 10
    #expect(runs.popLast() == Run(offset: end, length: .max - end))
    return runs.map { "\(($0.offset - UInt64(start)) >> 10)+\($0.length >> 10)" }
  }

  @Test func zerosAreFree() throws {
    #expect(try free(ExtVolume()) == ["10+54"])
    var volume = ExtVolume()
    // Bit 0 is block 1; blocks 20, 21 and 63 are in use.
    volume.bytes[(3 << 10) + 2] = 0x18
    volume.bytes[(3 << 10) + 7] = 0x40
    #expect(try free(volume, at: 4096) == ["10+10", "22+41"])
    volume.bytes.write([UInt8](repeating: 0xFF, count: 8), at: 3 << 10)
    #expect(try free(volume).isEmpty)
  }

  /// Two groups of 32 blocks; that of the second has its bitmap in block 10.
  private func twoGroups() -> ExtVolume {
    var volume = ExtVolume {
      $0.write(little: UInt32(32), at: 32)
      $0.write(little: UInt32(8), at: 40)
      // Checksums of groups: then their flags are valid.
      $0.write(little: UInt32(0x10), at: 100)
    }
    volume.bytes.write(little: UInt32(10), at: 2048 + 32)
    volume.bytes.write(little: UInt32(8), at: 2048 + 40)
    return volume
  }

  @Test func runsContinueInTheNextGroup() throws {
    var volume = twoGroups()
    volume.bytes[10 << 10] = 0x04
    // The second group begins with block 33.
    #expect(try free(volume) == ["10+25", "36+28"])
  }

  @Test func aGroupWhoseBitmapWasNeverWrittenIsFree() throws {
    var volume = twoGroups()
    volume.bytes.write([UInt8](repeating: 0xFF, count: 8), at: 10 << 10)
    #expect(try free(volume) == ["10+23"])
    volume.bytes[2048 + 32 + 18] = 2
    #expect(try free(volume) == ["10+54"])
    // Without checksums the flag has no meaning.
    volume.bytes.write(little: UInt32(0), at: 1024 + 100)
    #expect(try free(volume) == ["10+23"])
  }

  @Test(arguments: [0, 1, 64, .max] as [UInt32])
  func aBitmapOutsideIsAnErrorAndNotFullSpace(_ block: UInt32) throws {
    var volume = ExtVolume()
    volume.bytes.write(little: block, at: 2048)
    let fileSystem = try #require(try volume.fileSystem())
    var count = 0
    let error = #expect(throws: ImageError.self) {
      try fileSystem.forEachFreeRun { _ in count += 1 }
    }
    #expect(error?.description.contains("group 0") == true && count == 0)
  }

  @Test func anUnreadableBitmapIsAnError() throws {
    let fileSystem = try #require(try ExtVolume().fileSystem(unreadable: 3072..<3073))
    #expect(throws: ImageError.self) { try fileSystem.forEachFreeRun { _ in } }
  }

  /// With clusters of 16 blocks (bigalloc) one bit stands for 16 blocks.
  @Test func bitsOfClustersStandForSeveralBlocks() throws {
    var volume = ExtVolume {
      $0.write(little: UInt32(0x200), at: 100)
      $0.write(little: UInt32(512), at: 36)
    }
    volume.bytes.write([0x01, 0], at: 3 << 10)
    #expect(try free(volume) == ["17+47"])
  }
}
