import Bytes
import Evidence
import Findings
internal import FoundationEssentials
import GRDB

/// A listing of a case: rows with named columns.
public enum CaseListing: Sendable {
  /// Counts of items and of bytes.
  case ledger
  /// Findings, one for each path.
  case findings
  /// The inventory.
  case products
  /// Items that were not scanned.
  case problems
  /// Items with this outcome, or all.
  case items(outcome: String?)

  /// Value of one column.
  public enum Cell: Hashable, Sendable {
    case absent
    case text(String)
    case number(UInt64)
  }

  /// One row.
  public struct Row: Sendable {
    /// A value for each column.
    public let cells: [Cell]
    /// Line of JSON of the scan's report; nil for rows that the report does not have.
    public let line: String?
  }

  /// Outcomes of items.
  public static let outcomes = ["matched", "clean", "skipped", "failed", "ignored", "hard_link"]

  /// Names of the columns.
  public var columns: [String] {
    switch self {
    case .ledger: ["account", "name", "count"]
    case .findings:
      [
        "confidence", "product", "product_version", "version", "component", "rule", "evidence",
        "volume", "path", "stream", "state", "offset", "size", "item_id", "md5", "sha1", "sha256",
        "modified", "created",
      ]
    case .products:
      [
        "product", "vendor", "edition", "versions", "state", "confidence", "embedded", "evidence",
        "volume", "installation", "first_time", "last_time",
      ]
    case .problems:
      ["outcome", "reason", "evidence", "volume", "path", "stream", "state", "message"]
    case .items: ["outcome", "reason", "evidence", "volume", "path", "stream", "state", "size"]
    }
  }

  /// Columns of a table for people.
  public var shownColumns: [String] {
    switch self {
    case .findings: ["confidence", "component", "product", "version", "volume", "path", "sha256"]
    case .products:
      ["product", "versions", "state", "confidence", "evidence", "volume", "installation"]
    case .problems: ["outcome", "reason", "evidence", "volume", "path", "message"]
    case .ledger, .items: columns
    }
  }

  func forEachRow(_ database: Database, _ body: (Row) throws -> Void) throws {
    let run = try CaseRecords.lastRun(database)
    switch self {
    case .ledger: for row in try LedgerRows.rows(database, run: run) { try body(row) }
    case .findings: try query(database, from: "findings", order: "position", [], body)
    case .products:
      try query(database, from: "products", where: "entry.run = ?", order: "entry.id", [run], body)
    case .problems:
      try query(
        database, from: "problems", where: "entry.item IS NOT NULL OR entry.run = ?",
        order: "position", [run], body)
    case .items(let outcome):
      try query(
        database, from: "items", where: outcome == nil ? "1" : "entry.outcome = ?",
        order: "entry.id", StatementArguments(outcome.map { [$0] } ?? []), body)
      if outcome == nil || PackedItemRows.outcomes.contains(outcome!) {
        try PackedItemRows.forEach(database, outcome: outcome, body)
      }
    }
  }

  /// Passes on the columns of a table, with the names of evidence and volume.
  private func query(
    _ database: Database, from table: String, where condition: String = "1", order: String,
    _ arguments: StatementArguments, _ body: (Row) throws -> Void
  ) throws {
    let names = columns.map { column in
      switch column {
      case "evidence": "evidence.name"
      case "volume": "volumes.number"
      default: "entry.\(column)"
      }
    }
    let hasLine = table != "items"
    let cursor = try GRDB.Row.fetchCursor(
      database,
      sql: """
        SELECT \((names + (hasLine ? ["entry.line"] : [])).joined(separator: ", ")) FROM \(table) AS entry \
        LEFT JOIN evidence ON evidence.id = entry.evidence \
        LEFT JOIN volumes ON volumes.id = entry.volume WHERE \(condition) ORDER BY \(order)
        """, arguments: arguments)
    while let row = try cursor.next() {
      let cells = names.indices.map { Cell(row.value($0)) }
      try body(Row(cells: cells, line: hasLine ? row.text(names.count) : nil))
    }
  }
}

extension CaseListing.Cell {
  init(_ value: DatabaseValue) {
    switch value.storage {
    case .null: self = .absent
    case .int64(let number): self = .number(UInt64(bitPattern: number))
    case .double(let number): self = .text(String(number))
    case .string(let text): self = .text(text)
    case .blob(let data): self = .text(Hexadecimal.text(of: data))
    }
  }

  init(_ text: String?) { self = text.map(Self.text) ?? .absent }
}

/// Rows of packed items.
private enum PackedItemRows {
  /// Outcomes that packed items can have.
  static let outcomes: Set<String> = ["clean", "hard_link", "ignored"]

  static func forEach(
    _ database: Database, outcome: String?, _ body: (CaseListing.Row) throws -> Void
  ) throws {
    var names: [Int64: String] = [:]
    for row in try GRDB.Row.fetchAll(database, sql: "SELECT id, name FROM evidence") {
      names[row.integer(0)] = row.text(1)
    }
    var volumes: [Int64: UInt64] = [:]
    for row in try GRDB.Row.fetchAll(database, sql: "SELECT id, number FROM volumes") {
      volumes[row.integer(0)] = row.unsigned(1)
    }
    let cursor = try GRDB.Row.fetchCursor(
      database, sql: "SELECT id, evidence, volume, count, data FROM item_blocks ORDER BY id")
    while let row = try cursor.next() {
      let block = try ItemBlock(row)
      let volume = block.volume.flatMap { volumes[$0] }.map(CaseListing.Cell.number) ?? .absent
      for entry in block.entries {
        let own = entry.isLink ? "hard_link" : entry.isLeft ? "ignored" : "clean"
        guard outcome == nil || outcome == own else { continue }
        try body(
          CaseListing.Row(
            cells: [
              .text(own), entry.isLeft ? .text("archives") : .absent,
              CaseListing.Cell(names[block.evidence]), volume,
              .text(RawPath(entry.path).shown),
              CaseListing.Cell(entry.stream.map { RawPath($0).shown }),
              CaseListing.Cell(entry.state?.rawValue), .number(entry.size),
            ], line: nil))
      }
    }
  }
}

/// Rows of the ledger: counts by outcome and reason, and the parts of each medium.
private enum LedgerRows {
  static func rows(_ database: Database, run: Int64) throws -> [CaseListing.Row] {
    var counts: [String: UInt64] = [:]
    for row in try GRDB.Row.fetchAll(
      database,
      sql: "SELECT name, sum(value) FROM counts WHERE run IS NULL OR run = ? GROUP BY name",
      arguments: [run])
    {
      counts[row.text(0)] = row.unsigned(1)
    }
    let ledger = Ledger(counts: counts)
    var rows = [
      row("items", "seen", ledger.seen), row("items", "matched", ledger.matched),
      row("items", "clean", ledger.clean), row("items", "skipped", ledger.skippedCount),
      row("items", "failed", ledger.failedCount), row("items", "partly_read", ledger.partlyRead),
    ]
    for (name, value) in ledger.counts {
      let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
      if parts.count == 2 {
        rows.append(row(parts[0], parts[1], Int(clamping: value)))
      } else if name.hasPrefix("bytes_") {
        rows.append(row("bytes", String(name.dropFirst(6)), Int(clamping: value)))
      } else if !["matched", "clean", "partly_read"].contains(name) {
        rows.append(row("stages", name, Int(clamping: value)))
      }
    }
    let parts = ["items", "metadata", "slack", "carved", "unallocated", "gaps", "unread", "size"]
    for medium in try GRDB.Row.fetchAll(
      database,
      sql: """
        SELECT evidence.name, \(parts.map { "media." + $0 }.joined(separator: ", ")) FROM media \
        JOIN evidence ON evidence.id = media.evidence WHERE media.run = ? ORDER BY media.id
        """, arguments: [run])
    {
      for (index, part) in parts.enumerated() {
        rows.append(
          CaseListing.Row(
            cells: [
              .text(medium.text(0)), .text(part), CaseListing.Cell(medium.value(index + 1)),
            ],
            line: nil))
      }
    }
    return rows
  }

  private static func row(_ account: String, _ name: String, _ count: Int) -> CaseListing.Row {
    CaseListing.Row(
      cells: [.text(account), .text(name), .number(UInt64(clamping: count))], line: nil)
  }
}
