import TestSupport
import Testing

@testable import FileSystems

/// Entries of file allocation tables, packed as Microsoft's specifications say, in two copies.
@Suite struct FatTableTests {
  private static let end: [FatGeometry.Variant: UInt32] = [
    .fat12: 0xFFF, .fat16: 0xFFFF, .fat32: 0x0FFF_FFFF, .exfat: 0xFFFF_FFFF,
  ]

  private func geometry(_ variant: FatGeometry.Variant) throws -> FatGeometry {
    let found =
      switch variant {
      case .fat12: FatGeometryTests.fat { $0.write(little: UInt16(113 + 2 * 4084), at: 19) }
      case .fat16: FatGeometryTests.fat()
      case .fat32: FatGeometryTests.fat32()
      case .exfat: FatGeometryTests.exfat()
      }
    let geometry = try #require(found)
    #expect(geometry.variant == variant)
    return geometry
  }

  /// A table whose copies have these entries; `second` replaces those of the second copy.
  private func table(
    _ variant: FatGeometry.Variant, _ entries: [UInt32: UInt32], second: [UInt32: UInt32]? = nil,
    unreadable: Range<UInt64> = 0..<0
  ) throws -> FatTable {
    let geometry = try geometry(variant)
    var bytes = [UInt8](zeros: Int(geometry.clusterStart) + 100 * Int(geometry.clusterSize))
    for (copy, start) in geometry.tables.enumerated() {
      for (cluster, value) in copy == 1 ? second ?? entries : entries {
        let (place, number) = (Int(start), Int(cluster))
        switch variant {
        case .fat12:
          // Two entries in three bytes, of four bits three times each.
          let byte = place + number * 3 / 2
          if number % 2 == 0 {
            bytes[byte] = UInt8(value & 0xFF)
            bytes[byte + 1] = bytes[byte + 1] & 0xF0 | UInt8(value >> 8)
          } else {
            bytes[byte] = bytes[byte] & 0x0F | UInt8(value & 0xF) << 4
            bytes[byte + 1] = UInt8(value >> 4)
          }
        case .fat16: bytes.write(little: UInt16(value), at: place + 2 * number)
        case .fat32, .exfat: bytes.write(little: value, at: place + 4 * number)
        }
      }
    }
    let medium = MemoryMedium(bytes, unreadable: unreadable)
    return FatTable(geometry, VolumePieces(medium, at: 0))
  }

  private static let all: [FatGeometry.Variant] = [.fat12, .fat16, .fat32, .exfat]

  @Test(arguments: all) func anEntryIsTheNextClusterOrAMark(_ variant: FatGeometry.Variant) throws {
    let end = try #require(Self.end[variant])
    let table = try table(
      variant, [2: 3, 3: 9, 4: end, 5: end - 7, 6: end - 8, 7: end - 9, 8: 1, 9: 100])
    let expected: [FatTable.Next] = [
      .cluster(3), .cluster(9), .end, .end, .bad, .impossible, .impossible, .cluster(100), .free,
    ]
    #expect((2...10).map { table.next($0, copy: 0) } == expected)
    #expect(try table.copies == geometry(variant).tables.count)
  }

  /// The upper four bits of an entry of FAT32 have no meaning.
  @Test func fat32HasEntriesOf28Bits() throws {
    let table = try table(.fat32, [2: 0xF000_0003, 3: 0xF000_0000, 4: 0xFFFF_FFFF])
    #expect((2...4).map { table.next($0, copy: 1) } == [.cluster(3), .free, .end])
    #expect(!table.isFree(2) && table.isFree(3) && !table.isFree(4))
  }

  @Test(arguments: [.fat12, .fat16, .fat32] as [FatGeometry.Variant])
  func aClusterIsFreeIfNoCopyUsesIt(_ variant: FatGeometry.Variant) throws {
    let end = try #require(Self.end[variant])
    let table = try table(variant, [2: end, 3: end, 70: end], second: [2: end, 5: end])
    #expect(table.copiesDiffer())
    #expect([2, 3, 4, 5, 6].map(table.isFree) == [false, false, true, false, true])
    #expect(table.firstFree(from: 2) == 4 && table.firstFree(from: 70) == 71)
    #expect(table.firstFree(from: 0) == nil && table.firstFree(from: .max) == nil)
    let same = try self.table(variant, [2: end, 3: end])
    #expect(!same.copiesDiffer() && same.next(3, copy: 1) == .end)
  }

  @Test func onlyClustersOnTheMediumAreFree() throws {
    // The medium ends behind 100 clusters; one more may be there in part.
    let table = try table(.fat16, [:])
    #expect(table.firstFree(from: 102) == 102 && table.firstFree(from: 103) == nil)
  }

  @Test(arguments: all) func anUnreadableTableSaysSo(_ variant: FatGeometry.Variant) throws {
    let geometry = try geometry(variant)
    let start = geometry.tables[0]
    let table = try table(variant, [2: 3], unreadable: start..<(start + geometry.tableLength))
    #expect(table.next(2, copy: 0) == .unreadable)
    if geometry.tables.count == 2 {
      #expect(table.next(2, copy: 1) == .cluster(3) && table.copiesDiffer() && !table.isFree(2))
    }
  }

  @Test func exfatHasABitmap() throws {
    let table = try table(.exfat, [2: 0, 3: 0xFFFF_FFFF])
    #expect(table.isFree(3), "the table alone does not say what is in use")
    table.setBitmap([0b0000_0101, 0xFF])
    #expect([2, 3, 4, 5].map(table.isFree) == [false, true, false, true])
    #expect(table.firstFree(from: 10) == nil, "clusters behind the bitmap count as used")
    table.setBitmap([])
    #expect(table.firstFree(from: 2) == nil)
  }
}
