public import Bytes
import Evidence
public import Findings
internal import FoundationEssentials
import GRDB
import Reports

/// Reads the committed content of a case, even while a scan writes it.
public final class CaseReader: Sendable {
  private let path: RawPath
  private let connection: DatabaseQueue

  /// Whether a file states that it is a case; false if it cannot be read.
  public static func isCase(_ path: RawPath) -> Bool {
    (try? SQLiteHeader(path).application) == CaseSchema.applicationID
  }

  /// Opens a case.
  public init(_ path: RawPath) throws(CaseError) {
    self.path = path
    guard let name = path.utf8 else {
      throw CaseError(.unusable, "\(path.shown): the name of a case must be UTF-8")
    }
    do {
      guard try SQLiteHeader(path).application == CaseSchema.applicationID else {
        throw CaseError(.notACase, "\(path.shown): not a case of Trawl")
      }
      connection = try Self.open(name, path)
    } catch {
      throw CaseError(error, path.shown)
    }
  }

  private static func open(_ name: String, _ path: RawPath) throws -> DatabaseQueue {
    func opened(readonly: Bool) throws -> DatabaseQueue {
      var configuration = Configuration()
      configuration.readonly = readonly
      configuration.busyMode = .timeout(10)
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA trusted_schema = OFF") }
      let connection = try DatabaseQueue(path: name, configuration: configuration)
      try connection.read { try CaseSchema.check($0, path.shown) }
      return connection
    }
    do {
      return try opened(readonly: true)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
      // A scan that was killed while it made the file, or closed it, leaves a transaction that the next connection
      // rolls back, and a reader may not write.
      try opened(readonly: false).close()
      return try opened(readonly: true)
    }
  }

  /// Checks the chain.
  public func verify() throws(CaseError) -> CaseVerification {
    try read { try CaseVerification($0) }
  }

  /// Passes on the lines of `trawl scan --format jsonl`: findings and problems, then the inventory and the summary of
  /// the last run that ended, if none was started since.
  public func forEachLine(_ body: (String) throws -> Void) throws {
    try pass { database in
      let run = try CaseRecords.lastRun(database)
      let cursor = try Row.fetchCursor(
        database, sql: CaseRecords.order(of: "line"), arguments: [run, run, run])
      while let row = try cursor.next() { try body(row.text(0)) }
      if let summary = try CaseRecords.summary(database, path) {
        try body(JSONLinesReport.line(of: .summary(summary)))
      }
    }
  }

  /// Passes the records to a sink, as the scan did; returns the summary, nil if the last run has none.
  @discardableResult
  public func replay(to sink: any RecordSink) throws -> Summary? {
    var summary: Summary?
    try pass { summary = try CaseRecords.replay($0, path, to: sink) }
    return summary
  }

  /// Evidence of the case, in order.
  public func evidence() throws(CaseError) -> [CaseEvidence] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT name, name_bytes, kind, size, place, place_bytes FROM evidence ORDER BY id"
      ).map { row in
        return CaseEvidence(
          EvidenceDescription(
            name: row.path(0),
            kind: EvidenceDescription.Kind(rawValue: row.text(2)) ?? .other,
            size: row.integerIfPresent(3).map { UInt64(bitPattern: $0) }),
          place: row.path(4))
      }
    }
  }

  /// Passes on the rows of a listing.
  public func forEachRow(of listing: CaseListing, _ body: (CaseListing.Row) throws -> Void) throws {
    try pass { try listing.forEachRow($0, body) }
  }

  /// Runs a body whose own errors are passed on.
  private func pass(_ body: (Database) throws -> Void) throws {
    do { try connection.read(body) } catch let error as DatabaseError {
      throw CaseError(error, path.shown)
    }
  }

  private func read<Value>(_ body: (Database) throws -> Value) throws(CaseError) -> Value {
    do { return try connection.read(body) } catch { throw CaseError(error, path.shown) }
  }
}
