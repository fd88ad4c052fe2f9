import Bytes
internal import FoundationEssentials
import GRDB

/// Hash of one batch: SHA-256 over the hash of the batch before it, its own row, and the hash of its rows in each
/// table. docs/case-format.md gives the bytes.
struct BatchHash {
  private var tables: [CaseTable: (hash: SHA256Stream, count: UInt64)] = [:]

  /// Hash before the first batch: zeros.
  static let start = [UInt8](repeating: 0, count: 32)

  /// Adds a row of a table; rows of one table come in the order of their identifiers.
  mutating func add(_ values: [DatabaseValue], to table: CaseTable) {
    tables[table, default: (SHA256Stream(), 0)].hash.update(Self.bytes(of: values))
    tables[table]!.count += 1
  }

  /// Returns the hash of the batch whose own row begins with these values.
  func finish(_ batch: [DatabaseValue], after previous: [UInt8]) -> [UInt8] {
    var hash = SHA256Stream()
    hash.update(previous)
    hash.update(Self.bytes(of: batch))
    for table in CaseTable.allCases {
      guard let (rows, count) = tables[table] else { continue }
      hash.update(Self.bytes(of: [table.rawValue.databaseValue, Int64(count).databaseValue]))
      hash.update(rows.finish())
    }
    return hash.finish()
  }

  /// Unambiguous bytes of a row: each value with its type and length.
  private static func bytes(of values: [DatabaseValue]) -> [UInt8] {
    var bytes = [UInt8]()
    func append(_ type: Unicode.Scalar, _ number: UInt64) {
      bytes.append(UInt8(ascii: type))
      withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
    for value in values {
      switch value.storage {
      case .null: bytes.append(UInt8(ascii: "N"))
      case .int64(let number): append("I", UInt64(bitPattern: number))
      case .double(let number): append("R", number.bitPattern)
      case .string(let text):
        append("T", UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
      case .blob(let data):
        append("B", UInt64(data.count))
        bytes.append(contentsOf: data)
      }
    }
    bytes.append(UInt8(ascii: "."))
    return bytes
  }
}
