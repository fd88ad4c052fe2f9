/// Where chunks lie in a segment. Source: libewf, table section: the count of entries at 0, the base offset at
/// 8, a checksum at 20, the entries from 24, their checksum behind them.
struct EwfTable {
  let file: ImageFile
  /// The first chunk of the medium that it places.
  let firstChunk: UInt64
  let count: Int
  /// Offsets are from here.
  private let base: UInt64
  /// Where the entries lie in the file.
  private let entries: UInt64
  /// Where the data of the last chunk ends.
  private let dataEnd: UInt64
  /// The entries from this one on are offsets of 32 bits without a flag: EnCase writes those where the data
  /// of a segment goes beyond 2 GiB (libewf, "Table entry": offset overflow).
  private let firstWide: Int

  /// A chunk as it is stored.
  struct Place {
    let offset: UInt64
    /// Bytes in the file, the checksum of one that is not compressed included.
    let length: Int
    let isCompressed: Bool
  }

  /// A table has so many entries at most: 16,375 as EnCase 5 writes them, 65,534 later, any number elsewhere.
  private static let maximumCount = 1 << 24

  /// Reads a table and holds it against its checksums; nil if it does not stand them.
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
    base = header.little(8)
    entries = section.content + 24
    // SMART images keep the data behind the entries of the table itself, and no sectors section.
    self.dataEnd = dataEnd > 0 ? dataEnd : section.end
    let bytes = try file.bytes(at: entries, count: count * 4)
    // There the data follows at once; elsewhere the entries have a checksum of their own.
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

  /// Where a chunk lies; nil if its entry cannot be true.
  func place(of chunk: UInt64) throws(ImageError) -> Place? {
    let index = Int(chunk - firstChunk)
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
