/// As much of a PE as code signatures need: where the certificate table is, and what they cover.
///
/// Microsoft PE Format (learn.microsoft.com/windows/win32/debug/pe-format), "Optional Header" and "The
/// Attribute Certificate Table"; Authenticode_PE.docx, "Calculating the PE Image Hash". Every offset is
/// the file's word and is checked against its size.
struct PortableExecutable {
  /// Where the field CheckSum is: loaders and signers rewrite it, so signatures leave it out.
  let checksum: Range<Int>
  /// Where the directory's entry for the certificate table is.
  let tableEntry: Range<Int>
  /// Offset and size of the table, as the entry states them; nil when there is no table.
  let table: (offset: Int, size: Int)?

  /// Reads the headers; nil for what is not a PE or has no entry for a certificate table.
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

  /// What a signature covers, when nothing follows the table: all but the checksum, the table's entry
  /// and the table. Authenticode_PE.docx hashes section by section; for the files that linkers write
  /// this is the same, and it is what osslsigncode hashes.
  func signedRanges(tableStart: Int) -> [Range<Int>] {
    [
      0..<checksum.lowerBound, checksum.upperBound..<tableEntry.lowerBound,
      tableEntry.upperBound..<tableStart,
    ]
  }
}

extension RawSpan {
  /// A little-endian number of two bytes; nil beyond the end.
  func unsigned16(at offset: Int) -> Int? {
    guard offset >= 0, offset <= byteCount - 2 else { return nil }
    return Int(
      UInt16(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)))
  }

  /// A little-endian number of four bytes; nil beyond the end.
  func unsigned32(at offset: Int) -> Int? {
    guard offset >= 0, offset <= byteCount - 4 else { return nil }
    return Int(
      UInt32(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }
}
