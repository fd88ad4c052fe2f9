/// Groups of rules that may match an item with certain first bytes, for beginnings that were met before. Most items
/// begin like others, and their first four or eight bytes exclude nearly every rule: the gates of the other groups
/// need not be evaluated.
///
/// The places are few: a beginning takes the place of an earlier one with the same hash.
struct BeginningMemo {
  private let wordCount: Int
  private let mask: Int
  /// First bytes, little-endian, by place; those that are shorter than eight are kept apart by their count.
  private var keys: [UInt64]
  /// Number of these bytes; 0 where nothing is kept.
  private var counts: [UInt8]
  /// Bits of the groups, ``wordCount`` words for each place.
  private var words: [UInt64]
  private var hits = 0
  private var misses = 0

  /// Numbers of first bytes that are looked up one after the other.
  static let lengths = [4, 8]
  /// Limit of the words that are kept: 1 MiB.
  private static let capacity = 1 << 17
  private static let mostPlaces = 1024
  /// Misses after which the hits must outnumber them.
  private static let patience = 256

  init(groups count: Int) {
    wordCount = max(1, (count + 63) / 64)
    var places = Self.mostPlaces
    while places > 1, places * wordCount > Self.capacity { places /= 2 }
    mask = places - 1
    keys = Array(repeating: 0, count: places)
    counts = Array(repeating: 0, count: places)
    words = Array(repeating: 0, count: places * wordCount)
  }

  /// Whether looking up pays: items that all begin differently only add to the work.
  var pays: Bool { misses < Self.patience || hits > misses }

  /// Removes the groups that items with this beginning cannot match; false if it is not known.
  mutating func restrict(_ groups: inout BitSet, to key: UInt64, _ length: Int) -> Bool {
    let place = place(of: key, length)
    guard keys[place] == key, Int(counts[place]) == length else {
      misses &+= 1
      return false
    }
    hits &+= 1
    groups.formIntersection(words, from: place * wordCount)
    return true
  }

  /// Keeps the groups that items with a beginning may match.
  mutating func keep(_ groups: BitSet, for key: UInt64, _ length: Int) {
    let place = place(of: key, length)
    keys[place] = key
    counts[place] = UInt8(length)
    for index in groups.words.indices { words[place * wordCount + index] = groups.words[index] }
  }

  /// Multiplicative hash (Knuth, TAOCP 6.4): its upper bits depend on all of the key.
  private func place(of key: UInt64, _ length: Int) -> Int {
    let product = (key &+ UInt64(length)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: product >> 48) & mask
  }
}
