/// A set of inode numbers, which cluster in few places of a wide range.
struct InodeSet: Sequence {
  /// Bitmaps of 64 numbers each; the key is the first number divided by 64.
  private var words: [UInt64: UInt64] = [:]

  init() {}

  func contains(_ number: UInt64) -> Bool {
    (words[number / 64] ?? 0) & 1 << (number % 64) != 0
  }

  /// Adds `number`; false if it was already present.
  @discardableResult mutating func insert(_ number: UInt64) -> Bool {
    let mask: UInt64 = 1 << (number % 64)
    let before = words[number / 64, default: 0]
    words[number / 64] = before | mask
    return before & mask == 0
  }

  /// Adds those of the 64 numbers from `first` whose bit is set, lowest bit first.
  mutating func insert(bits: UInt64, from first: UInt64) {
    let (word, shift) = first.quotientAndRemainder(dividingBy: 64)
    for (word, bits) in [(word, bits << shift), (word + 1, bits >> (64 - shift))] where bits != 0 {
      words[word, default: 0] |= bits
    }
  }

  /// Removes a number.
  mutating func remove(_ number: UInt64) {
    words[number / 64]? &= ~(1 << (number % 64))
  }

  /// Numbers that another set does not contain.
  func subtracting(_ other: InodeSet) -> InodeSet {
    var rest = InodeSet()
    for (word, bits) in words {
      let left = bits & ~(other.words[word] ?? 0)
      if left != 0 { rest.words[word] = left }
    }
    return rest
  }

  /// Iterates over the numbers in order.
  func makeIterator() -> Iterator { Iterator(words) }

  struct Iterator: IteratorProtocol {
    private let words: [UInt64: UInt64]
    private var places: ArraySlice<UInt64>
    private var rest: UInt64 = 0
    private var first: UInt64 = 0

    fileprivate init(_ words: [UInt64: UInt64]) {
      self.words = words
      places = words.keys.sorted()[...]
    }

    mutating func next() -> UInt64? {
      while rest == 0 {
        guard let place = places.popFirst() else { return nil }
        rest = words[place] ?? 0
        first = place * 64
      }
      defer { rest &= rest - 1 }
      return first + UInt64(rest.trailingZeroBitCount)
    }
  }
}
