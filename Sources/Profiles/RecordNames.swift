/// Names that identify the vendor in the operating system's records of installed software.
public struct RecordNames: Hashable, Sendable, Codable {
  /// Publishers, vendors and maintainers.
  public var publishers = CompanyNames()
  /// Domains of the company, including their subdomains.
  public var domains: [String] = []
  /// Folders on the path of the vendor's programs (`C:\Program Files\Acme\…`), ignoring case.
  public var folders: [String] = []
  /// Names of packages, services and folders of products. Others may use them, so the publisher
  /// must match, too.
  public var packages: Set<String> = []
  /// Names in the Windows registry.
  public var registry = RegistryNames()
  /// Source of the facts behind each kind of record.
  public var sources: [RecordKind: String] = [:]

  /// Creates an empty set of names.
  public init() {}
}

/// Source of a record of installed software. Each has one signature.
public enum RecordKind: String, Hashable, Sendable, CaseIterable, Codable, CodingKeyRepresentable {
  /// The hive SOFTWARE.
  case registrySoftware
  /// The hive of a user.
  case registryUser
  /// Services, drivers and filters in the hive SYSTEM.
  case registryServices
  /// Keys that an uninstallation may leave.
  case registrySettings
  /// A package in the database of dpkg.
  case dpkg
  /// A package in the database of rpm.
  case rpm
  /// A removed package that left settings.
  case removedPackage
  /// A compressed prefetch file, which lists the files that a program loaded at its start.
  case prefetch
  /// An object in the index of a quarantine.
  case quarantine
}
