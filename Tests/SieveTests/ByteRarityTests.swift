import Testing

@testable import Sieve

/// Estimates of rarity: what is in every item counts little.
@Suite struct ByteRarityTests {
  private func rarity(_ text: String, ignoresCase: Bool = false) -> Int {
    ByteRarity.halfBits(of: Array(text.utf8), ignoresCase: ignoresCase)
  }

  @Test func paddingIsCommon() {
    #expect(ByteRarity.halfBits(of: [UInt8](repeating: 0, count: 8), ignoresCase: false) < 24)
    #expect(rarity("--------") < rarity("-+-+-+-+"))
    #expect(rarity("qqqqqqqq") < rarity("qjqjqjqj"))
  }

  @Test func lettersOfAWordAndOfEitherCaseCountLess() {
    #expect(rarity("klif.sys", ignoresCase: true) < rarity("klif.sys"))
    #expect(rarity("12345678", ignoresCase: true) == rarity("12345678"))
    #expect(rarity("kxkx") < rarity("k\u{1}x\u{1}") + rarity("kx"))
  }

  @Test func everyByteCounts() {
    #expect(rarity("") == 0)
    for byte in UInt8.min...UInt8.max {
      #expect(ByteRarity.halfBits(of: [byte], ignoresCase: true) >= 1)
      #expect(ByteRarity.halfBits(of: [byte, byte], ignoresCase: true) >= 2)
    }
  }
}
