import TestSupport
import Testing

@testable import Identity

/// Headers of a PE, built from their layout; the tests of the structures behind them use the same builder.
@Suite struct PortableExecutableTests {
  /// A PE of 1024 bytes: two sections from 512 on, a certificate table at 960.
  static func program(is64: Bool = false, _ change: (inout [UInt8]) -> Void = { _ in }) -> [UInt8] {
    var bytes = [UInt8](zeros: 1024)
    bytes.write("MZ", at: 0)
    bytes.write(little: UInt32(64), at: 0x3C)
    bytes.write("PE", at: 64)
    bytes.write(little: UInt16(2), at: 70)
    let optional = 88
    let size = is64 ? 112 : 96
    bytes.write(little: UInt16(size + 128), at: 84)
    bytes.write(little: UInt16(is64 ? 0x20B : 0x10B), at: optional)
    bytes.write(little: UInt32(512), at: optional + 60)
    bytes.write(little: UInt32(16), at: optional + size - 4)
    let directory = optional + size
    // Resources at address 0x2010, 48 bytes; certificates at offset 960, 64 bytes.
    bytes.write(little: UInt32(0x2010), at: directory + 16)
    bytes.write(little: UInt32(48), at: directory + 20)
    bytes.write(little: UInt32(960), at: directory + 32)
    bytes.write(little: UInt32(64), at: directory + 36)
    for (index, (address, offset)) in [(0x1000, 512), (0x2000, 768)].enumerated() {
      let entry = optional + size + 128 + 40 * index
      bytes.write(little: UInt32(address), at: entry + 12)
      bytes.write(little: UInt32(128), at: entry + 16)
      bytes.write(little: UInt32(offset), at: entry + 20)
    }
    change(&bytes)
    return bytes
  }

  @Test(arguments: [false, true])
  func theTableOfCertificatesIsTheFifthDirectory(_ is64: Bool) throws {
    let bytes = Self.program(is64: is64)
    let program = PortableExecutable(bytes.span.bytes)
    let found = try #require(program)
    let directory = 88 + (is64 ? 112 : 96)
    #expect(found.tableEntry == directory + 32..<directory + 40)
    #expect(found.checksum == 152..<156)
    #expect(found.table?.offset == 960 && found.table?.size == 64)
    #expect(
      found.signedRanges(tableStart: 960) == [
        0..<152, 156..<(directory + 32), (directory + 40)..<960,
      ])
  }

  @Test func aTableWithoutPlaceOrSizeIsNone() throws {
    for place in [216, 220] {
      let bytes = Self.program { $0.write(little: UInt32(0), at: place) }
      let found = PortableExecutable(bytes.span.bytes)
      #expect(found != nil && found?.table == nil)
    }
  }

  @Test(
    arguments: [
      (0, [0]), (0x3C, [0xFF, 0xFF, 0xFF, 0xFF]), (64, [0]), (66, [1]), (88, [0x0C]),
      (180, [4, 0, 0, 0]),
    ] as [(Int, [UInt8])])
  func otherHeadersAreNone(_ place: Int, _ value: [UInt8]) {
    let bytes = Self.program { $0.write(value, at: place) }
    let isNone = PortableExecutable(bytes.span.bytes) == nil
    #expect(isNone)
  }

  @Test func headersThatAreCutAreNone() {
    for count in 0..<224 {
      let cut = Array(Self.program().prefix(count))
      let isNone = PortableExecutable(cut.span.bytes) == nil
      #expect(isNone, "\(count)")
    }
  }
}
