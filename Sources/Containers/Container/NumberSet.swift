/// A set of small numbers, of inodes or chunks: bitmap pages allocated on first use.
struct NumberSet {
  private var pages: [[UInt64]?] = []

  /// Number of bits in a page.
  private static let pageSize = 1 << 18

  /// Whether the set holds `number`.
  func contains(_ number: UInt32) -> Bool {
    let page = Int(number) / Self.pageSize
    guard page < pages.count, let words = pages[page] else { return false }
    let bit = Int(number) % Self.pageSize
    return words[bit / 64] & 1 << (bit % 64) != 0
  }

  /// Adds `number`; false if it was already present.
  @discardableResult mutating func insert(_ number: UInt32) -> Bool {
    let page = Int(number) / Self.pageSize
    while pages.count <= page { pages.append(nil) }
    let bit = Int(number) % Self.pageSize
    let mask: UInt64 = 1 << (bit % 64)
    // Take the page out while it changes, so that it is not copied.
    var words = pages[page] ?? Array(repeating: 0, count: Self.pageSize / 64)
    pages[page] = nil
    defer { pages[page] = words }
    guard words[bit / 64] & mask == 0 else { return false }
    words[bit / 64] |= mask
    return true
  }

  /// Smallest number in the set greater than `number`; nil if there is none.
  func next(after number: UInt32) -> UInt32? {
    var bit = Int(number) + 1
    while bit / Self.pageSize < pages.count {
      guard let words = pages[bit / Self.pageSize] else {
        bit = (bit / Self.pageSize + 1) * Self.pageSize
        continue
      }
      let inside = bit % Self.pageSize
      let rest = words[inside / 64] >> (inside % 64)
      if rest != 0 { return UInt32(exactly: bit + rest.trailingZeroBitCount) }
      bit += 64 - inside % 64
    }
    return nil
  }
}
