import Containers
import TestSupport
import Testing

@testable import Volumes

/// Labels of LVM2 physical volumes, and the ring buffer that holds the description.
@Suite struct LvmLabelTests {
  private static let length = 1 << 20
  private static let area = (offset: 4096, size: 8192)

  /// CRC-32 with LVM's initial value, bit by bit.
  private func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.reduce(0xF597_A6CF) { value, byte in
      (0..<8).reduce(value ^ UInt32(byte)) { value, _ in
        value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
      }
    }
  }

  /// A volume with a label in a sector, and `text` in the metadata area from `start` on.
  private func volume(
    _ text: [UInt8], at start: Int = 512, sector: Int = 1,
    _ change: (inout [UInt8]) -> Void = { _ in }
  ) -> VolumeBytes {
    var bytes = [UInt8](zeros: Self.length)
    let label = 512 * sector
    bytes.write("LABELONE", at: label)
    bytes.write(little: UInt32(32), at: label + 20)
    bytes.write("LVM2 001", at: label + 24)
    bytes.write([UInt8](repeating: 0x61, count: 32), at: label + 32)
    // A data area, zeros, a metadata area.
    bytes.write(little: UInt64(Self.length / 2), at: label + 72)
    bytes.write(little: UInt64(Self.area.offset), at: label + 104)
    bytes.write(little: UInt64(Self.area.size), at: label + 112)
    bytes.write(" LVM2 x[5A%r0N*>", at: Self.area.offset + 4)
    bytes.write(little: UInt64(start), at: Self.area.offset + 40)
    bytes.write(little: UInt64(text.count), at: Self.area.offset + 48)
    bytes.write(little: checksum(text), at: Self.area.offset + 56)
    for (index, byte) in text.enumerated() {
      let place = 512 + (start - 512 + index) % (Self.area.size - 512)
      bytes[Self.area.offset + place] = byte
    }
    change(&bytes)
    return VolumeBytes(MemoryMedium(bytes), at: 0, length: UInt64(bytes.count))
  }

  private let text = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }

  @Test(arguments: 0..<4)
  func theLabelIsInOneOfFourSectors(_ sector: Int) throws {
    let volume = volume(text, sector: sector)
    let label = try #require(try LvmLabel(volume))
    #expect(label.identifier == [UInt8](repeating: 0x61, count: 32))
    #expect(try label.description(volume) == text)
  }

  @Test func aLabelElsewhereIsNone() throws {
    #expect(try LvmLabel(volume(text, sector: 4)) == nil)
    #expect(try LvmLabel(VolumeBytes(MemoryMedium([]), at: 0, length: 0)) == nil)
  }

  @Test func theAreaIsARing() throws {
    let volume = volume(text, at: Self.area.size - 10)
    #expect(try LvmLabel(volume)?.description(volume) == text)
  }

  @Test(
    "Places outside the area, and wrong checksums, give no description",
    arguments: [
      (40, [0, 1]), (40, [0xFF, 0x20]), (41, [255, 255, 255, 255, 255, 255, 255]),
      (48, [255, 255, 255, 255, 255, 255, 255, 255]), (48, [0, 0x1F]), (56, [0xEE]), (60, [1]),
      (5, [0]),
    ] as [(Int, [UInt8])])
  func damage(_ place: Int, _ bytes: [UInt8]) throws {
    let volume = volume(text) { $0.write(bytes, at: Self.area.offset + place) }
    let label = try #require(try LvmLabel(volume))
    #expect(try label.description(volume) == nil)
  }

  @Test func aHeaderOutsideTheSectorIsNoLabel() throws {
    for offset: UInt32 in [0, 31, 473, .max] {
      #expect(try LvmLabel(volume(text) { $0.write(little: offset, at: 532) }) == nil, "\(offset)")
    }
    // Areas that begin behind the volume, or end far behind it.
    let behind = volume(text) { $0.write(little: UInt64.max, at: 512 + 104) }
    #expect(try LvmLabel(behind)?.description(behind) == nil)
    let long = volume(text) { $0.write(little: UInt64.max, at: 512 + 112) }
    #expect(try LvmLabel(long)?.description(long) == text)
  }
}
