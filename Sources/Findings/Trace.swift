public import Evidence

/// One thing that an operating system records of software that is or was installed: a registry key, an entry of
/// a package database. It comes with the finding of the item that holds the record.
public struct Trace: Hashable, Sendable {
  /// What kind of record it is.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The software's own record of its installation: product, version, folder.
    case installation
    /// The system's list of what can be uninstalled, or its package database.
    case package
    /// A service, driver or other part that the system starts.
    case service
    /// Settings that a removal may leave behind.
    case settings
  }

  /// What kind of record it is.
  public var kind: Kind
  /// Where in the item: the key of the registry (`HKLM\SOFTWARE\KasperskyLab\AVP21.15\environment`), the package.
  public var place: String
  /// The product that it records, by the name that it gives.
  public var product: String?
  /// The product line, as the record calls it (`AVP21.15`).
  public var edition: String?
  /// The version of the product.
  public var version: String?
  /// The folder that the product is installed in, as the record gives it.
  public var folder: String?
  /// The program that the record starts.
  public var program: String?
  /// Whether the system starts it, or counts it as installed; nil where the record does not tell.
  public var isActive: Bool?
  /// When the record was last written.
  public var written: Timestamp?

  /// A record at `place`; what is not given is not known.
  public init(
    kind: Kind, place: String, product: String? = nil, edition: String? = nil,
    version: String? = nil, folder: String? = nil, program: String? = nil, isActive: Bool? = nil,
    written: Timestamp? = nil
  ) {
    self.kind = kind
    self.place = place
    self.product = product
    self.edition = edition
    self.version = version
    self.folder = folder
    self.program = program
    self.isActive = isActive
    self.written = written
  }
}
