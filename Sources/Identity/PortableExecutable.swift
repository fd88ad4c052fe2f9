import Bytes

/// The parts of a PE that code signatures need: the location of the certificate table, and the
/// signed ranges.
///
/// Microsoft PE Format (learn.microsoft.com/windows/win32/debug/pe-format), "Optional Header"
/// and "The Attribute Certificate Table"; Authenticode_PE.docx, "Calculating the PE Image
/// Hash". Every offset is untrusted and checked against the file size.
struct PortableExecutable {
  /// Byte range of the field CheckSum: loaders and signers rewrite it, so signatures exclude it.
  let checksum: Range<Int>
  /// Byte range of the directory entry for the certificate table.
  let tableEntry: Range<Int>
  /// Offset and size of the table according to the entry; nil if there is no table.
  let table: (offset: Int, size: Int)?

  /// Reads the headers; nil if it is not a PE or has no entry for a certificate table.
  init?(_ bytes: RawSpan) {
    guard bytes.unsigned16(at: 0) == 0x5A4D, let header = bytes.unsigned32(at: 0x3C),
      bytes.unsigned32(at: header) == 0x0000_4550
    else { return nil }
    let optional = header + 24
    let directory: Int
    switch bytes.unsigned16(at: optional) {
    case 0x10B: directory = optional + 96
    case 0x20B: directory = optional + 112
    default: return nil
    }
    let certificateTable = 4
    let entry = directory + 8 * certificateTable
    guard let count = bytes.unsigned32(at: directory - 4), count > certificateTable,
      let offset = bytes.unsigned32(at: entry), let size = bytes.unsigned32(at: entry + 4)
    else { return nil }
    checksum = (optional + 64)..<(optional + 68)
    tableEntry = entry..<(entry + 8)
    table = offset == 0 || size == 0 ? nil : (offset, size)
  }

  /// File ranges covered by a signature when nothing follows the certificate table: everything
  /// but the checksum, the table's entry and the table. Authenticode_PE.docx hashes section by
  /// section; for files as linkers write them the result is the same, and osslsigncode hashes
  /// this way.
  func signedRanges(tableStart: Int) -> [Range<Int>] {
    [
      0..<checksum.lowerBound, checksum.upperBound..<tableEntry.lowerBound,
      tableEntry.upperBound..<tableStart,
    ]
  }
}

extension RawSpan {
  /// Reads a little-endian 16-bit number; nil beyond the end.
  func unsigned16(at offset: Int) -> Int? { little(offset, as: UInt16.self).map(Int.init) }

  /// Reads a little-endian 32-bit number; nil beyond the end.
  func unsigned32(at offset: Int) -> Int? { little(offset, as: UInt32.self).map(Int.init) }
}
