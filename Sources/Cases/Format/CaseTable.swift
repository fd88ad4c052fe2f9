/// Tables of a case whose rows are chained. docs/case-format.md describes their columns.
///
/// Each also has `id`, its primary key in order of insertion, and `batch`, the batch that it was written in. Rows
/// are never changed.
enum CaseTable: String, CaseIterable {
  case properties, runs
  case runEnds = "run_ends"
  case settings
  case ruleSets = "rule_sets"
  case evidence
  case evidenceFiles = "evidence_files"
  case images, digests, volumes, items
  case itemBlocks = "item_blocks"
  case candidates
  case findings
  case findingRules = "finding_rules"
  case findingReasons = "finding_reasons"
  case signatures, artifacts, problems, products
  case contextFiles = "context_files"
  case media, counts
  case sharedContents = "shared_contents"
  case lostRanges = "lost_ranges"
  case searches, summaries

  /// Columns after `id` and `batch`, as SQL declares them.
  var columns: [String] {
    switch self {
    case .properties: ["name TEXT NOT NULL", "value TEXT NOT NULL"]
    case .runs:
      [
        "started TEXT NOT NULL", "tool TEXT NOT NULL", "libraries TEXT NOT NULL",
        "command_line TEXT NOT NULL", "folder TEXT NOT NULL", "host TEXT NOT NULL",
        "user TEXT NOT NULL", "process INTEGER NOT NULL",
      ]
    case .runEnds:
      [
        "run INTEGER NOT NULL", "ended TEXT NOT NULL", "state TEXT NOT NULL",
        "changed_items INTEGER NOT NULL",
      ]
    case .settings: ["name TEXT NOT NULL", "value TEXT NOT NULL"]
    case .ruleSets: ["name TEXT NOT NULL", "sha256 TEXT NOT NULL"]
    case .evidence:
      [
        "name TEXT NOT NULL", "name_bytes BLOB", "place TEXT NOT NULL", "place_bytes BLOB",
        "kind TEXT NOT NULL",
        "size INTEGER", "device INTEGER", "inode INTEGER",
      ]
    case .evidenceFiles:
      [
        "evidence INTEGER NOT NULL", "path TEXT NOT NULL", "path_bytes BLOB",
        "size INTEGER NOT NULL", "modified TEXT NOT NULL", "changed TEXT NOT NULL",
      ]
    case .images:
      ["evidence INTEGER NOT NULL", "container TEXT NOT NULL", "size INTEGER NOT NULL"]
    case .digests:
      [
        "evidence INTEGER NOT NULL", "origin TEXT NOT NULL", "algorithm TEXT NOT NULL",
        "digest TEXT NOT NULL", "is_equal INTEGER",
      ]
    case .volumes:
      [
        "evidence INTEGER NOT NULL", "number INTEGER NOT NULL", "start INTEGER NOT NULL",
        "length INTEGER NOT NULL", "type TEXT NOT NULL", "name TEXT",
      ]
    case .items:
      place + [
        "detail INTEGER", "size INTEGER NOT NULL", "stamp INTEGER", "outcome TEXT NOT NULL",
        "reason TEXT",
      ]
    case .itemBlocks:
      [
        "evidence INTEGER NOT NULL", "volume INTEGER", "count INTEGER NOT NULL",
        "data BLOB NOT NULL",
      ]
    case .candidates: ["data TEXT NOT NULL"]
    case .findings:
      place + [
        "item INTEGER NOT NULL", "first_path INTEGER NOT NULL", "position INTEGER NOT NULL",
        "item_id TEXT NOT NULL", "rule TEXT NOT NULL", "confidence TEXT", "vendor TEXT",
        "product TEXT", "product_version TEXT", "version TEXT", "component TEXT", "platform TEXT",
        "embedded INTEGER NOT NULL", "size INTEGER NOT NULL", "inode TEXT", "offset INTEGER",
        "md5 TEXT", "sha1 TEXT", "sha256 TEXT", "modified TEXT", "created TEXT", "accessed TEXT",
        "changed TEXT", "line TEXT NOT NULL", "data TEXT NOT NULL",
      ]
    case .findingRules:
      ["finding INTEGER NOT NULL", "rule TEXT NOT NULL", "namespace TEXT NOT NULL"]
    case .findingReasons: ["finding INTEGER NOT NULL", "reason TEXT NOT NULL"]
    case .signatures:
      [
        "finding INTEGER NOT NULL", "depth INTEGER NOT NULL", "digest TEXT NOT NULL",
        "signature_valid INTEGER NOT NULL", "signer TEXT", "organization TEXT", "issuer TEXT",
        "sha256 TEXT", "program_name TEXT", "timestamp TEXT",
      ]
    case .artifacts:
      [
        "finding INTEGER NOT NULL", "kind TEXT NOT NULL", "place TEXT NOT NULL", "product TEXT",
        "edition TEXT", "version TEXT", "folder TEXT", "program TEXT", "active INTEGER",
        "written TEXT",
      ]
    case .problems:
      place + [
        "run INTEGER NOT NULL", "item INTEGER", "position INTEGER NOT NULL",
        "outcome TEXT NOT NULL",
        "reason TEXT NOT NULL", "message TEXT NOT NULL", "line TEXT NOT NULL", "data TEXT NOT NULL",
      ]
    case .products:
      [
        "run INTEGER NOT NULL", "evidence INTEGER", "volume INTEGER", "product TEXT NOT NULL",
        "vendor TEXT", "edition TEXT", "versions TEXT NOT NULL", "installation TEXT NOT NULL",
        "confidence TEXT NOT NULL", "state TEXT NOT NULL", "embedded INTEGER NOT NULL",
        "first_time TEXT", "last_time TEXT", "line TEXT NOT NULL", "data TEXT NOT NULL",
      ]
    case .contextFiles:
      place + [
        "run INTEGER NOT NULL", "product TEXT NOT NULL", "line TEXT NOT NULL", "data TEXT NOT NULL",
      ]
    case .media:
      [
        "run INTEGER NOT NULL", "evidence INTEGER", "size INTEGER NOT NULL",
        "items INTEGER NOT NULL", "metadata INTEGER NOT NULL", "slack INTEGER NOT NULL",
        "carved INTEGER NOT NULL", "unallocated INTEGER NOT NULL", "gaps INTEGER NOT NULL",
        "unread INTEGER NOT NULL", "unowned INTEGER NOT NULL", "known_zeros INTEGER NOT NULL",
      ]
    case .counts:
      ["run INTEGER", "name TEXT NOT NULL", "value INTEGER NOT NULL"]
    case .sharedContents:
      [
        "evidence INTEGER", "device INTEGER NOT NULL", "inode INTEGER NOT NULL",
        "stream INTEGER NOT NULL", "place TEXT", "finding INTEGER",
      ]
    case .lostRanges:
      ["evidence INTEGER NOT NULL", "offset INTEGER NOT NULL", "length INTEGER NOT NULL"]
    case .searches:
      [
        "evidence INTEGER NOT NULL", "start INTEGER NOT NULL", "length INTEGER NOT NULL",
        "parts BLOB NOT NULL", "result BLOB NOT NULL",
      ]
    case .summaries: ["run INTEGER NOT NULL", "data TEXT NOT NULL"]
    }
  }

  /// Columns of a locator.
  private var place: [String] {
    [
      "evidence INTEGER NOT NULL", "volume INTEGER", "path TEXT NOT NULL", "path_bytes BLOB",
      "stream TEXT", "stream_bytes BLOB", "state TEXT",
    ]
  }

  /// Statement that creates the table.
  var declaration: String {
    "CREATE TABLE \(rawValue) (id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, "
      + columns.joined(separator: ", ") + ")"
  }

  /// Statement that inserts a row, with an argument for each column.
  var insertion: String { Self.insertions[self] ?? newInsertion }

  private static let insertions = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0, $0.newInsertion) })

  private var newInsertion: String {
    "INSERT INTO \(rawValue) VALUES (?, ?" + String(repeating: ", ?", count: columns.count) + ")"
  }
}
