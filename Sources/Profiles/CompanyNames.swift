/// Spellings of a company in fields that name a publisher, vendor or maintainer.
public struct CompanyNames: Hashable, Sendable, Codable {
  /// Legal forms that may precede a name, including the space behind them (`AO `).
  public var legalForms: [String] = []
  /// Names that match only the whole field, apart from a legal form.
  public var wholeNames: Set<String> = []
  /// Names that match the whole field, or its beginning before a space, comma or full stop.
  public var stems: [String] = []

  /// Creates an empty set of names.
  public init() {}

  /// Whether `field` names the company, in any case and quotes. `Tool for X` and `Xylophone` do not name `X`.
  public func contains(_ field: String) -> Bool {
    let quotes: Set<Character> = ["\"", "'", "«", "»", "“", "”", "„"]
    let field = field.filter { !quotes.contains($0) }.lowercased()
    let form = legalForms.first { field.hasPrefix($0.lowercased()) } ?? ""
    let name = field.dropFirst(form.count)
    if wholeNames.contains(where: { $0.lowercased() == name }) { return true }
    return stems.contains { stem in
      name.hasPrefix(stem.lowercased())
        && (name.dropFirst(stem.count).first.map { " ,.".contains($0) } ?? true)
    }
  }
}
