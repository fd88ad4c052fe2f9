/// A set of byte values.
struct ByteSet: Hashable, Sendable {
  private var low: SIMD2<UInt64> = [0, 0]
  private var high: SIMD2<UInt64> = [0, 0]

  static let none = ByteSet()
  static let all = ByteSet(0...255)
  /// Bytes that end a word (libyara's `fullword`: isalnum of the C locale).
  static let outsideWords: ByteSet = {
    var set = ByteSet.all
    set.subtract(ByteSet(0x30...0x39))
    set.subtract(ByteSet(0x41...0x5A))
    set.subtract(ByteSet(0x61...0x7A))
    return set
  }()

  init() {}

  /// The values whose bits are set in four words, the least first.
  init(words: [UInt64]) {
    low = [words[0], words[1]]
    high = [words[2], words[3]]
  }

  /// A bit for each value, in four words, the least first.
  var words: [UInt64] { [low.x, low.y, high.x, high.y] }

  init(_ values: some Sequence<UInt8>) {
    for value in values { insert(value) }
  }

  init(_ value: UInt8) { insert(value) }

  /// The bytes that equal `value` in the bits of `mask`.
  init(value: UInt8, mask: UInt8) {
    switch mask {
    case 0xFF: self.init(value)
    case 0: self = .all
    default: self.init((UInt8.min...UInt8.max).lazy.filter { $0 & mask == value & mask })
    }
  }

  mutating func insert(_ value: UInt8) {
    let bit: UInt64 = 1 << UInt64(value & 63)
    switch value >> 6 {
    case 0: low.x |= bit
    case 1: low.y |= bit
    case 2: high.x |= bit
    default: high.y |= bit
    }
  }

  func contains(_ value: UInt8) -> Bool {
    let word =
      switch value >> 6 {
      case 0: low.x
      case 1: low.y
      case 2: high.x
      default: high.y
      }
    return word >> UInt64(value & 63) & 1 != 0
  }

  mutating func formUnion(_ other: ByteSet) {
    low |= other.low
    high |= other.high
  }

  mutating func subtract(_ other: ByteSet) {
    low &= ~other.low
    high &= ~other.high
  }

  var inverted: ByteSet {
    var result = ByteSet.all
    result.subtract(self)
    return result
  }

  /// Letters of ASCII in the other case as well.
  var inAnyCase: ByteSet {
    var result = self
    for letter in 0x61...0x7A as ClosedRange<UInt8> {
      if contains(letter) { result.insert(letter - 0x20) }
      if contains(letter - 0x20) { result.insert(letter) }
    }
    return result
  }

  /// The one value, if there is one only.
  var single: UInt8? { count == 1 ? least : nil }

  /// The only letter, in either case, or the only value.
  var singleInAnyCase: UInt8? {
    guard count == 2, let upper = least, (0x41...0x5A).contains(upper), contains(upper + 0x20)
    else {
      return single
    }
    return upper + 0x20
  }

  /// Half bits of information in a byte that is known to be one of these: at most 16, 0 for any byte.
  var halfBits: Int { 2 * (8 - (Int.bitWidth - max(0, count - 1).leadingZeroBitCount)) }

  private var count: Int {
    low.x.nonzeroBitCount + low.y.nonzeroBitCount + high.x.nonzeroBitCount + high.y.nonzeroBitCount
  }

  private var least: UInt8? {
    for (index, word) in [low.x, low.y, high.x, high.y].enumerated() where word != 0 {
      return UInt8(64 * index + word.trailingZeroBitCount)
    }
    return nil
  }
}
