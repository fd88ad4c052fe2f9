/// Signature entries of a certificate table: WIN_CERTIFICATE structures of revision 2.0 and
/// type PKCS_SIGNED_DATA, one after the other, each at a multiple of eight bytes (Microsoft PE
/// Format, "The Attribute Certificate Table").
struct CertificateTable {
  /// Byte range of the table in the file.
  let range: Range<Int>
  /// Byte ranges of each SignedData in the file, including padding.
  private(set) var entries: [Range<Int>] = []
  /// Description of a defect of the table; nil if none was found.
  private(set) var problem: String?

  /// Size limit of a table in bytes: real files have some ten kilobytes.
  static let maximumSize = 16 << 20
  /// Limit of entries read; real files have one.
  static let maximumEntries = 64

  /// Reads the table of `executable`; nil when it has none.
  init?(_ executable: PortableExecutable, _ bytes: RawSpan) {
    guard let (offset, size) = executable.table else { return nil }
    // Both are 32-bit numbers: the sum cannot overflow.
    let start = max(executable.tableEntry.upperBound, min(offset, bytes.byteCount))
    range = start..<max(start, min(offset + size, bytes.byteCount))
    if offset < executable.tableEntry.upperBound {
      problem = "the certificate table overlaps the headers"
    } else if offset + size > bytes.byteCount {
      problem = "the certificate table extends beyond the end of the file"
    } else if size > Self.maximumSize {
      problem = "the certificate table of \(size) bytes is too large"
    } else {
      readEntries(bytes)
    }
  }

  private mutating func readEntries(_ bytes: RawSpan) {
    var position = range.lowerBound
    var count = 0
    while position < range.upperBound {
      guard let length = bytes.unsigned32(at: position), length >= 8,
        length <= range.upperBound - position
      else {
        // Signers pad the table; zeros at its end are not an entry.
        let rest = position..<min(position + 4, range.upperBound)
        let isPadding = rest.allSatisfy {
          bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) == 0
        }
        if !isPadding {
          problem = "the certificate table has an entry of an invalid length"
        } else if count == 0 {
          problem = "the certificate table has no entry"
        }
        return
      }
      guard count < Self.maximumEntries else {
        problem = "the certificate table has more than \(Self.maximumEntries) entries"
        return
      }
      count += 1
      let revision = bytes.unsigned16(at: position + 4)
      let type = bytes.unsigned16(at: position + 6)
      if revision == 0x0200, type == 0x0002 {
        entries.append((position + 8)..<(position + length))
      }
      position += (length + 7) & ~7
    }
  }
}
