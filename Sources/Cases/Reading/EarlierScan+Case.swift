import Bytes
import Engine
import Evidence
import Findings
internal import FoundationEssentials
import GRDB

extension EarlierScan {
  /// Reads the results of earlier runs.
  init(_ database: Database, state: CaseState) throws {
    self.init()
    let counts = try Row.fetchCursor(
      database, sql: "SELECT name, sum(value) FROM counts WHERE run IS NULL GROUP BY name")
    var known: [String: UInt64] = [:]
    while let row = try counts.next() { known[row.text(0)] = row.unsigned(1) }
    ledger = Ledger(counts: known)
    let decoder = JSONDecoder()
    var findings: [Int64: Finding] = [:]
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT position, 0, id, first_path, data FROM findings UNION ALL \
        SELECT position, 1, id, 0, data FROM problems WHERE item IS NOT NULL ORDER BY 1
        """)
    while let row = try rows.next() {
      let data = Data(row.text(4).utf8)
      if row.integer(1) == 0 {
        let finding = try decoder.decode(Finding.self, from: data)
        findings[row.integer(2)] = finding
        reports.append(.finding(finding, isFirstPath: row.integer(3) != 0))
      } else {
        reports.append(.problem(try decoder.decode(Problem.self, from: data)))
      }
    }
    let evidence = Dictionary(uniqueKeysWithValues: state.evidence.map { ($0.value, $0.key) })
    let candidates = try String.fetchCursor(
      database, sql: "SELECT data FROM candidates ORDER BY id")
    while let text = try candidates.next() {
      clean.append(try decoder.decode(Locator.self, from: Data(text.utf8)))
    }
    let shared = try Row.fetchCursor(
      database, sql: "SELECT evidence, device, inode, stream, place, finding FROM shared_contents")
    while let row = try shared.next() {
      let image = row.integerIfPresent(0).flatMap { evidence[$0] }
      let content = SharedContent(
        identity: ContentIdentity(
          image: image, device: row.unsigned(1),
          inode: row.unsigned(2), stream: row.unsigned(3)),
        place: row.textIfPresent(4))
      contents.append((content, row.integerIfPresent(5).flatMap { findings[$0] }))
    }
    let runs = try Row.fetchAll(
      database,
      sql: """
        SELECT runs.started, max(batches.time) FROM runs JOIN batches ON batches.run = runs.id \
        GROUP BY runs.id ORDER BY runs.id
        """)
    for row in runs {
      guard let began = Timestamp(rfc3339: row.text(0)), let last = Timestamp(rfc3339: row.text(1))
      else {
        continue
      }
      start = start ?? began
      seconds += max(
        0,
        Double(last.seconds - began.seconds)
          + (Double(last.nanoseconds) - Double(began.nanoseconds)) / 1e9)
    }
  }
}
