import Bytes

/// Offsets of chunks in a segment. Source: libewf, table section: number of entries at 0, base
/// offset at 8, checksum at 20, entries from 24, followed by their checksum.
struct EwfTable {
  let file: ImageFile
  /// First chunk of the medium that it locates.
  private(set) var firstChunk: UInt64
  let count: Int
  /// Base of the offsets.
  private let base: UInt64
  /// Offset of the entries in the file.
  private let entries: UInt64
  /// End of the last chunk's data.
  private let dataEnd: UInt64
  /// First entry that is a 32-bit offset without a flag: EnCase writes those where the data of a
  /// segment exceeds 2 GiB (libewf, "Table entry": offset overflow).
  private let firstWide: Int
  /// Chunks that were found without a table; nil if there is one.
  private let found: [Place]?

  /// Creates a table of chunks that were found one behind the other.
  init(_ found: [Place], _ file: ImageFile, firstChunk: UInt64) {
    self.file = file
    self.firstChunk = firstChunk
    self.found = found
    count = found.count
    (base, entries, dataEnd, firstWide) = (0, 0, 0, 0)
  }

  /// The same table for chunks so much further on.
  func moved(by distance: UInt64) -> EwfTable {
    var table = self
    table.firstChunk += distance
    return table
  }

  /// Location of a stored chunk.
  struct Place {
    let offset: UInt64
    /// Length in the file in bytes, including the checksum of an uncompressed chunk.
    let length: Int
    let isCompressed: Bool
  }

  /// Limit of entries: EnCase 5 writes up to 16,375, later versions 65,534, other programs any
  /// number.
  private static let maximumCount = 1 << 24

  /// Reads a table and verifies its checksums; nil if they differ.
  init?(
    _ section: EwfSection, _ file: ImageFile, firstChunk: UInt64, dataEnd: UInt64
  ) throws(ImageError) {
    let header = try section.bytes(file, count: 24)
    let count = Int(header.little(0, as: UInt32.self))
    guard Adler32.of(header[..<20]) == header.little(20) as UInt32, count <= Self.maximumCount,
      section.end - section.content >= 24 + UInt64(count) * 4
    else { return nil }
    self.file = file
    self.firstChunk = firstChunk
    self.count = count
    found = nil
    base = header.little(8)
    entries = section.content + 24
    // SMART images store the data behind the entries of the table itself, without a sectors
    // section.
    self.dataEnd = dataEnd > 0 ? dataEnd : section.end
    let bytes = try file.bytes(at: entries, count: count * 4)
    // There the data follows immediately; elsewhere the entries have a separate checksum.
    if dataEnd > 0, section.end - section.content >= 28 + UInt64(count) * 4 {
      let checksum = try file.bytes(at: entries + UInt64(count) * 4, count: 4)
      guard Adler32.of(bytes[...]) == checksum.little(0) as UInt32 else { return nil }
    }
    var wide = count
    var before: UInt32 = 0
    bytes.withUnsafeBytes { buffer in
      for index in 0..<count {
        let offset = (buffer.little(4 * index, as: UInt32.self) ?? 0) & 0x7FFF_FFFF
        guard offset >= before else {
          wide = index
          return
        }
        before = offset
      }
    }
    firstWide = wide
  }

  /// Location of a chunk; nil if its entry is impossible.
  func place(of chunk: UInt64) throws(ImageError) -> Place? {
    let index = Int(chunk - firstChunk)
    if let found { return found[index] }
    let isLast = index == count - 1
    let pair = try file.bytes(at: entries + UInt64(index) * 4, count: isLast ? 4 : 8)
    let entry: UInt32 = pair.little(0)
    guard let start = offset(entry, index) else { return nil }
    let end = isLast ? dataEnd : offset(pair.little(4), index + 1)
    guard let end, end > start, end - start <= 64 << 20, end <= file.length else { return nil }
    return Place(
      offset: start, length: Int(end - start),
      isCompressed: index < firstWide && entry & 0x8000_0000 != 0)
  }

  private func offset(_ entry: UInt32, _ index: Int) -> UInt64? {
    let offset = index < firstWide ? entry & 0x7FFF_FFFF : entry
    let (sum, overflow) = base.addingReportingOverflow(UInt64(offset))
    return overflow ? nil : sum
  }
}
