import Bytes
internal import FoundationEssentials
import GRDB

/// Result of checking the chain of a case.
public struct CaseVerification: Hashable, Sendable {
  /// Number of batches up to the first that is not intact.
  public let batches: Int
  /// Hash of the last of them, in hexadecimal.
  public let head: String
  /// First place where the chain breaks; nil if it is intact.
  public let breach: String?

  /// Computes the hash of each batch again from its rows.
  init(_ database: Database) throws {
    // A scan that was killed before its first batch leaves an empty database.
    guard try database.tableExists("batches") else {
      (self.batches, self.head, self.breach) = (0, Hexadecimal.text(of: BatchHash.start), nil)
      return
    }
    var tables = try CaseTable.allCases.map { try TableRows($0, database) }
    var previous = BatchHash.start
    var count: Int64 = 0
    var breach: String?
    let batches = try Row.fetchCursor(
      database, sql: "SELECT id, run, time, previous, hash FROM batches ORDER BY id")
    while breach == nil, let row = try batches.next() {
      let values = Array(row.databaseValues)
      guard values[0] == (count + 1).databaseValue else {
        breach = "batch \(count + 1) is missing"
        break
      }
      guard values[3] == CaseValue.blob(previous) else {
        breach = "batch \(count + 1) does not follow batch \(count): its previous hash differs"
        break
      }
      var hash = BatchHash()
      for index in tables.indices {
        breach = try tables[index].add(toBatch: count + 1, &hash)
        if breach != nil { break }
      }
      guard breach == nil else { break }
      let computed = hash.finish(Array(values[..<4]), after: previous)
      guard values[4] == CaseValue.blob(computed) else {
        breach = "batch \(count + 1) was modified: its rows do not have the hash that it states"
        break
      }
      previous = computed
      count += 1
    }
    if breach == nil {
      breach =
        tables.lazy.compactMap { table in
          table.next.map {
            "table \(table.table.rawValue) has a row of batch \($0[1]), which does not exist"
          }
        }.first
    }
    self.batches = Int(count)
    head = Hexadecimal.text(of: previous)
    self.breach = breach
  }
}

/// Rows of one table in their order.
private struct TableRows {
  let table: CaseTable
  private let cursor: RowCursor
  /// The first row that belongs to no batch yet.
  private(set) var next: [DatabaseValue]?
  private var identifier: Int64 = 0

  init(_ table: CaseTable, _ database: Database) throws {
    self.table = table
    cursor = try Row.fetchCursor(database, sql: "SELECT * FROM \(table.rawValue) ORDER BY id")
    next = try cursor.next().map { Array($0.databaseValues) }
  }

  /// Adds the rows of a batch to its hash; returns their defect, if there is one.
  mutating func add(toBatch batch: Int64, _ hash: inout BatchHash) throws -> String? {
    while let row = next {
      guard row.count == table.columns.count + 2, let own = Int64.fromDatabaseValue(row[0]),
        let stated = Int64.fromDatabaseValue(row[1])
      else { return "table \(table.rawValue) was modified: a row has no identifier or batch" }
      guard stated >= batch else {
        return "batch \(stated) was modified: table \(table.rawValue) has a row \(own) out of order"
      }
      guard stated == batch else { return nil }
      guard own == identifier + 1 else {
        return
          "batch \(batch) was modified: row \(identifier + 1) of table \(table.rawValue) is missing"
      }
      identifier = own
      hash.add(row, to: table)
      next = try cursor.next().map { Array($0.databaseValues) }
    }
    return nil
  }
}
