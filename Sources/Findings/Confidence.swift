/// How sure a finding is that the software is the vendor's; about forgery, not about the match.
public enum Confidence: String, Hashable, Sendable, CaseIterable, Comparable {
  /// Anything that is neither of the others: outside the inventory and the exit status.
  case weak
  /// The file says so of itself, by its version resource or a certificate that leads to no pinned one.
  case claimed
  /// The code carries what nobody forges casually: driver banners, device links, build paths.
  case strong
  /// A valid code signature that leads to a pinned certificate.
  case confirmed

  /// The less sure first.
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

/// What part of a product a finding is.
public enum Component: String, Hashable, Sendable, CaseIterable {
  case application, driver, library, database, installer, service, configuration, licence
  case quarantine, package, registry, trace
  case kernelModule = "kernel_module"
}
