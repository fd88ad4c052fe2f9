import Bytes
import Evidence
import Findings
internal import FoundationEssentials
import GRDB

/// The records of a case, in the order of a scan's.
enum CaseRecords {
  /// Row of the last run.
  static func lastRun(_ database: Database) throws -> Int64 {
    try Int64.fetchOne(database, sql: "SELECT max(id) FROM runs") ?? 0
  }

  /// Whether the last run came to its end.
  static func isComplete(_ database: Database) throws -> Bool {
    try String.fetchOne(
      database, sql: "SELECT state FROM run_ends WHERE run = ?", arguments: [try lastRun(database)])
      == "complete"
  }

  /// Query of a column of all records but the summary, with three arguments: the last run. Problems of sources are
  /// those of the last run, which reports them anew.
  static func order(of column: String) -> String {
    """
    SELECT \(column), kind FROM (\
    SELECT \(column), 0 AS kind, position AS rank FROM findings UNION ALL \
    SELECT \(column), 1, position FROM problems WHERE item IS NOT NULL OR run = ? UNION ALL \
    SELECT \(column), 2, (1 << 62) + id FROM products WHERE run = ? UNION ALL \
    SELECT \(column), 3, (1 << 62) + (1 << 61) + id FROM context_files WHERE run = ?) ORDER BY rank
    """
  }

  /// Summary of the last run, with the place and the head of its case; nil if it has not ended.
  static func summary(_ database: Database, _ path: RawPath) throws -> Summary? {
    let text = try String.fetchOne(
      database, sql: "SELECT data FROM summaries WHERE run = ?",
      arguments: [try lastRun(database)])
    guard let text else { return nil }
    var summary = try JSONDecoder().decode(Summary.self, from: Data(text.utf8))
    let head = try Data.fetchOne(database, sql: "SELECT hash FROM batches ORDER BY id DESC LIMIT 1")
    summary.custody.caseFile = CaseReference(
      file: path, head: Hexadecimal.text(of: [UInt8](head ?? Data())))
    return summary
  }

  /// Passes on every record.
  static func replay(_ database: Database, _ path: RawPath, to sink: any RecordSink) throws
    -> Summary?
  {
    let run = try lastRun(database)
    let decoder = JSONDecoder()
    let cursor = try Row.fetchCursor(
      database, sql: order(of: "data"), arguments: [run, run, run])
    while let row = try cursor.next() {
      let data = Data(row.text(0).utf8)
      switch row.integer(1) {
      case 0: try sink.receive(.finding(decoder.decode(Finding.self, from: data)))
      case 1: try sink.receive(.problem(decoder.decode(Problem.self, from: data)))
      case 2: try sink.receive(.product(decoder.decode(Product.self, from: data)))
      default: try sink.receive(.context(decoder.decode(OtherFile.self, from: data)))
      }
    }
    let summary = try summary(database, path)
    if let summary { try sink.receive(.summary(summary)) }
    return summary
  }
}
