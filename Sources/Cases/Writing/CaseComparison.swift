import Bytes
import Evidence
import Findings
internal import FoundationEssentials
import GRDB

/// Comparison of a scan with the one that a case was begun with.
enum CaseComparison {
  /// Throws an error that names the changes; only reports changes that may be harmless.
  static func check(
    _ database: Database, _ scan: CaseScan, _ path: RawPath, say: (String) -> Void
  ) throws {
    var changes = [String]()
    try compareSettings(database, scan, &changes)
    try compareRules(database, scan, &changes)
    try compareEvidence(database, scan, &changes, say)
    guard !changes.isEmpty else { return }
    throw CaseError(
      .changed,
      "\(path.shown): the case was begun with another scan:\n"
        + changes.map { "  \($0)\n" }.joined()
        + "choose another file for this scan, or begin the case again with --restart")
  }

  private static func compareSettings(
    _ database: Database, _ scan: CaseScan, _ changes: inout [String]
  ) throws {
    var known: [String: String] = [:]
    for row in try Row.fetchAll(database, sql: "SELECT name, value FROM settings") {
      known[row.text(0)] = row.text(1)
    }
    for (name, value) in scan.settings where known[name] != value {
      changes.append("\(name) was \(known[name] ?? "not recorded"), is \(value)")
    }
  }

  private static func compareRules(
    _ database: Database, _ scan: CaseScan, _ changes: inout [String]
  ) throws {
    let known = try Row.fetchAll(database, sql: "SELECT name, sha256 FROM rule_sets ORDER BY id")
      .map { "\($0.text(0)) (SHA-256 \($0.text(1)))" }
    let current = scan.ruleSets.map { "\($0.name) (SHA-256 \($0.sha256))" }
    for rules in known where !current.contains(rules) {
      changes.append("without the rules \(rules)")
    }
    for rules in current where !known.contains(rules) { changes.append("with the rules \(rules)") }
    if changes.isEmpty, known != current { changes.append("the order of the rules differs") }
  }

  private static func compareEvidence(
    _ database: Database, _ scan: CaseScan, _ changes: inout [String], _ say: (String) -> Void
  ) throws {
    // Evidence that is not a target has no file and no identity.
    let rows = try Row.fetchAll(
      database,
      sql:
        "SELECT id, name, name_bytes, place, kind, size, device, inode FROM evidence WHERE batch = 1"
    )
    let known = rows.map { $0.path(1) }
    let current = scan.evidence.map(\.description.name)
    guard known == current else {
      let names = { (names: [RawPath]) in names.map(\.shown).joined(separator: ", ") }
      changes.append("the targets were \(names(known)), are \(names(current))")
      return
    }
    for (row, evidence) in zip(rows, scan.evidence) {
      let name = evidence.description.name.shown
      func compare(_ what: String, _ before: String?, _ now: String?) {
        guard before != now else { return }
        changes.append("\(name): \(what) was \(before ?? "unknown"), is \(now ?? "unknown")")
      }
      compare("path", row.text(3), evidence.place.shown)
      compare("kind", row.text(4), evidence.description.kind.rawValue)
      compare(
        "size", row.integerIfPresent(5).map { String($0) },
        evidence.description.size.map { String(Int64(truncatingIfNeeded: $0)) })
      let identity = evidence.identity
      compare(
        "device and inode", row.integerIfPresent(6).map { "\($0) \(row.integer(7))" },
        identity.map {
          "\(Int64(truncatingIfNeeded: $0.device)) \(Int64(truncatingIfNeeded: $0.inode))"
        })
      try compareFiles(database, row.integer(0), evidence, &changes, say)
    }
  }

  private static func compareFiles(
    _ database: Database, _ row: Int64, _ evidence: CaseEvidence, _ changes: inout [String],
    _ say: (String) -> Void
  ) throws {
    let files = try Row.fetchAll(
      database,
      sql: """
        SELECT path, path_bytes, size, modified, changed FROM evidence_files WHERE evidence = ? \
        ORDER BY id
        """, arguments: [row])
    let name = evidence.description.name.shown
    guard files.map({ $0.path(0) }) == evidence.files.map(\.path) else {
      changes.append("\(name): consists of other files")
      return
    }
    for (known, file) in zip(files, evidence.files) {
      let path = file.path.shown
      let size = Int64(truncatingIfNeeded: file.state.size)
      if known.integer(2) != size {
        changes.append("\(path): size was \(known.integer(2)), is \(size)")
      }
      let modified = file.state.modified.rfc3339 ?? ""
      if known.text(3) != modified {
        changes.append("\(path): last change of content was \(known.text(3)), is \(modified)")
      } else if known.text(4) != file.state.changed.rfc3339 ?? "" {
        say(
          "note: \(path): its metadata changed since the case was begun, its size and the time of its content"
            + " did not")
      }
    }
  }

  /// Throws if an image is not the one that an earlier run described.
  static func check(
    _ medium: MediumDescription, _ database: Database, evidence: Int64, batch: Int64
  )
    throws
  {
    let known = try Row.fetchOne(
      database,
      sql: "SELECT batch, container, size FROM images WHERE evidence = ? ORDER BY id LIMIT 1",
      arguments: [evidence])
    guard let known, known.integer(0) != batch else { return }
    let digests = try Row.fetchAll(
      database,
      sql: """
        SELECT algorithm, digest FROM digests WHERE evidence = ? AND batch = ? AND \
        origin = 'stored' ORDER BY id
        """, arguments: [evidence, known.integer(0)]
    ).map { "\($0.text(0)) \($0.text(1))" }
    let current = medium.digests.map { "\($0.algorithm) \(Hexadecimal.text(of: $0.bytes))" }
    guard known.text(1) == medium.container,
      known.integer(2) == Int64(truncatingIfNeeded: medium.size),
      digests == current
    else {
      throw CaseError(
        .changed,
        "\(medium.evidence.shown): not the image that the case was begun with: its container, size or stored"
          + " digests differ; begin again with --restart")
    }
  }
}
