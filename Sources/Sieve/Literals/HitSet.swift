/// The literals that a pass over an item has seen.
struct HitSet {
  private var seen: BitSet
  /// The literals seen, in the order of their first sight.
  private(set) var numbers: [Int32] = []
  /// The version header, if it is asked for, and the end of its first sight in the current piece.
  var versionHeader: Int32 = -1
  var endOfVersionHeader: Int?

  init(count: Int) {
    seen = BitSet(count: count)
    numbers.reserveCapacity(64)
  }

  mutating func insert(_ number: Int32, end: Int) {
    if number == versionHeader, endOfVersionHeader == nil { endOfVersionHeader = end }
    guard !seen.contains(Int(number)) else { return }
    seen.insert(Int(number))
    numbers.append(number)
  }

  func contains(_ number: Int32) -> Bool { seen.contains(Int(number)) }

  mutating func removeAll() {
    guard !numbers.isEmpty else { return }
    seen.removeAll()
    numbers.removeAll(keepingCapacity: true)
  }
}
