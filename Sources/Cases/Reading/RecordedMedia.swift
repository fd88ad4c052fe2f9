import Bytes
import Evidence
import GRDB

/// Knowledge of earlier runs about the media: results of carving, and unreadable ranges.
struct RecordedMedia {
  private(set) var searches: [MediumSearch: [UInt8]] = [:]
  private(set) var lost: [RawPath: [Range<UInt64>]] = [:]

  /// Creates the knowledge of no run.
  init() {}

  /// Reads the knowledge that a case holds.
  init(_ database: Database, _ state: CaseState) throws {
    let evidence = Dictionary(
      state.evidence.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
    let rows = try Row.fetchCursor(
      database, sql: "SELECT evidence, start, start + length, parts, result FROM searches")
    while let row = try rows.next() {
      guard let name = evidence[row.integer(0)], let range = Self.range(row) else { continue }
      let search = MediumSearch(
        evidence: name, range: range, parts: row.bytes(3))
      searches[search] = row.bytes(4)
    }
    let places = try Row.fetchCursor(
      database, sql: "SELECT evidence, offset, offset + length FROM lost_ranges")
    while let row = try places.next() {
      guard let name = evidence[row.integer(0)], let range = Self.range(row) else { continue }
      lost[name, default: []].append(range)
    }
  }

  /// Range of the second and third column.
  private static func range(_ row: Row) -> Range<UInt64>? {
    let (start, end) = (row.unsigned(1), row.unsigned(2))
    return start < end ? start..<end : nil
  }
}
