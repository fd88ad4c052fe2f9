/// A set of numbers of inodes, which lie close together in few places of a wide range.
struct XfsNumberSet {
  /// 64 numbers each, by the number that the first is a multiple of 64 of.
  private var words: [UInt64: UInt64] = [:]

  func contains(_ number: UInt64) -> Bool {
    (words[number / 64] ?? 0) & 1 << (number % 64) != 0
  }

  /// Adds `number`; false if it was there.
  @discardableResult mutating func insert(_ number: UInt64) -> Bool {
    let mask: UInt64 = 1 << (number % 64)
    let before = words[number / 64, default: 0]
    words[number / 64] = before | mask
    return before & mask == 0
  }

  /// Adds those of the 64 numbers from `first` on whose bit is set, the lowest first.
  mutating func insert(bits: UInt64, from first: UInt64) {
    let (word, shift) = first.quotientAndRemainder(dividingBy: 64)
    for (word, bits) in [(word, bits << shift), (word + 1, bits >> (64 - shift))] where bits != 0 {
      words[word, default: 0] |= bits
    }
  }

  /// Those that another set does not hold, in order.
  func subtracting(_ other: XfsNumberSet) -> [UInt64] {
    var numbers = [UInt64]()
    for (word, bits) in words {
      var rest = bits & ~(other.words[word] ?? 0)
      while rest != 0 {
        numbers.append(word * 64 + UInt64(rest.trailingZeroBitCount))
        rest &= rest - 1
      }
    }
    return numbers.sorted()
  }
}
