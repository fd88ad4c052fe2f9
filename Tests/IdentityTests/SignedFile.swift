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

/// What `osslsigncode verify` says of one signature.
struct PeerSignature: Equatable {
  var digestMatches: Bool
  var isVerified: Bool
  var subject: String
  var serial: String

  /// Asks the peer about all signatures of a file.
  static func of(_ file: String) throws -> [PeerSignature] {
    let authorities = Fixtures.folder + "/authorities.pem"
    let text = try Subprocess.run(
      "osslsigncode", ["verify", "-CAfile", authorities, "-TSA-CAfile", authorities, "-in", file]
    ).text
    return text.components(separatedBy: "\nSignature Index: ").dropFirst().map { part in
      let lines = part.split(separator: "\n").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      func value(_ key: String) -> String {
        lines.first { $0.hasPrefix(key) }.map { line in
          line.drop { $0 != ":" }.dropFirst().trimmingCharacters(in: .whitespaces)
        } ?? ""
      }
      let digest = value("Current message digest")
      return PeerSignature(
        digestMatches: !digest.isEmpty && digest == value("Calculated message digest"),
        isVerified: lines.contains("Signature verification: ok"), subject: value("Subject"),
        serial: value("Serial"))
    }
  }
}
