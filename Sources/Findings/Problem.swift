public import Evidence

/// An item that was skipped or failed, as a report shows it.
public struct Problem: Hashable, Sendable {
  /// Where.
  public let locator: Locator
  /// Why, and what to do.
  public let cause: ItemProblem

  /// A problem at a place.
  public init(locator: Locator, cause: ItemProblem) {
    self.locator = locator
    self.cause = cause
  }
}

/// What became of one item: every item has exactly one outcome.
public enum Outcome: Hashable, Sendable {
  /// A rule matched.
  case matched
  /// All of it was scanned, and no rule matched.
  case clean
  /// It was left out, or tried in vain: never counted as clean.
  case notScanned(ItemProblem.Reason)
}
