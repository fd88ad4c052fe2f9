import TestSupport
import Testing

@testable import Containers

/// Entries of an AFF4 map: neither their range nor that of their target overflows.
@Suite struct Aff4MapTests {
  private func entry(_ offset: UInt64, _ length: UInt64, _ start: UInt64, _ target: UInt32)
    -> Aff4MapEntry?
  {
    let bytes =
      [0xEE] + [UInt8](little: offset) + [UInt8](little: length) + [UInt8](little: start)
      + [UInt8](little: target)
    return Aff4MapEntry(bytes, at: 1)
  }

  @Test func fieldsAreLittleEndianInTheirOrder() throws {
    let found = try #require(entry(0x1000, 0x200, 0x30_0000_0000, 7))
    #expect(found.range == 0x1000..<0x1200)
    #expect(found.start == 0x30_0000_0000)
    #expect(found.target == 7)
    #expect(Aff4MapEntry.size == 28)
  }

  @Test func endsThatOverflowAreRejected() {
    let last = UInt64(Int64.max)
    #expect(entry(0, last, 0, 0)?.range == 0..<last)
    #expect(entry(1, last, 0, 0) == nil)
    #expect(entry(0, last, 1, 0) == nil)
    #expect(entry(.max, 1, 0, 0) == nil)
    #expect(entry(0, .max, 0, 0) == nil)
    #expect(entry(0, 1, .max, 0) == nil)
    #expect(entry(last, 0, last, .max)?.range.isEmpty == true)
  }
}
