import Foundation
import TestSupport

/// A signed fixture, and what tests change in it.
struct SignedFile {
  let path: String
  let bytes: [UInt8]
  /// Where the certificate table is.
  let table: Range<Int>
  /// Where the directory's entry for it is, and the checksum.
  let tableEntry: Int
  let checksum: Int

  init(_ path: String) throws {
    self.path = path
    bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let optional = Self.number(bytes, 0x3C) + 24
    tableEntry = optional + (bytes[optional + 1] == 1 ? 96 : 112) + 32
    checksum = optional + 64
    let offset = Self.number(bytes, tableEntry)
    table = offset..<(offset + Self.number(bytes, tableEntry + 4))
  }

  private static func number(_ bytes: [UInt8], _ offset: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }

  /// The file with the byte at `offset` turned over.
  func flipping(_ offset: Int) -> [UInt8] {
    var changed = bytes
    changed[offset] ^= 0xFF
    return changed
  }

  /// The file with `table` in place of its own.
  func carrying(_ table: ArraySlice<UInt8>) -> [UInt8] {
    let end = self.table.isEmpty ? bytes.count : self.table.lowerBound
    var changed = Array(bytes[..<end])
    changed += [UInt8](repeating: 0, count: -changed.count & 7)
    for (index, value) in [changed.count, table.count].enumerated() {
      for byte in 0..<4 {
        changed[tableEntry + 4 * index + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte))
      }
    }
    return changed + table
  }

  /// The file with eight more bytes of padding behind its last signature: they belong to the table, so
  /// nothing that is signed changes.
  func padded() -> [UInt8] {
    var changed = carrying(bytes[table] + [UInt8](repeating: 0, count: 8))
    let length = Self.number(bytes, table.lowerBound) + 8
    for byte in 0..<4 {
      changed[table.lowerBound + byte] = UInt8(truncatingIfNeeded: length >> (8 * byte))
    }
    return changed
  }

  /// What can be done to a signed file, with a name for each.
  func variants() throws -> [(name: String, bytes: [UInt8])] {
    let other = try SignedFile.fixture("authority/sha1.sys")
    return [
      ("as it is", bytes),
      ("another checksum", flipping(checksum)),
      ("padded table", padded()),
      ("changed DOS stub", flipping(0x50)),
      ("changed last byte of the sections", flipping(table.lowerBound - 1)),
      ("changed headers", flipping(tableEntry - 40)),
      ("table of another file", carrying(other.bytes[other.table])),
    ]
  }

  /// Every fixture that carries a signature.
  static let signed: [String] =
    (Fixtures.files("signed").filter { $0.folder != "none" }
    + (Fixtures.files("positive") + Fixtures.files("near-miss")).filter {
      $0.folder.hasSuffix("_certificate") || $0.file.hasSuffix("/hardware-partner.sys")
    }).map(\.file)

  /// A fixture of Tests/Fixtures/signatures.
  static func fixture(_ name: String) throws -> SignedFile {
    try SignedFile(Fixtures.folder + "/signed/" + name)
  }
}
