import Profiles

/// Packages in an rpm database in SQLite format, which rpm uses since 4.16.
struct RpmDatabase {
  /// The company's packages; the total size of the headers is limited.
  let packages: RpmPackages

  /// Reads a complete database.
  init(_ bytes: UnsafeRawBufferPointer, _ names: RecordNames) {
    var packages = RpmPackages(names, size: bytes.count)
    if packages.isReadable { Self.read(bytes, into: &packages) }
    self.packages = packages
  }

  private static func read(_ bytes: UnsafeRawBufferPointer, into packages: inout RpmPackages) {
    if UntrustedDatabase.isTruncated(bytes) { packages.note("it is truncated") }
    guard let database = UntrustedDatabase(bytes) else {
      packages.note("SQLite cannot open it")
      return
    }
    var errors = [String]()
    // Other databases have no such table.
    if database.hasTable("Packages", { errors.append($0) }) {
      database.forEachRow(
        of: "SELECT hnum, blob FROM Packages", { errors.append($0) },
        { row in
          packages.add(row.blob(1), number: UInt32(truncatingIfNeeded: row.number(0)))
        })
    }
    for error in errors { packages.note(error) }
  }
}
