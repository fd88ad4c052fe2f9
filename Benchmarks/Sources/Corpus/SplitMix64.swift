/// Sebastiano Vigna's SplitMix64. The standard library does not guarantee that
/// `Int.random(in:using:)` draws the same numbers in its next version; a corpus must be the
/// same on every machine.
struct SplitMix64 {
  private var state: UInt64

  /// Creates the sequence determined by `seed`.
  init(seed: UInt64) { state = seed }

  /// Returns the next 64 bits.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// Returns a number from 0 up to `bound`, exclusive.
  mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Returns a number of `range` with an evenly distributed logarithm, like file sizes: each
  /// doubling is equally likely.
  mutating func logarithmic(in range: Range<Int>) -> Int {
    var doublings = 0
    while range.lowerBound << (doublings + 1) < range.upperBound { doublings += 1 }
    let floor = range.lowerBound << below(doublings + 1)
    return floor + below(min(floor, range.upperBound - floor))
  }
}
