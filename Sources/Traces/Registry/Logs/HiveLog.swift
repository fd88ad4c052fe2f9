import Bytes

/// Transaction log of a registry hive: a copy of the hive's base block, then pages that Windows was to write to it.
///
/// Maxim Suhanov, "Windows registry file format specification" (github.com/msuhanov/regf), "Format of transaction log
/// files". Every number is untrusted; a page is written only if all of it is in the log.
struct HiveLog {
  /// Form of the part behind the base block.
  enum Form {
    /// A bitmap of changed pages and these pages, until Windows 8 ("Old format").
    case bitmap
    /// Entries with pages of their own, since Windows 8.1 ("New format").
    case entries
  }

  /// Form of the part behind the base block.
  let form: Form
  /// Sequence number of the base block, which is that of the first entry.
  let sequence: UInt32
  /// Time of the last write, in 100 ns units since 1601.
  let written: UInt64
  /// The copy of the base block, 512 bytes.
  let base: UnsafeRawBufferPointer

  private let bytes: UnsafeRawBufferPointer
  /// Size of the hive bins in bytes.
  private let binsLength: Int

  /// Length in bytes of a sector, of the copy of the base block, and of a page of a bitmap ("Sector size and
  /// clustering factor").
  private static let sector = 512

  /// Parses the base block of a log; nil if the log is empty or incomplete ("Base block", note 2).
  init?(_ bytes: UnsafeRawBufferPointer) {
    let fields = HiveBytes(bytes)
    guard bytes.count > Self.sector, bytes.prefix(4).elementsEqual("regf".utf8),
      fields.isChecksumValid, let primary: UInt32 = bytes.little(4),
      let secondary: UInt32 = bytes.little(8), primary == secondary,
      let written: UInt64 = bytes.little(12), let type: UInt32 = bytes.little(28),
      let length: UInt32 = bytes.little(40)
    else { return nil }
    switch type {
    case 1, 2: form = .bitmap
    case 6: form = .entries
    default: return nil
    }
    sequence = primary
    self.written = written
    binsLength = Int(length)
    base = UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.sector))
    self.bytes = bytes
  }

  // MARK: Bitmap

  /// Writes the pages that the bitmap names; false, with `hive` unchanged, if they are not all in the log.
  func writePages(to hive: inout RecoveredHive) -> Bool {
    guard form == .bitmap, binsLength >= HiveBytes.baseLength,
      bytes.count - Self.sector >= 4 + binsLength / 4096,
      bytes[Self.sector...].prefix(4).elementsEqual("DIRT".utf8)
    else { return false }
    let vector = bytes[(Self.sector + 4)...].prefix(binsLength / 4096)
    var source = (vector.endIndex + Self.sector - 1) / Self.sector * Self.sector
    var places = [Int]()
    for (index, byte) in vector.enumerated() where byte != 0 {
      for bit in 0..<8 where byte & 1 << bit != 0 {
        places.append(HiveBytes.baseLength + (8 * index + bit) * Self.sector)
      }
    }
    guard !places.isEmpty, source <= bytes.count,
      places.count <= (bytes.count - source) / Self.sector, let end = places.last,
      hive.allows(end + Self.sector)
    else { return false }
    for place in places {
      hive.write(bytes[source..<(source + Self.sector)], at: place)
      source += Self.sector
    }
    hive.binsLength = UInt32(binsLength)
    return true
  }

  // MARK: Entries

  /// Applies the entries in the order of their sequence numbers, from that of the base block, up to the first one
  /// that is not valid ("Log entries", notes 5 to 9). Returns the number of the last; nil if there was none.
  func applyEntries(to hive: inout RecoveredHive) -> UInt32? {
    var expected = sequence
    var last: UInt32?
    var start = Self.sector
    while let entry = Entry(bytes, at: start), entry.sequence == expected,
      entry.write(to: &hive)
    {
      last = expected
      expected &+= 1
      start += entry.length
    }
    return last
  }

  /// One entry: a header of 40 bytes, references to pages, the pages.
  private struct Entry {
    let sequence: UInt32
    let length: Int
    private let bytes: Slice<UnsafeRawBufferPointer>
    private let binsLength: UInt32
    private let pageCount: Int

    private static let headerLength = 40

    /// Parses a valid entry at `start`: its sizes fit, and both hashes are right.
    init?(_ log: UnsafeRawBufferPointer, at start: Int) {
      guard start <= log.count - HiveLog.sector, log[start...].prefix(4).elementsEqual("HvLE".utf8),
        let size: UInt32 = log.little(start + 4), let sequence: UInt32 = log.little(start + 12),
        let binsLength: UInt32 = log.little(start + 16),
        let pages: UInt32 = log.little(start + 20), let first: UInt64 = log.little(start + 24),
        let second: UInt64 = log.little(start + 32)
      else { return nil }
      let length = Int(size)
      guard length >= HiveLog.sector, length.isMultiple(of: HiveLog.sector),
        length <= log.count - start, binsLength >= 4096, binsLength.isMultiple(of: 4096), pages > 0,
        Int(pages) <= (length - Self.headerLength) / 8,
        Marvin32.hash(log[start..<(start + 32)]) == second,
        Marvin32.hash(log[(start + Self.headerLength)..<(start + length)]) == first
      else { return nil }
      self.sequence = sequence
      self.length = length
      self.binsLength = binsLength
      pageCount = Int(pages)
      bytes = log[start..<(start + length)]
    }

    /// Writes the pages; false, with `hive` unchanged, if they are not all in the entry.
    func write(to hive: inout RecoveredHive) -> Bool {
      let entry = UnsafeRawBufferPointer(rebasing: bytes)
      var source = Self.headerLength + 8 * pageCount
      var pages = [(place: Int, source: Range<Int>)]()
      for index in 0..<pageCount {
        guard let offset: UInt32 = entry.little(Self.headerLength + 8 * index),
          let size: UInt32 = entry.little(Self.headerLength + 8 * index + 4),
          Int(size) <= entry.count - source,
          hive.allows(HiveBytes.baseLength + Int(offset) + Int(size))
        else { return false }
        pages.append((HiveBytes.baseLength + Int(offset), source..<(source + Int(size))))
        source += Int(size)
      }
      for page in pages { hive.write(entry[page.source], at: page.place) }
      hive.binsLength = binsLength
      return true
    }
  }
}
