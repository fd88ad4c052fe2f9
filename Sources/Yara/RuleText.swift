/// A text of rules with its includes as a compiler read them: the same bytes that libyara saw.
public struct RuleText: Hashable, Sendable {
  /// Name in messages: the path of its file, or a name given by the host; nil if there is none.
  public var name: String?
  /// The namespace of its rules.
  public let namespace: String
  /// The text.
  public let bytes: [UInt8]
  /// Texts of its includes, direct and indirect, in the order of inclusion.
  public var included: [Included] = []

  /// Creates a text of `namespace` with these includes.
  public init(
    name: String? = nil, namespace: String = "default", bytes: [UInt8], included: [Included] = []
  ) {
    self.name = name
    self.namespace = namespace
    self.bytes = bytes
    self.included = included
  }

  /// An included text.
  public struct Included: Hashable, Sendable {
    /// Name, resolved relative to the including file as libyara does.
    public let name: String
    /// The text.
    public let bytes: [UInt8]

    init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }

    /// Reads the text of this name as a compiler that includes files finds it; nil if it cannot be
    /// read.
    public init?(reading name: String) {
      guard let bytes = try? RuleFile.read(name) else { return nil }
      self.init(name: name, bytes: bytes)
    }
  }
}
