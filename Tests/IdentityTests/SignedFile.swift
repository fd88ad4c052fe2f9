import Foundation
import TestSupport

/// A signed fixture, with the changes that tests make.
struct SignedFile {
  let path: String
  let bytes: [UInt8]
  /// Byte range of the certificate table.
  let table: Range<Int>
  /// Offsets of the directory's entry for it, and of the checksum.
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

  /// The file with the byte at `offset` inverted.
  func flipping(_ offset: Int) -> [UInt8] {
    var changed = bytes
    changed[offset] ^= 0xFF
    return changed
  }

  /// The file with `table` instead of its own table.
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

  /// The file with eight more bytes of padding after its last signature: they belong to the
  /// table, so nothing signed changes.
  func padded() -> [UInt8] { padded(with: "\0\0\0\0") }

  /// The same with this text in UTF-16 as the padding.
  func padded(with text: String) -> [UInt8] {
    var padding = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    padding += [UInt8](repeating: 0, count: -padding.count & 7)
    var changed = carrying(bytes[table] + padding)
    let length = Self.number(bytes, table.lowerBound) + padding.count
    for byte in 0..<4 {
      changed[table.lowerBound + byte] = UInt8(truncatingIfNeeded: length >> (8 * byte))
    }
    return changed
  }

  /// The file with a section table of no entries.
  func withoutSections() -> [UInt8] {
    var changed = bytes
    let header = Self.number(bytes, 0x3C)
    (changed[header + 6], changed[header + 7]) = (0, 0)
    return changed
  }

  /// Named modifications of a signed file.
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
