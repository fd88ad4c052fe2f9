import YaraSyntax

/// Where a rule is written, for messages.
public struct RulePlace: Hashable, Sendable {
  /// What messages call the text; nil where it has no name.
  public let file: String?
  /// The text.
  public let text: [UInt8]
  /// The byte of the text that the rule begins at.
  public let offset: Int
  /// The bytes that its lines of metadata begin at, in the order of ``Rule/metadata``.
  public let metadata: [Int]
}

extension Sieve {
  /// Where a rule is written, by its number; nil where there is no text of it that was understood.
  public func place(ofRule number: Int) -> RulePlace? {
    sources[number].map { source in
      RulePlace(
        file: source.file, text: source.text, offset: source.rule.range.lowerBound,
        metadata: source.rule.metadata.map(\.range.lowerBound))
    }
  }
}
