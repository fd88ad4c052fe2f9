import Bytes
import Evidence
import Findings
internal import FoundationEssentials
import GRDB

/// Writes one batch: rows of the chained tables, and the row that chains them.
struct BatchWriter {
  let database: Database
  private var hash = BatchHash()
  private let encoder = JSONEncoder()
  /// Numbers that the case has reached with this batch.
  var state: CaseState

  private var last: (name: RawPath, volume: Volume?, rows: (evidence: Int64, volume: Int64?))?

  /// Begins the batch that follows `state`.
  init(_ database: Database, after state: CaseState) {
    self.database = database
    self.state = state
    self.state.batch += 1
  }

  /// Inserts a row, without its identifier and its batch, and returns its identifier.
  @discardableResult
  mutating func insert(_ values: [DatabaseValue], into table: CaseTable) throws -> Int64 {
    let identifier = state.identifiers[table, default: 0] + 1
    state.identifiers[table] = identifier
    let all = [identifier.databaseValue, state.batch.databaseValue] + values
    try database.cachedStatement(sql: table.insertion).execute(arguments: StatementArguments(all))
    hash.add(all, to: table)
    return identifier
  }

  /// Ends the batch, and returns the numbers that the case has then.
  func finish(at time: Timestamp) throws -> CaseState {
    let own = [
      state.batch.databaseValue, state.run.databaseValue, CaseValue.time(time),
      CaseValue.blob(state.head),
    ]
    let head = hash.finish(own, after: state.head)
    try database.execute(
      sql: "INSERT INTO batches VALUES (?, ?, ?, ?, ?)",
      arguments: StatementArguments(own + [CaseValue.blob(head)]))
    var state = state
    state.head = head
    return state
  }

  // MARK: Parts of rows

  /// Text that gives a value back.
  func encoded(_ value: some Encodable) throws -> DatabaseValue {
    CaseValue.text(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// Rank of the next finding or problem.
  mutating func nextPosition() -> DatabaseValue {
    state.position += 1
    return state.position.databaseValue
  }

  /// Row of evidence, inserted if a source brings evidence that is not a target.
  mutating func evidence(_ name: RawPath) throws -> Int64 {
    if let known = state.evidence[name] { return known }
    return try insert(
      CaseEvidence(EvidenceDescription(name: name, kind: .other, size: nil), place: name))
  }

  /// Row of a volume, inserted when it is first seen.
  mutating func volume(_ volume: Volume, of evidence: Int64) throws -> Int64 {
    let key = CaseState.VolumeKey(evidence: evidence, volume: volume)
    if let known = state.volumes[key] { return known }
    let row = try insert(
      [
        evidence.databaseValue, CaseValue.number(volume.index), CaseValue.number(volume.start),
        CaseValue.number(volume.length), CaseValue.text(volume.type), CaseValue.text(volume.name),
      ], into: .volumes)
    state.volumes[key] = row
    return row
  }

  /// Evidence and volume of a locator.
  mutating func rows(of locator: Locator) throws -> (evidence: Int64, volume: Int64?) {
    // Items of one place follow each other.
    if let last, last.name == locator.evidence, last.volume == locator.volume { return last.rows }
    let evidence = try evidence(locator.evidence)
    let rows = (evidence, try locator.volume.map { try volume($0, of: evidence) })
    last = (locator.evidence, locator.volume, rows)
    return rows
  }

  /// Columns of a locator.
  mutating func place(_ locator: Locator) throws -> [DatabaseValue] {
    let (evidence, volume) = try rows(of: locator)
    return [evidence.databaseValue, CaseValue.number(volume)] + CaseValue.path(locator.path)
      + CaseValue.path(locator.stream) + [CaseValue.text(locator.state?.rawValue)]
  }

  @discardableResult
  mutating func insert(_ evidence: CaseEvidence) throws -> Int64 {
    let described = evidence.description
    let row = try insert(
      CaseValue.path(described.name) + CaseValue.path(evidence.place) + [
        CaseValue.text(described.kind.rawValue),
        CaseValue.number(described.size),
        CaseValue.number(evidence.identity?.device), CaseValue.number(evidence.identity?.inode),
      ], into: .evidence)
    state.evidence[described.name] = row
    for file in evidence.files {
      try insert(
        [row.databaseValue] + CaseValue.path(file.path) + [
          CaseValue.number(file.state.size), CaseValue.time(file.state.modified),
          CaseValue.time(file.state.changed),
        ], into: .evidenceFiles)
    }
    return row
  }
}
