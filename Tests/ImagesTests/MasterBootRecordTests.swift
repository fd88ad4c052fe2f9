import TestSupport
import Testing

@testable import Volumes

/// Entries of a master boot record whose table The Sleuth Kit refuses.
@Suite struct MasterBootRecordTests {
  private func sector(_ entries: [(flag: UInt8, type: UInt8, start: UInt32, count: UInt32)])
    -> [UInt8]
  {
    var bytes = [UInt8](zeros: 512)
    for (index, entry) in entries.enumerated() {
      let place = 446 + 16 * index
      bytes[place] = entry.flag
      bytes[place + 4] = entry.type
      bytes.write(little: entry.start, at: place + 8)
      bytes.write(little: entry.count, at: place + 12)
    }
    bytes.write([0x55, 0xAA], at: 510)
    return bytes
  }

  @Test func entriesAreByteRangesWithTheirType() throws {
    let bytes = sector([
      (0x80, 0x07, 1, 3), (0, 0x05, 4, 4), (0, 0xEE, 1, 9), (0, 0x83, .max, .max),
    ])
    let found = try MasterBootRecord.entries(MemoryMedium(bytes + [UInt8](zeros: 1024)))
    #expect(found.map(\.start) == [512, UInt64(UInt32.max) * 512])
    #expect(found.map(\.length) == [1536, UInt64(UInt32.max) * 512])
    #expect(found.first?.label == "partition of type 0x7")
  }

  @Test func aTableHasAnEntryInTheMediumOrIsCleanThroughout() {
    let behind = sector([(0, 7, 100, 1)])
    #expect(MasterBootRecord.isTable(behind, mediumSize: 512), "an image that was cut")
    let odd = sector([(0, 7, 100, 1), (3, 7, 1, 1)])
    #expect(!MasterBootRecord.isTable(odd, mediumSize: 512))
    #expect(MasterBootRecord.isTable(odd, mediumSize: 1 << 20))
    #expect(!MasterBootRecord.isTable(sector([]), mediumSize: 1 << 20))
    for entry in [(UInt8(0), UInt8(0), UInt32(1), UInt32(1)), (0, 7, 0, 1), (0, 7, 1, 0)] {
      #expect(!MasterBootRecord.isTable(sector([entry]), mediumSize: 1 << 20), "\(entry)")
    }
  }

  @Test func withoutItsSignatureOrWholeSectorThereIsNoTable() throws {
    var bytes = sector([(0, 7, 1, 1)])
    #expect(!MasterBootRecord.isTable(Array(bytes.dropLast()), mediumSize: 1 << 20))
    #expect(try MasterBootRecord.entries(MemoryMedium(Array(bytes.prefix(100)))).isEmpty)
    bytes[511] = 0
    #expect(!MasterBootRecord.isTable(bytes, mediumSize: 1 << 20))
  }
}
