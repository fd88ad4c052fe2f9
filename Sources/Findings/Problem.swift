public import Evidence

/// An item that was skipped or failed, as a report shows it.
public struct Problem: Hashable, Sendable, Codable {
  /// Location.
  public let locator: Locator
  /// Reason and remedy.
  public let cause: ItemProblem

  /// Creates a problem at a location.
  public init(locator: Locator, cause: ItemProblem) {
    self.locator = locator
    self.cause = cause
  }
}

/// Outcome of one item. Every item has exactly one.
public enum Outcome: Hashable, Sendable {
  /// A rule matched.
  case matched
  /// All of it was scanned, and no rule matched.
  case clean
  /// The item was skipped or failed: never counted as clean.
  case notScanned(ItemProblem.Reason)
}
