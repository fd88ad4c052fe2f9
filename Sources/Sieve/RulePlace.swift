import YaraSyntax

/// Location of a rule in its text, for messages.
package struct RulePlace: Hashable, Sendable {
  /// Name of the text in messages; nil if it has none.
  package let file: String?
  /// The text.
  package let text: [UInt8]
  /// The byte of the text that the rule begins at.
  package let offset: Int
  /// The bytes that its lines of metadata begin at, in the order of ``Rule/metadata``.
  package let metadata: [Int]
}

extension Sieve {
  /// Location of a rule, by its number; nil if its text was not parsed.
  package func place(ofRule number: Int) -> RulePlace? {
    guard let source = sources[number], let context = sources.context(of: number) else {
      return nil
    }
    return RulePlace(
      file: context.name, text: context.text, offset: context.offset,
      metadata: source.rule.metadata.map { context.offset + $0.range.lowerBound })
  }
}
