public import Evidence

/// A record by an operating system of software that is or was installed: a registry key, or an
/// entry of a package database. It is part of the finding of the item that contains the record.
public struct Trace: Hashable, Sendable, Codable {
  /// Kind of a record of installed software.
  public enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
    /// The software's own record of its installation: product, version, folder.
    case installation
    /// Entry in the system's list of installed software, or in its package database.
    case package
    /// Service, driver or other part that the system starts.
    case service
    /// Record that a program was started, and used files.
    case execution
    /// File that was put in quarantine.
    case quarantined
    /// Settings that a removal may leave behind.
    case settings
  }

  /// Kind of a record of installed software.
  public var kind: Kind
  /// Location in the item: the registry key (`HKLM\SOFTWARE\KasperskyLab\AVP21.15\environment`),
  /// the package, or the name of the object in a quarantine, with its threat and user.
  public var place: String
  /// Product according to the record.
  public var product: String?
  /// Product line according to the record (`AVP21.15`).
  public var edition: String?
  /// The version of the product.
  public var version: String?
  /// Installation folder according to the record.
  public var folder: String?
  /// The program that the record starts, or the path of the file that was put in quarantine.
  public var program: String?
  /// Whether the system starts it or lists it as installed; nil if the record does not show it.
  public var isActive: Bool?
  /// Time of the record's last change.
  public var written: Timestamp?

  /// Creates a record at `place`; omitted values are unknown.
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
