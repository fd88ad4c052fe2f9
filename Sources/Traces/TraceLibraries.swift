internal import CSQLite

/// Libraries that read artifacts of installed software.
package enum TraceLibraries {
  /// Versions by name.
  package static var versions: [String: String] {
    ["sqlite": String(cString: sqlite3_libversion())]
  }
}
