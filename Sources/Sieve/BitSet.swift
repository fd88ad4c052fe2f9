/// A set of small numbers, a bit each.
struct BitSet: Hashable, Sendable {
  private(set) var words: [UInt64]

  init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

  func contains(_ number: Int) -> Bool { words[number >> 6] >> UInt64(number & 63) & 1 != 0 }

  mutating func insert(_ number: Int) { words[number >> 6] |= 1 << UInt64(number & 63) }

  mutating func formUnion(_ other: BitSet) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  mutating func remove(_ number: Int) { words[number >> 6] &= ~(1 << UInt64(number & 63)) }

  /// Inserts the numbers below `count`, which are all that it can hold.
  mutating func insertAll(below count: Int) {
    for index in words.indices {
      words[index] = count - index << 6 >= 64 ? .max : 1 << UInt64(count & 63) &- 1
    }
  }

  /// Removes the numbers whose bits are not set in `bits` from `start` on.
  mutating func formIntersection(_ bits: [UInt64], from start: Int) {
    for index in words.indices { words[index] &= bits[start + index] }
  }

  mutating func removeAll() {
    for index in words.indices { words[index] = 0 }
  }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// The numbers, in order.
  var members: [Int] {
    words.indices.flatMap { index in
      (0..<64).filter { words[index] >> UInt64($0) & 1 != 0 }.map { index << 6 + $0 }
    }
  }
}
