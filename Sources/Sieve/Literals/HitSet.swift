/// The literals that a pass over an item has seen.
struct HitSet {
  private var seen: BitSet
  /// The literals seen, in the order of their first sight.
  private(set) var numbers: [Int32] = []
  /// The version header, if it is asked for, and the end of its first sight in the current piece.
  var versionHeader: Int32 = -1
  var endOfVersionHeader: Int?
  /// Hits that the search may still report before it is given up: on content that is full of a literal, looking
  /// at each of them costs more than libyara's scan.
  private var budget = 0

  /// Hits of every item, and one more for so many bytes.
  private static let leastBudget = 4096
  private static let bytesOfHit = 16

  init(count: Int) {
    seen = BitSet(count: count)
    numbers.reserveCapacity(64)
  }

  /// Begins with an item.
  mutating func begin() {
    removeAll()
    budget = Self.leastBudget
  }

  /// Allows for the hits of so many more bytes.
  mutating func allow(bytes: Int) { budget += bytes / Self.bytesOfHit }

  /// Spends one hit; false if there is none left.
  mutating func spend() -> Bool {
    budget -= 1
    return budget >= 0
  }

  mutating func insert(_ number: Int32, end: Int) {
    if number == versionHeader, endOfVersionHeader == nil { endOfVersionHeader = end }
    guard !seen.contains(Int(number)) else { return }
    seen.insert(Int(number))
    numbers.append(number)
  }

  func contains(_ number: Int32) -> Bool { seen.contains(Int(number)) }

  private mutating func removeAll() {
    guard !numbers.isEmpty else { return }
    seen.removeAll()
    numbers.removeAll(keepingCapacity: true)
  }
}
