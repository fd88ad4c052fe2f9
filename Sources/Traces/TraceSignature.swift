package import Findings
package import Profiles

/// Signature that turns records of installed software into a finding: the counterpart of a
/// rule, for files that are parsed instead of searched.
package struct TraceSignature: Hashable, Sendable {
  /// Name of the signature, reported under `rule`.
  package let name: String
  /// Component that the record describes.
  package let component: Component
  /// The operating system.
  package let platform: String
  /// Confidence of its findings.
  package let confidence: Confidence
  /// Reason, as text.
  package let reason: String
  /// The source of the facts.
  package let source: String

  /// Namespace of its matches, like those of rules.
  package static let namespace = "trawl"

  /// Signatures of a profile, one for each kind of record.
  package static func all(of profile: VendorProfile) -> [TraceSignature] {
    RecordKind.allCases.map { TraceSignature($0, profile) }
  }

  /// Creates the signature for records of one kind.
  init(_ kind: RecordKind, _ profile: VendorProfile) {
    let (suffix, component, confidence, reason) = kind.meaning(profile.company)
    name = "\(profile.name.lowercased())_\(suffix)"
    self.component = component
    platform = String(suffix.prefix { $0 != "_" })
    self.confidence = confidence
    self.reason = reason
    source = profile.records.sources[kind] ?? "-"
  }
}

extension RecordKind {
  /// Kind of a record found at `place`.
  init(of trace: Trace, at place: KnownPlace) {
    guard trace.kind != .settings else {
      self = .registrySettings
      return
    }
    switch place {
    case .softwareHive: self = .registrySoftware
    case .userHive: self = .registryUser
    case .systemHive: self = .registryServices
    case .dpkgStatus: self = trace.isActive == false ? .removedPackage : .dpkg
    case .rpmDatabase, .databaseLog, .rpmBerkeleyDatabase, .rpmNdbDatabase: self = .rpm
    case .prefetch: self = .prefetch
    case .quarantineIndex: self = .quarantine
    }
  }

  /// Name without the vendor, beginning with the platform; component; confidence; reason.
  fileprivate func meaning(_ company: String) -> (String, Component, Confidence, String) {
    switch self {
    case .registrySoftware:
      (
        "windows_registry_software", .registry, .claimed,
        "the machine's registry records software of \(company)"
      )
    case .registryUser:
      (
        "windows_registry_user", .registry, .claimed,
        "a user's registry records software of \(company)"
      )
    case .registryServices:
      (
        "windows_registry_services", .service, .claimed,
        "the machine's registry lists services or drivers of \(company)"
      )
    case .registrySettings:
      (
        "windows_registry_settings", .registry, .weak,
        "the registry holds keys of \(company), which an uninstaller may leave behind"
      )
    case .dpkg:
      (
        "linux_package_dpkg", .package, .claimed,
        "the dpkg database lists packages of \(company) that are not removed"
      )
    case .rpm:
      (
        "linux_package_rpm", .package, .claimed,
        "the rpm database lists packages of \(company) as installed"
      )
    case .removedPackage:
      (
        "linux_package_removed", .package, .weak,
        "the dpkg database lists removed packages of \(company) that left settings behind"
      )
    case .prefetch:
      (
        "windows_trace_prefetch_compressed", .trace, .weak,
        "is a compressed prefetch file that lists files in a folder of \(company): a program that was started used them"
      )
    case .quarantine:
      (
        "any_quarantine_objects", .quarantine, .weak,
        "the index of a quarantine of \(company) lists files that were put there, which are not \(company)'s"
      )
    }
  }
}
