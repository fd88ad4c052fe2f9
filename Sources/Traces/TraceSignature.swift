public import Findings

/// What makes records of installed software a finding: the counterpart of a rule, for files that are read as what
/// they are and not searched.
public struct TraceSignature: Hashable, Sendable {
  /// The name, as findings have it under `rule`.
  public let name: String
  /// What the record is of.
  public let component: Component
  /// The operating system.
  public let platform: String
  /// How sure it makes a finding.
  public let confidence: Confidence
  /// Why, in words.
  public let reason: String
  /// The section of the fact sheet.
  public let source: String

  /// The namespace that its matches have, as rules have theirs.
  public static let namespace = "trawl"

  /// All of them.
  public static let all = [
    registrySoftware, registryUser, registryServices, registrySettings, dpkg, rpm, removedPackage,
  ]

  static let registrySoftware = TraceSignature(
    name: "kaspersky_windows_registry_software", component: .registry, platform: "windows",
    confidence: .claimed,
    reason: "the registry of the machine records an installed product of Kaspersky Lab",
    source: "kaspersky.md A1.6")

  static let registryUser = TraceSignature(
    name: "kaspersky_windows_registry_user", component: .registry, platform: "windows",
    confidence: .claimed,
    reason: "the registry of a user records an installed product of Kaspersky Lab",
    source: "kaspersky.md A1.6")

  static let registryServices = TraceSignature(
    name: "kaspersky_windows_registry_services", component: .service, platform: "windows",
    confidence: .claimed,
    reason: "the registry of the machine registers services or drivers of Kaspersky Lab",
    source: "kaspersky.md A1.4, A1.5, A1.6")

  static let registrySettings = TraceSignature(
    name: "kaspersky_windows_registry_settings", component: .registry, platform: "windows",
    confidence: .weak,
    reason: "the registry holds keys of Kaspersky Lab, which an uninstallation may leave behind",
    source: "kaspersky.md A1.6")

  static let dpkg = TraceSignature(
    name: "kaspersky_linux_package_dpkg", component: .package, platform: "linux",
    confidence: .claimed,
    reason: "the database of dpkg lists packages of Kaspersky Lab as installed",
    source: "kaspersky.md A3")

  static let rpm = TraceSignature(
    name: "kaspersky_linux_package_rpm", component: .package, platform: "linux",
    confidence: .claimed,
    reason: "the database of rpm lists packages of Kaspersky Lab as installed",
    source: "kaspersky.md A3")

  static let removedPackage = TraceSignature(
    name: "kaspersky_linux_package_removed", component: .package, platform: "linux",
    confidence: .weak,
    reason:
      "the database of dpkg lists packages of Kaspersky Lab that were removed and left settings",
    source: "kaspersky.md A3")

  /// The signature of a record that was found at `place`.
  static func of(_ trace: Trace, at place: KnownPlace) -> TraceSignature {
    guard trace.kind != .settings else { return registrySettings }
    switch place {
    case .softwareHive: return registrySoftware
    case .userHive: return registryUser
    case .systemHive: return registryServices
    case .dpkgStatus: return trace.isActive == false ? removedPackage : dpkg
    case .rpmDatabase: return rpm
    }
  }
}
