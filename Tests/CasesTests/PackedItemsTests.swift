import Cases
import Evidence
import TestSupport
import Testing

/// Clean items and unopened archives as blobs.
@Suite struct PackedItemsTests {
  private func entry(_ generator: inout SeededGenerator) -> PackedItems.Entry {
    func bytes(_ range: ClosedRange<Int>) -> [UInt8] {
      (0..<Int.random(in: range, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
    }
    return PackedItems.Entry(
      path: Array("/usr/share/".utf8) + bytes(0...40),
      stream: Bool.random(using: &generator) ? bytes(0...10) : nil,
      state: [nil, .allocated, .deleted, .orphan, .slack, .carved].randomElement(
        using: &generator)!,
      detail: Bool.random(using: &generator) ? .random(in: 0 ... .max, using: &generator) : nil,
      size: .random(in: 0 ... .max, using: &generator)
        >> UInt64.random(in: 0...63, using: &generator),
      stamp: Bool.random(using: &generator) ? .random(in: 0 ... .max, using: &generator) : nil,
      isLink: Bool.random(using: &generator), isLeft: Bool.random(using: &generator))
  }

  @Test func whatWasPackedIsRead() throws {
    var generator = SeededGenerator(seed: 1)
    for count in [0, 1, 2, 100, PackedItems.capacity] {
      let entries = (0..<count).map { _ in entry(&generator) }
      var packed = PackedItems()
      for entry in entries { packed.append(entry) }
      #expect(try PackedItems.entries(of: packed.data, count: count) == entries)
    }
  }

  @Test func damagedBlobsAreErrors() throws {
    var generator = SeededGenerator(seed: 2)
    var refused = 0
    for _ in 0..<20_000 {
      var packed = PackedItems()
      let count = Int.random(in: 1...6, using: &generator)
      for _ in 0..<count { packed.append(entry(&generator)) }
      var data = packed.data
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        switch Int.random(in: 0...2, using: &generator) {
        case 0:
          data[Int.random(in: data.indices, using: &generator)] = .random(
            in: 0...255, using: &generator)
        case 1: data.removeLast(Int.random(in: 0..<data.count, using: &generator))
        default: data.append(.random(in: 0...255, using: &generator))
        }
        if data.isEmpty { data = [0] }
      }
      do { _ = try PackedItems.entries(of: data, count: count) } catch { refused += 1 }
    }
    #expect(refused > 10_000)
  }

  /// Vectors of the authors' reference implementation: key 00…0f, messages of 0, 8 and 15 bytes 00, 01, ….
  @Test func theHashIsSipHash24() {
    let key = SipHash.Key(low: 0x0706_0504_0302_0100, high: 0x0F0E_0D0C_0B0A_0908)
    let expected: [(Int, UInt64)] = [
      (0, 0x726F_DB47_DD0E_0E31), (8, 0x93F5_F579_9A93_2462), (15, 0xA129_CA61_49BE_45E5),
    ]
    for (count, value) in expected {
      let message = (0..<count).map { UInt8($0) }
      var whole = SipHash(key)
      whole.add(message)
      #expect(whole.finish() == value)
      var parts = SipHash(key)
      for byte in message { parts.add(byte) }
      #expect(parts.finish() == value)
    }
  }
}
