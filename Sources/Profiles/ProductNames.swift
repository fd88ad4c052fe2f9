/// Names of products, and of their installation folders. The inventory groups findings by them.
public struct ProductNames: Hashable, Sendable, Codable {
  /// Product names in version resources that do not identify a product: those of modules shared
  /// by all products.
  public var modules: Set<String> = []
  /// Names of drivers, by the names, in lower case and without an extension, that their version resources give
  /// them. Every product may bring them.
  public var drivers: [String: String] = [:]
  /// Product names by their lower-case aliases in packages, folders and rules.
  public var aliases: [String: String] = [:]
  /// Product names by lower-case suffixes of longer names.
  public var suffixes: [String: String] = [:]
  /// Folders that each belong to one product.
  public var folders: [FolderPattern] = []
  /// System folders with common names, each with a child folder that confirms them (`opt` with
  /// `acme`); all in lower case.
  public var systemFolders: [String: Set<String>] = [:]
  /// ASCII word in lower case that occurs in every path to which ``folders`` apply, for a cheap
  /// first test.
  public var pathWord = ""

  /// Location of a folder that belongs to one product.
  public enum FolderPattern: Hashable, Sendable, Codable {
    /// Directly below this chain of folders, each directly below the preceding one; in lower case.
    case below([String])
    /// Anywhere, with this prefix and suffix of its name; in lower case.
    case named(prefix: String, suffix: String)
  }

  /// Creates an empty set of names.
  public init() {}

  /// Canonical form of a name that packages, folders and rules use.
  public func canonical(_ name: String) -> String {
    let lowercased = name.lowercased()
    if let suffix = suffixes.first(where: { lowercased.hasSuffix($0.key) }) { return suffix.value }
    return aliases[lowercased] ?? name
  }
}
