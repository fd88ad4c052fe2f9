import TestSupport
import Testing

@testable import FileSystems

/// Boot sectors of FAT12, FAT16, FAT32 and exFAT by their specifications; implausible ones are none.
@Suite struct FatGeometryTests {
  /// A FAT volume of 20,000 sectors of 512 bytes with two tables, clusters of two sectors.
  static func fat(_ change: (inout [UInt8]) -> Void = { _ in }) -> FatGeometry? {
    var bytes = [UInt8](zeros: 512)
    bytes[0] = 0xEB
    bytes.write(little: UInt16(512), at: 11)
    bytes[13] = 2
    bytes.write(little: UInt16(1), at: 14)
    bytes[16] = 2
    bytes.write(little: UInt16(512), at: 17)
    bytes.write(little: UInt16(20_000), at: 19)
    bytes[21] = 0xF8
    bytes.write(little: UInt16(40), at: 22)
    bytes.write([0x55, 0xAA], at: 510)
    change(&bytes)
    return FatGeometry(bytes)
  }

  static func fat32(_ change: (inout [UInt8]) -> Void = { _ in }) -> FatGeometry? {
    fat {
      $0.write([UInt8](zeros: 4), at: 17)
      $0.write(little: UInt16(0), at: 22)
      $0.write(little: UInt32(200_000), at: 32)
      $0.write(little: UInt32(800), at: 36)
      $0.write(little: UInt32(2), at: 44)
      change(&$0)
    }
  }

  static func exfat(_ change: (inout [UInt8]) -> Void = { _ in }) -> FatGeometry? {
    var bytes = [UInt8](zeros: 512)
    bytes.write("EXFAT   ", at: 3)
    bytes.write(little: UInt64(4096), at: 72)
    bytes.write(little: UInt32(128), at: 80)
    bytes.write(little: UInt32(8), at: 84)
    bytes.write(little: UInt32(256), at: 88)
    bytes.write(little: UInt32(480), at: 92)
    bytes.write(little: UInt32(4), at: 96)
    bytes.write([9, 3, 1], at: 108)
    bytes.write([0x55, 0xAA], at: 510)
    change(&bytes)
    return FatGeometry(bytes)
  }

  @Test func placesFollowFromTheFields() throws {
    let found = try #require(Self.fat())
    #expect(found.variant == .fat16 && found.sectorSize == 512 && found.clusterSize == 1024)
    #expect(found.tables == [512, 41 * 512] && found.tableLength == 40 * 512)
    #expect(found.dataStart == 81 * 512 && found.clusterStart == (81 + 32) * 512)
    #expect(found.clusterCount == (20_000 - 113) / 2 && found.length == 20_000 * 512)
    guard case .area(let offset, let length) = found.root else { throw Unexpected() }
    #expect(offset == 81 * 512 && length == 16_384)
    #expect(found.offset(of: 3) == 114 * 512 + 512)
    #expect(!found.contains(1) && found.contains(2) && !found.contains(.max))
    #expect(found.contains(UInt32(found.clusterCount + 1)))
    #expect(!found.contains(UInt32(found.clusterCount + 2)))
    #expect(found.inode(at: 81 * 512 + 64) == 5)
  }

  private struct Unexpected: Error {}

  @Test func theNumberOfClustersNamesTheVariant() {
    // 4,084 clusters and one more.
    #expect(Self.fat { $0.write(little: UInt16(113 + 2 * 4084), at: 19) }?.variant == .fat12)
    #expect(Self.fat { $0.write(little: UInt16(113 + 2 * 4085), at: 19) }?.variant == .fat16)
    #expect(Self.fat32()?.variant == .fat32)
    #expect(Self.exfat()?.variant == .exfat)
  }

  @Test func aTableHoldsNoMoreClustersThanItHasEntries() {
    #expect(Self.fat { $0.write(little: UInt16(1), at: 22) }?.clusterCount == 254)
    #expect(Self.exfat { $0.write(little: UInt32(1), at: 84) }?.clusterCount == 126)
  }

  @Test func theActiveTableComesFirst() {
    #expect(Self.fat32()?.tables == [512, 801 * 512])
    #expect(Self.fat32 { $0[40] = 0x81 }?.tables == [801 * 512, 512])
    #expect(Self.fat32 { $0[40] = 0x8F }?.tables == [512, 801 * 512], "there is no such table")
    #expect(Self.exfat { $0.write([1, 0, 9, 3, 2], at: 106) }?.tables == [136 * 512, 128 * 512])
  }

  @Test(
    arguments: [
      (511, [0]), (0, [0]), (21, [0xF1]), (11, [0, 1]), (11, [0, 0]), (13, [0]), (13, [3]),
      (14, [0, 0]), (16, [0]), (16, [9]), (17, [0, 0]), (19, [113, 0]), (22, [255, 255]),
    ] as [(Int, [UInt8])])
  func implausibleFATIsNone(_ place: Int, _ value: [UInt8]) {
    #expect(Self.fat { $0.write(value, at: place) } == nil)
  }

  @Test(
    arguments: [
      (108, [8]), (108, [13]), (109, [17]), (110, [0]), (110, [3]), (72, [0, 0]),
      (72, [255, 255, 255, 255, 255, 255, 255, 255]), (80, [0]), (84, [0]), (88, [128, 0]),
      (92, [0, 0]), (92, [255, 255, 255, 255]), (88, [255, 255, 255, 255]),
    ] as [(Int, [UInt8])])
  func implausibleExfatIsNone(_ place: Int, _ value: [UInt8]) {
    #expect(Self.exfat { $0.write(value, at: place) } == nil)
  }

  @Test func onlyAWholeSectorIsRead() {
    #expect(FatGeometry([]) == nil)
    #expect(FatGeometry([UInt8](zeros: 512)) == nil)
  }
}
