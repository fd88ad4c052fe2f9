/// Result of a search for whole strings.
struct WholeStrings {
  private var areSearched = false
  private var searched: BitSet
  private var found: BitSet

  /// Creates a result without knowledge about `count` strings.
  init(count: Int) {
    searched = BitSet(count: count)
    found = searched
  }

  /// Records which strings were searched, and which of them may be present.
  mutating func record(searched: BitSet, found: BitSet) {
    areSearched = true
    self.searched = searched
    self.found = found
  }

  /// Discards the record.
  mutating func forget() { areSearched = false }

  /// Whether it is certain that a string is not in the item.
  func excludes(_ string: Int) -> Bool {
    areSearched && searched.contains(string) && !found.contains(string)
  }
}
