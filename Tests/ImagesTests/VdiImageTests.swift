import TestSupport
import Testing

@testable import Containers

/// Disks of VirtualBox, built from VDICore.h.
@Suite struct VdiImageTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// A header of 512 bytes, a table of four blocks of 1 KiB behind it, data from 1024 on.
  private func image(_ change: (inout [UInt8]) -> Void = { _ in }) throws -> VdiImage {
    var bytes = [UInt8](zeros: 8192)
    bytes.write(little: UInt32(0xBEDA_107F), at: 0x40)
    bytes.write(little: UInt32(0x0001_0001), at: 0x44)
    bytes.write(little: UInt32(1), at: 0x4C)
    bytes.write(little: UInt32(512), at: 0x154)
    bytes.write(little: UInt32(1024), at: 0x158)
    bytes.write(little: UInt64(4000), at: 0x170)
    bytes.write(little: UInt32(1024), at: 0x178)
    bytes.write(little: UInt32(4), at: 0x180)
    for (index, entry) in ([2, .max, .max - 1, 0] as [UInt32]).enumerated() {
      bytes.write(little: entry, at: 512 + 4 * index)
    }
    bytes.write([UInt8](repeating: 0xA0, count: 1024), at: 1024)
    bytes.write([UInt8](repeating: 0xA2, count: 1024), at: 1024 + 2048)
    change(&bytes)
    return try VdiImage(try folder.imageFile(bytes))
  }

  @Test func blocksAreWhereTheTableSays() throws {
    let image = try image()
    #expect(image.size == 4000 && image.words == "VDI (dynamic)")
    let expected =
      [UInt8](repeating: 0xA2, count: 1024) + [UInt8](zeros: 2048)
      + [UInt8](repeating: 0xA0, count: 928)
    #expect(try image.bytes(at: 0, count: 5000) == expected)
    #expect(image.zeros(from: 1024) == 2048)
    // With eight bytes in front of each block.
    let extra = try self.image {
      $0.write(little: UInt32(8), at: 0x17C)
      $0.write([7], at: 1024 + 2 * 1032 + 8)
    }
    #expect(try extra.bytes(at: 0, count: 1) == [7])
  }

  @Test func differencingDisksAndOtherVersionsAreUnsupported() {
    let cases: [(Int, UInt32)] = [(0x44, 0x0002_0000), (0x44, 1), (0x4C, 3), (0x4C, 4), (0x4C, 5)]
    for (place, value) in cases {
      let error = #expect(throws: ImageError.self) {
        try image { $0.write(little: value, at: place) }
      }
      #expect(error?.reason == .unsupported, "\(place)")
    }
  }

  @Test(
    arguments: [(0x178, 511), (0x178, 0), (0x178, 1536), (0x180, 3), (0x174, .max)]
      as [(Int, UInt32)])
  func impossibleGeometryIsDamage(_ place: Int, _ value: UInt32) {
    let error = #expect(throws: ImageError.self) {
      try image { $0.write(little: value, at: place) }
    }
    #expect(error?.description.contains("invalid geometry") == true)
  }

  @Test func blocksBehindTheEndAreTruncationAndImpossibleOnesDamage() throws {
    let far = try image { $0.write(little: UInt32.max - 2, at: 512) }
    let cut = #expect(throws: ImageError.self) { try far.bytes(at: 0, count: 1) }
    #expect(cut?.reason == .truncated)
    // Blocks of 2 GiB with 4 GiB in front of each: the product has more than 64 bits.
    let impossible = try image {
      $0.write(little: UInt32(1) << 31, at: 0x178)
      $0.write(little: UInt32.max, at: 0x17C)
      $0.write(little: UInt32.max - 2, at: 512)
    }
    let error = #expect(throws: ImageError.self) { try impossible.bytes(at: 0, count: 1) }
    #expect(error?.description.contains("a block is out of range") == true)
  }

  @Test func aHeaderOrTableThatIsCutIsTruncation() throws {
    let bytes = [UInt8](zeros: 0x1C7)
    let error = #expect(throws: ImageError.self) { try VdiImage(try folder.imageFile(bytes)) }
    #expect(error?.reason == .truncated)
    let table = try image { $0.write(little: UInt32(8190), at: 0x154) }
    #expect(throws: ImageError.self) { try table.bytes(at: 0, count: 1) }
  }
}
