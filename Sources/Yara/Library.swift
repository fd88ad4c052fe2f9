internal import CYara

/// libyara as a whole.
public enum Library {
  /// The version that this package was built against, such as `4.2.3`.
  public static var version: String { String(cString: trawl_yara_version()) }

  /// libyara counts its initialisations in a plain integer: a module global of Swift runs once,
  /// whichever thread comes first. It is never finalised; its memory lives as long as the process.
  private static let status: Int32 = yr_initialize()

  /// Makes sure that the library is ready.
  static func initialize() throws(YaraError) {
    try YaraError.check(status, "libyara could not be initialised")
  }
}
