import Bytes
import Evidence
import Findings
import Profiles

/// The index of a quarantine: a database of SQLite with a row for each object, which says what it was, and where it was
/// found (docs/facts.md#quarantine). The objects are malware or what was taken for it, never the vendor's.
struct QuarantineIndex {
  /// The objects, in the order of the rows.
  private(set) var traces: [Trace] = []
  /// Description of the first defect; nil if there was none.
  private(set) var damage: String?

  /// Reads a complete database; databases of a vendor without a known index have none.
  init(_ bytes: UnsafeRawBufferPointer, _ names: RecordNames) {
    guard names.sources[.quarantine] != nil else { return }
    guard bytes.count <= UntrustedDatabase.mostBytes else {
      damage = "it has more than \(UntrustedDatabase.mostBytes) bytes"
      return
    }
    if UntrustedDatabase.isTruncated(bytes) { damage = "it is truncated" }
    guard let database = UntrustedDatabase(bytes) else {
      damage = damage ?? "SQLite cannot open it"
      return
    }
    var errors = [String]()
    var traces = [Trace]()
    if database.hasTable("objects", { errors.append($0) }),
      database.hasTable("objattrs", { errors.append($0) })
    {
      var columns: Columns?
      database.forEachRow(
        of: "SELECT * FROM objects", { errors.append($0) },
        { row in
          columns = columns ?? Columns(row.columns)
          // Other databases may have tables with these names.
          guard let columns else { return false }
          if let trace = columns.trace(of: row) { traces.append(trace) }
          return traces.count < TraceReading.mostTraces
        })
    }
    self.traces = traces
    damage = damage ?? errors.first
  }

  /// The result of reading the index.
  var reading: TraceReading {
    TraceReading(
      traces,
      damage.map {
        ItemProblem(
          .unreadable, "the index of the quarantine is damaged; objects may be missing: \($0)")
      })
  }
}

/// Places of the columns that are read, among others.
private struct Columns {
  let identifier: Int
  let threat: Int
  let folder: Int?
  let name: Int?
  let user: Int?

  init?(_ columns: [String]) {
    func place(_ name: String) -> Int? { columns.firstIndex(of: name) }
    guard let identifier = place("uuid"), let threat = place("virname") else { return nil }
    self.identifier = identifier
    self.threat = threat
    (folder, name, user) = (place("path"), place("name"), place("user"))
  }

  /// The record of an object; nil if it has no name.
  func trace(of row: UntrustedDatabase.Row) -> Trace? {
    guard let identifier = row.text(identifier) else { return nil }
    func text(_ column: Int?) -> String? { column.flatMap { row.text($0) } }
    let facts = [text(threat), text(user).map { "of the user \($0)" }].compactMap(\.self)
    return Trace(
      kind: .quarantined,
      place: ([identifier] + facts).joined(separator: ", "),
      program: Self.path(text(folder), text(name)))
  }

  /// Path of the file, whether the folder is stated with its name or without.
  private static func path(_ folder: String?, _ name: String?) -> String? {
    guard let folder, let name else { return folder ?? name }
    if folder.last == "\\" || folder.last == "/" { return folder + name }
    return folder.hasSuffix("\\" + name) || folder == name ? folder : folder + "\\" + name
  }
}
