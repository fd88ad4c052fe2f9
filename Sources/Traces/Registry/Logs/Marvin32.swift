import Bytes

/// Marvin32, the keyed hash by which entries of transaction logs are checked.
///
/// Maxim Suhanov, "Windows registry file format specification" (github.com/msuhanov/regf), "Log entries", with the
/// seed of note 3; the function is that of .NET's `Marvin` (github.com/dotnet/runtime).
struct Marvin32 {
  private var low: UInt32 = 0x7A4E_55C5
  private var high: UInt32 = 0x82EF_4D88

  /// Hash of `bytes`, whose number is a multiple of four, as all that is hashed in a log.
  static func hash(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt64 {
    let bytes = UnsafeRawBufferPointer(rebasing: bytes)
    var state = Marvin32()
    for offset in stride(from: 0, to: bytes.count & ~3, by: 4) {
      state.mix(bytes.little(offset) ?? 0)
    }
    state.mix(0x80)
    state.mix(0)
    return UInt64(state.high) << 32 | UInt64(state.low)
  }

  private mutating func mix(_ word: UInt32) {
    low &+= word
    high ^= low
    low = low.rotated(by: 20) &+ high
    high = high.rotated(by: 9) ^ low
    low = low.rotated(by: 27) &+ high
    high = high.rotated(by: 19)
  }
}

extension UInt32 {
  fileprivate func rotated(by count: UInt32) -> UInt32 { self << count | self >> (32 - count) }
}
