/// A text of rules as a compiler took it, with what it included: the same bytes that libyara saw.
public struct RuleText: Hashable, Sendable {
  /// The namespace of its rules.
  public let namespace: String
  /// The text.
  public let bytes: [UInt8]
  /// The texts of its includes, and of theirs, in the order in which they are met.
  public var included: [Included] = []

  /// An included text.
  public struct Included: Hashable, Sendable {
    /// Its name, relative to the including file as libyara resolved it.
    public let name: String
    /// The text.
    public let bytes: [UInt8]
  }
}
