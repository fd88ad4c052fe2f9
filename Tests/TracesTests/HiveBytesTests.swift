import TestSupport
import Testing

@testable import Traces

/// Cells of a registry hive: none leaves the file.
@Suite struct HiveBytesTests {
  /// A hive of one bin, with a cell of `size` bytes at `offset` of it.
  private func cell(_ size: Int32, at offset: UInt32 = 32, length: Int = 4096 + 128) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0xAA, count: length)
    let place = 4096 + Int(offset)
    if place + 4 <= length { bytes.write(little: size, at: place) }
    return bytes.withUnsafeBytes { HiveBytes($0).cell(offset).map { Array($0.bytes) } }
  }

  @Test func allocatedCellsHaveNegativeSizes() {
    #expect(cell(-16) == [UInt8](repeating: 0xAA, count: 12))
    #expect(cell(-8)?.count == 4)
    #expect(cell(-96)?.count == 92, "up to the end of the file")
  }

  @Test(arguments: [16, 0, -1, -7, -97, -4096, .min, .max] as [Int32])
  func otherSizesAreNone(_ size: Int32) { #expect(cell(size) == nil) }

  @Test func cellsBeginAtMultiplesOfEightInsideTheFile() {
    #expect(cell(-16, at: 33) == nil && cell(-16, at: 36) == nil)
    #expect(cell(-16, at: 128) == nil && cell(-16, at: 0xFFFF_FFF8) == nil)
    #expect(cell(-16, at: 0, length: 4098) == nil)
  }

  @Test func theChecksumIsThatOfTheBaseBlock() {
    func checksum(_ words: [Int: UInt32], length: Int = 4096) -> (UInt32?, Bool) {
      var bytes = [UInt8](zeros: length)
      for (offset, word) in words { bytes.write(little: word, at: offset) }
      return bytes.withUnsafeBytes { (HiveBytes($0).checksum, HiveBytes($0).isChecksumValid) }
    }
    #expect(checksum([0: 0x10, 504: 0x01, 508: 0x11]) == (0x11, true))
    #expect(checksum([0: 0x10, 508: 0x11]) == (0x10, false))
    // Windows replaces two values.
    #expect(checksum([508: 1]) == (1, true))
    #expect(checksum([0: .max, 508: .max - 1]) == (.max - 1, true))
    #expect(checksum([:], length: 507) == (nil, false))
    #expect(checksum([:], length: 508) == (1, false))
  }

  @Test func namesAreLatinOrUTF16() {
    let bytes = [UInt8]([0x6E, 0x6B, 0xE4, 0x41]) + [UInt8](utf16: "ж\0x")
    bytes.withUnsafeBytes { bytes in
      let cell = HiveCell(offset: 0, bytes: bytes)
      #expect(cell.isRecord("nk") && !cell.isRecord("vk"))
      #expect(cell.name(at: 2, length: 2, isLatin: true) == "äA")
      #expect(cell.name(at: 4, length: 6, isLatin: false) == "ж")
      #expect(cell.name(at: 4, length: 7, isLatin: true) == nil)
      #expect(cell.name(at: 11, length: 0, isLatin: true) == nil)
      #expect(cell.name(at: 0, length: -1, isLatin: true) == nil)
      #expect(cell.name(at: 10, length: 0, isLatin: true) == "")
    }
  }
}
