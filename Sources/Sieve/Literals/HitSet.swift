/// The literals that a pass over an item has seen.
struct HitSet {
  private var seen: BitSet
  /// The literals seen, in the order of their first sight.
  private(set) var numbers: [Int32] = []
  /// The version header, if it is searched, and the end of its first occurrence in the current piece.
  var versionHeader: Int32 = -1
  var endOfVersionHeader: Int?
  /// Number of hits after which the search ends: on content that is full of a literal, checking
  /// each hit costs more than libyara's scan.
  private var budget = 0

  /// Number of hits for every item, and number of bytes for one further hit.
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

  /// Adds the hits for a number of further bytes.
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
