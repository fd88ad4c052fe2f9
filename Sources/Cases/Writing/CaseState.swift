import Bytes
import Evidence
import GRDB

/// Numbers that a case has reached. A copy is changed while a batch is written, and kept once it is committed.
struct CaseState {
  /// Last identifier of each table.
  var identifiers: [CaseTable: Int64] = [:]
  /// Number of the last batch.
  var batch: Int64 = 0
  /// Hash of the last batch.
  var head = BatchHash.start
  /// Row of the current run.
  var run: Int64 = 0
  /// Rank of the last finding or problem.
  var position: Int64 = 0
  /// Rows of evidence by name.
  var evidence: [RawPath: Int64] = [:]
  /// Rows of volumes.
  var volumes: [VolumeKey: Int64] = [:]
  /// Key of the hashes of this case.
  var key = SipHash.Key(low: 0, high: 0)

  /// A volume of evidence.
  struct VolumeKey: Hashable {
    let evidence: Int64
    let volume: Volume
  }

  /// Name of an item, if its evidence and volume are known to the case.
  func name(of locator: Locator, _ discriminator: UInt64?) -> ItemName? {
    guard let evidence = evidence[locator.evidence] else { return nil }
    var volume: Int64?
    if let known = locator.volume {
      guard let row = volumes[VolumeKey(evidence: evidence, volume: known)] else { return nil }
      volume = row
    }
    return ItemName(
      evidence: evidence, volume: volume, path: locator.path.bytes,
      stream: locator.stream?.bytes, state: locator.state,
      detail: ItemName.detail(locator.runs, discriminator, key))
  }

  /// Reads the numbers of an existing case.
  init(_ database: Database) throws {
    for table in CaseTable.allCases {
      identifiers[table] =
        try Int64.fetchOne(database, sql: "SELECT max(id) FROM \(table.rawValue)") ?? 0
    }
    if let last = try Row.fetchOne(
      database, sql: "SELECT id, hash FROM batches ORDER BY id DESC LIMIT 1")
    {
      batch = last.integer(0)
      head = last.bytes(1)
    }
    run = identifiers[.runs] ?? 0
    for table in [CaseTable.findings, .problems] {
      let last = try Int64.fetchOne(database, sql: "SELECT max(position) FROM \(table.rawValue)")
      position = max(position, last ?? 0)
    }
    let rows = try Row.fetchCursor(database, sql: "SELECT id, name, name_bytes FROM evidence")
    while let row = try rows.next() { evidence[row.path(1)] = row.integer(0) }
    let places = try Row.fetchCursor(
      database, sql: "SELECT id, evidence, number, start, length, type, name FROM volumes")
    while let row = try places.next() {
      let volume = Volume(
        index: Int(clamping: row.integer(2)), start: row.unsigned(3),
        length: row.unsigned(4), type: row.text(5), name: row.textIfPresent(6))
      volumes[VolumeKey(evidence: row.integer(1), volume: volume)] = row.integer(0)
    }
    let text = try String.fetchOne(
      database, sql: "SELECT value FROM properties WHERE name = 'hash_key'")
    if let text, let key = SipHash.Key(text) { self.key = key }
  }

  /// Numbers of an empty case.
  init(key: SipHash.Key) { self.key = key }
}

extension SipHash.Key {
  /// A random key.
  init() { self.init(low: .random(in: 0 ... .max), high: .random(in: 0 ... .max)) }

  /// Key in the form of ``text``.
  init?(_ text: String) {
    let parts = text.split(separator: "-")
    guard parts.count == 2, let low = UInt64(parts[0], radix: 16),
      let high = UInt64(parts[1], radix: 16)
    else { return nil }
    self.init(low: low, high: high)
  }

  /// Both halves in hexadecimal.
  var text: String { String(low, radix: 16) + "-" + String(high, radix: 16) }
}
