/// A legal act about a vendor's products, as far as a report needs it: its scope, and the duties with their
/// dates. docs/facts.md names the sources.
public struct Directive: Hashable, Sendable {
  /// Short name.
  public let name: String
  /// Issuer, and place of publication.
  public let citation: String
  /// Its scope.
  public let scope: String
  /// Its exceptions; empty if there are none.
  public let exclusions: String
  /// Whether another vendor's product with an embedded component of this vendor is covered.
  public let coversEmbedded: Bool
  /// First day of its periods; nil if they begin with a discovery.
  public let start: String?
  /// The action that is due.
  public let duties: [Duty]

  /// Something that is due after a number of days.
  public struct Duty: Hashable, Sendable {
    /// Number of days.
    public let days: Int
    /// Whether only days from Monday to Friday count.
    public let areBusinessDays: Bool
    /// The action that is due.
    public let text: String
    /// Days between repetitions; nil if it is due once.
    public let interval: Int?

    /// Creates a duty from its parts.
    public init(
      days: Int, areBusinessDays: Bool = false, text: String, interval: Int? = nil
    ) {
      self.days = days
      self.areBusinessDays = areBusinessDays
      self.text = text
      self.interval = interval
    }
  }

  /// Creates a directive from its parts.
  public init(
    name: String, citation: String, scope: String, exclusions: String = "", coversEmbedded: Bool,
    start: String? = nil, duties: [Duty]
  ) {
    self.name = name
    self.citation = citation
    self.scope = scope
    self.exclusions = exclusions
    self.coversEmbedded = coversEmbedded
    self.start = start
    self.duties = duties
  }
}
