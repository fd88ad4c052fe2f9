internal import CYara

/// The libyara library.
public enum Library {
  /// Version of the headers that this package was built with, such as `4.2.3`.
  public static var version: String { String(cString: trawl_yara_version()) }

  /// Release of those headers: `Library.release >= (4, 5)` tests for additions of 4.5.
  public static var release: (major: Int32, minor: Int32) { (YR_MAJOR_VERSION, YR_MINOR_VERSION) }

  /// Names of the modules that libyara was built with, in its order; empty before 4.5.
  public static var moduleNames: [String] {
    var names: [String] = []
    while let name = trawl_yara_module_name(UInt32(names.count)) {
      names.append(String(cString: name))
    }
    return names
  }

  /// Evaluation semantics of a libyara release. Conditions have different meanings between them:
  /// `docs/sieve.md` lists the differences.
  public enum Semantics: String, Sendable, CaseIterable {
    /// Evaluation of libyara 4.2.3.
    case v42 = "4.2"
    /// Evaluation of libyara 4.5.2 to 4.5.8.
    case v45 = "4.5"
  }

  /// Semantics of the loaded library, determined by probing it; nil if not known well enough to
  /// predict its answers.
  public static var semantics: Semantics? { try? state.get() }

  /// libyara counts its initialisations in a plain integer; a Swift module global is initialised
  /// exactly once, whichever thread comes first. The library is never finalised; its memory lives
  /// as long as the process.
  private static let state: Result<Semantics?, YaraError> = {
    let status = yr_initialize()
    do throws(YaraError) {
      try YaraError.check(status, "libyara could not be initialised")
    } catch { return .failure(error) }
    guard let probe = LibraryProbe() else {
      return .failure(
        YaraError(.otherLibrary, "libyara does not compile a rule; install libyara \(version)"))
    }
    guard probe.arenaVersion == UInt8(YR_ARENA_FILE_VERSION) else {
      return .failure(
        YaraError(
          .otherLibrary,
          "this program was built for libyara \(version), whose rules have format "
            + "\(YR_ARENA_FILE_VERSION); the libyara that was loaded writes format "
            + "\(probe.arenaVersion). Install libyara \(version), or rebuild the program"))
    }
    return .success(semantics(of: probe, headers: version))
  }()

  /// Semantics of a library with these answers and headers of this version. Both must agree:
  /// answers alone do not identify a release that was never compared.
  static func semantics(of probe: LibraryProbe, headers: String) -> Semantics? {
    switch probe.semantics {
    case .v42 where headers == "4.2.3": .v42
    case .v45 where headers.hasPrefix("4.5."): .v45
    default: nil
    }
  }

  /// Initialises the library, and verifies that it is the one that the headers describe.
  static func initialize() throws(YaraError) { _ = try state.get() }
}
