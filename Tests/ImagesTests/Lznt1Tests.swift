import TestSupport
import Testing

@testable import FileSystems

/// LZNT1 ([MS-XCA] 2.5): the example of the specification, and damaged units.
@Suite struct Lznt1Tests {
  private func decode(_ unit: [UInt8], count: Int = 0, limit: Int = 65_536) -> [UInt8]? {
    unit.withUnsafeBytes { Lznt1.decode($0, count: count, limit: limit) }
  }

  /// A chunk with its header; compressed unless `isStored`.
  private func chunk(_ bytes: [UInt8], isStored: Bool = false) -> [UInt8] {
    [UInt8](little: UInt16(bytes.count - 1) | (isStored ? 0x3000 : 0xB000)) + bytes
  }

  /// [MS-XCA] 3.3.
  @Test func theExampleOfTheSpecificationDecodes() {
    let unit: [UInt8] = [
      0x38, 0xB0, 0x88, 0x46, 0x23, 0x20, 0x00, 0x20, 0x47, 0x20, 0x41, 0x00, 0x10, 0xA2, 0x47,
      0x01, 0xA0, 0x45, 0x20, 0x44, 0x00, 0x08, 0x45, 0x01, 0x50, 0x79, 0x00, 0xC0, 0x45, 0x20,
      0x05, 0x24, 0x13, 0x88, 0x05, 0xB4, 0x02, 0x4A, 0x44, 0xEF, 0x03, 0x58, 0x02, 0x8C, 0x09,
      0x16, 0x01, 0x48, 0x45, 0x00, 0xBE, 0x00, 0x9E, 0x00, 0x04, 0x01, 0x18, 0x90, 0x00,
    ]
    let text =
      "F# F# G A A G F# E D D E F# F# E E F# F# G A A G F# E D D E F# E D D E E F# D E F# G F#"
      + " D E F# G F# E D E A F# F# G A A G F# E D D E F# E D D\0"
    #expect(decode(unit) == Array(text.utf8))
    #expect(decode(unit, count: text.utf8.count + 1) == nil, "too short")
  }

  @Test func aReferenceMayRepeatWhatItWrites() {
    // One byte, then three thousand more of it: distance 1.
    let length = UInt16(3000 - 3)
    #expect(
      decode(chunk([0b10, 0x41] + [UInt8](little: length))) == [UInt8](repeating: 0x41, count: 3001)
    )
  }

  @Test func chunksFollowEachOther() {
    let stored = [UInt8](repeating: 5, count: 4096)
    #expect(decode(chunk(stored, isStored: true) + chunk([0, 9], isStored: false)) == stored + [9])
    #expect(decode(chunk(stored, isStored: true) + [0, 0, 9]) == stored, "zeros end the unit")
    #expect(decode([]) == [])
    // Behind a short chunk there is no place for another.
    #expect(decode(chunk([0, 9]) + chunk([0, 9])) == nil)
  }

  @Test(
    "Damage",
    arguments: [
      [0x05, 0xB0, 0, 1],  // longer than the unit
      [0x01, 0x80, 0, 1],  // no signature
      [0x02, 0xB0, 1, 0, 0],  // a reference before the first byte
      [0x02, 0xB0, 0b10, 1, 0],  // half a reference
      [0x03, 0xB0, 0b10, 1, 0, 0x10],  // a distance of 2 after one byte
      [0x03, 0xB0, 0b10, 1, 0xFF, 0x0F],  // more than a chunk
    ] as [[UInt8]])
  func damage(_ unit: [UInt8]) {
    #expect(decode(unit) == nil)
  }

  @Test func anyBytesDecodeToOneChunkOrNothing() {
    var random = SeededGenerator(seed: 21)
    var decoded = 0
    for _ in 0..<5000 {
      let bytes = (0..<random.number(1...20)).map { _ in UInt8(random.number(0...255)) & 0x1F }
      guard let output = decode(chunk(bytes), limit: 8192) else { continue }
      decoded += 1
      #expect(output.count <= 4096)
    }
    #expect(decoded > 100)
  }
}
