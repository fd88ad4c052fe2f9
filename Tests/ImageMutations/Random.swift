import TestSupport

/// Random numbers that determine the damage.
typealias Random = SeededGenerator

extension SeededGenerator {
  /// An index below `count`, half of the time one of the first: tables describe themselves there.
  mutating func skewed(_ count: Int) -> Int {
    number(0...(oneIn(2) ? min(count, 16) : count) - 1)
  }

  /// Numbers that depend only on the mutation and its image, not on the other images.
  init(mutation number: Int, of name: String) {
    // FNV-1a.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    self.init(seed: hash ^ UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
  }
}
