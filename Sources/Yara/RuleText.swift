/// A text of rules as a compiler took it, with what it included: the same bytes that libyara saw.
public struct RuleText: Hashable, Sendable {
  /// What messages call it: the path of its file, or what its host gave it; nil where it has no name.
  public var name: String?
  /// The namespace of its rules.
  public let namespace: String
  /// The text.
  public let bytes: [UInt8]
  /// The texts of its includes, and of theirs, in the order in which they are met.
  public var included: [Included] = []

  /// A text of `namespace` that includes these.
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
    /// Its name, relative to the including file as libyara resolved it.
    public let name: String
    /// The text.
    public let bytes: [UInt8]

    init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }

    /// The text of this name as a compiler that includes files finds it; nil if it cannot be read.
    public init?(reading name: String) {
      guard let bytes = try? RuleFile.read(name) else { return nil }
      self.init(name: name, bytes: bytes)
    }
  }
}
