import Synchronization
import Yara

/// Some rules of a set, compiled alone, and their strings as patterns. Shared by threads.
final class RuleSubset: Sendable {
  let rules: Rules
  private let patterns: PatternDatabase?
  /// Number of bytes searched for patterns, and of bytes of items that this search decided.
  private let searched = Atomic<UInt64>(0)
  private let decided = Atomic<UInt64>(0)

  init(_ rules: Rules, patterns: PatternDatabase?) {
    self.rules = rules
    self.patterns = patterns
  }

  /// Number of searched bytes after which the search must have decided one byte in ``leastShare``: otherwise libyara scans
  /// at once.
  private static let trial: UInt64 = 64 << 20
  private static let leastShare: UInt64 = 8

  /// The patterns to search in an item; nil if the search does not pay.
  var usefulPatterns: PatternDatabase? {
    let searched = searched.load(ordering: .relaxed)
    guard searched < Self.trial || decided.load(ordering: .relaxed) >= searched / Self.leastShare
    else { return nil }
    return patterns
  }

  /// Notes a search of an item of `size` bytes.
  func noteSearch(of size: Int, hasDecided: Bool) {
    searched.wrappingAdd(UInt64(size), ordering: .relaxed)
    if hasDecided { decided.wrappingAdd(UInt64(size), ordering: .relaxed) }
  }
}
