/// Confidence that the software is the vendor's. It rates resistance to forgery, not the match.
public enum Confidence: String, Hashable, Sendable, CaseIterable, Comparable, Codable {
  /// No other confidence applies; excluded from the inventory and, by default, from the exit status.
  case weak
  /// The file itself claims the vendor, by its version resource or a certificate that leads to no pinned
  /// one.
  case claimed
  /// The code contains marks that are not casually forged: driver banners, device links, build
  /// paths.
  case strong
  /// A valid code signature that leads to a pinned certificate.
  case confirmed

  /// Orders by increasing confidence.
  public static func < (left: Confidence, right: Confidence) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int {
    switch self {
    case .weak: 0
    case .claimed: 1
    case .strong: 2
    case .confirmed: 3
    }
  }
}

/// Role of a finding within a product.
public enum Component: String, Hashable, Sendable, CaseIterable, Codable {
  case application, driver, library, database, installer, service, configuration, licence
  case quarantine, package, registry, trace
  case kernelModule = "kernel_module"
}
