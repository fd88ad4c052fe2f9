import Bytes
import TestSupport
import Testing

/// Numbers and marks in headers.
@Suite struct FieldsTests {
  private let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9]

  @Test func numbersAreReadAtAnyOffset() {
    #expect(bytes.little(0, as: UInt16.self) == 0x0201 && bytes.big(0, as: UInt16.self) == 0x0102)
    #expect(bytes.little(1, as: UInt64.self) == 0x0908_0706_0504_0302)
    #expect(bytes.big(5, as: UInt32.self) == 0x0607_0809)
    #expect([UInt8](repeating: 0xFF, count: 4).little(0, as: Int32.self) == -1)
  }

  @Test func numbersOutsideABufferAreNil() {
    bytes.withUnsafeBytes { buffer in
      #expect(buffer.little(7, as: UInt16.self) == 0x0908)
      for offset in [8, 9, -1, .max, .min] {
        #expect(buffer.little(offset, as: UInt16.self) == nil, "\(offset)")
      }
      #expect(buffer.little(0, as: UInt128.self) == nil)
    }
    let span = bytes.span.bytes
    let found = [7, 8, -1, .max].map { span.little($0, as: UInt16.self) }
    #expect(found == [0x0908, nil, nil, nil])
  }

  @Test func marksAreCompleteTexts() {
    let text = Array("EFI PART".utf8)
    #expect(text.has("EFI PART", at: 0) && text.has("PART", at: 4) && text.has("", at: 8))
    #expect(!text.has("EFI PARTS", at: 0) && !text.has("PART", at: 5) && !text.has("EFI", at: 9))
    #expect([0xBA, 0xBE].holds("\u{BA}\u{BE}", at: 0))
    #expect(![0xBA, 0xBE].holds("\u{BA}\u{BE}", at: 1))
  }

  @Test func blocksAreRoundedUp() {
    #expect(UInt64(0).blocks(of: 512) == 0 && UInt64(1).blocks(of: 512) == 1)
    #expect(UInt64(512).blocks(of: 512) == 1 && UInt64(513).blocks(of: 512) == 2)
    #expect(UInt64.max.blocks(of: 512) == 1 << 55 && UInt64.max.blocks(of: 1) == .max)
  }
}
