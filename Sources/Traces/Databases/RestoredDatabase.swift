import Bytes

/// A database of SQLite from which the changes of a transaction that did not end are taken back, in memory, with the
/// rollback journal beside it, as SQLite does when it opens the database.
///
/// SQLite, "Database File Format", 3: segments of a header, in one sector, and records of a page number, that page as it
/// was before, and a checksum. `pager.c` (`pager_playback`) decides what counts: a journal that begins with a zero byte
/// has ended, and so has one whose super-journal is gone.
struct RestoredDatabase {
  /// The database; unchanged if the journal has ended or is damaged from its start. Empty if the transaction made it.
  private(set) var bytes: [UInt8]
  /// Whether the journal was applied.
  private(set) var isApplied = false
  /// Description of the first defect of the journal; nil if there was none.
  private(set) var damage: String?

  /// Applies `journal` to the database in `bytes`.
  init(_ bytes: [UInt8], journal: [UInt8]) {
    self.bytes = bytes
    journal.withUnsafeBytes { apply($0) }
  }

  /// Whether a journal has not ended: then its database is not complete without it.
  static func isHot(_ journal: UnsafeRawBufferPointer) -> Bool {
    journal.first.map { $0 != 0 } ?? false
  }

  private mutating func apply(_ journal: UnsafeRawBufferPointer) {
    guard Self.isHot(journal) else { return }
    if let name = JournalHeader.superJournal(of: journal) {
      damage =
        "it belongs to several databases, and \(name) decides whether their transaction ended"
      return
    }
    guard let first = JournalHeader(journal, at: 0), first.isWhole(ownPageSize) else {
      damage = "its header is damaged"
      return
    }
    let pageSize = first.pageSize == 0 ? ownPageSize : first.pageSize
    guard resize(to: first.databasePages, pageSize, journal.count) else { return }
    var header = first
    while restore(header, pageSize, journal) {
      let end = header.end(pageSize, journal.count)
      let start = (end + first.sectorSize - 1) / first.sectorSize * first.sectorSize
      guard let next = JournalHeader(journal, at: start, sectorSize: first.sectorSize) else {
        // A journal ends with a record. Records behind a header that does not count them were not needed yet.
        let isCut = end < journal.count && journal.count < start + first.sectorSize
        if isCut, header.countsRecords { damage = "it is cut off" }
        return
      }
      header = next
    }
  }

  /// Page size in bytes that the database states, at offset 16; 1 stands for 65536 ("Database File Format", 1.3.2).
  private var ownPageSize: Int {
    guard bytes.count > 17 else { return 0 }
    let size = Int(bytes[16]) << 8 | Int(bytes[17])
    return size == 1 ? 65536 : size
  }

  /// Gives the database the size that it had before the transaction.
  private mutating func resize(to pages: UInt32, _ pageSize: Int, _ journalSize: Int) -> Bool {
    let size = UInt64(pages) * UInt64(pageSize)
    // Each page is in one of the two.
    guard size <= UInt64(bytes.count + journalSize), size <= UInt64(UntrustedDatabase.mostBytes)
    else {
      damage = "it states more pages than there are"
      return false
    }
    if bytes.count > Int(size) { bytes.removeLast(bytes.count - Int(size)) }
    bytes += [UInt8](repeating: 0, count: Int(size) - bytes.count)
    isApplied = true
    return true
  }

  /// Writes the pages of a segment; false if nothing behind it counts.
  private mutating func restore(
    _ header: JournalHeader, _ pageSize: Int, _ journal: UnsafeRawBufferPointer
  ) -> Bool {
    var start = header.firstRecord
    for _ in 0..<header.recordCount(pageSize, journal.count) {
      let page = start + 4
      guard start + pageSize + 8 <= journal.count else {
        damage = "it is cut off"
        return false
      }
      let number = journal.big(start) ?? 0
      guard number > 0, number != JournalHeader.lockPage(pageSize),
        journal.big(page + pageSize) == header.checksum(of: journal[page..<(page + pageSize)])
      else {
        damage = "the record at byte \(start) is damaged"
        return false
      }
      // Pages that the transaction added are gone.
      if Int(number) * pageSize <= bytes.count {
        bytes.replaceSubrange(
          (Int(number - 1) * pageSize)..<(Int(number) * pageSize),
          with: journal[page..<(page + pageSize)])
      }
      start = page + pageSize + 4
    }
    return true
  }
}

/// The header of a segment of a rollback journal.
private struct JournalHeader {
  /// Number of records, of which ``everything`` means all that there are.
  private let stated: UInt32
  /// Number with which checksums begin.
  private let nonce: UInt32
  /// Number of pages of the database before the transaction.
  let databasePages: UInt32
  /// Size in bytes that a header takes.
  let sectorSize: Int
  /// Size in bytes of a page; zero in journals before SQLite 3.5.8.
  let pageSize: Int
  /// Offset of the first record.
  let firstRecord: Int

  private static let magic: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
  private static let length = 28
  /// Count of records in a journal that was never synchronised with the disk.
  private static let everything = UInt32.max

  /// Parses the header at `start`; nil if there is none.
  init?(_ journal: UnsafeRawBufferPointer, at start: Int, sectorSize: Int? = nil) {
    guard start <= journal.count - Self.length,
      journal[start..<(start + 8)].elementsEqual(Self.magic), let stated = journal.big(start + 8),
      let nonce = journal.big(start + 12), let pages = journal.big(start + 16),
      let sector = journal.big(start + 20), let page = journal.big(start + 24)
    else { return nil }
    self.stated = stated
    self.nonce = nonce
    databasePages = pages
    self.sectorSize = sectorSize ?? Int(sector)
    pageSize = Int(page)
    firstRecord = start + self.sectorSize
    guard firstRecord <= journal.count else { return nil }
  }

  /// Whether the number of records was written, which is done before the database changes.
  var countsRecords: Bool { stated != 0 }

  /// Offset behind the last record.
  func end(_ pageSize: Int, _ size: Int) -> Int {
    firstRecord + recordCount(pageSize, size) * (pageSize + 8)
  }

  /// Whether the sizes are those of SQLite, and the pages have those of the database if they are not stated.
  func isWhole(_ databasePageSize: Int) -> Bool {
    let page = pageSize == 0 ? databasePageSize : pageSize
    return (512...65536).contains(page) && page.nonzeroBitCount == 1
      && (32...65536).contains(sectorSize) && sectorSize.nonzeroBitCount == 1
  }

  /// Number of records to read.
  func recordCount(_ pageSize: Int, _ size: Int) -> Int {
    let most = (size - firstRecord) / (pageSize + 8)
    // One more than fit, so that a cut is seen.
    return stated == Self.everything ? most : min(Int(stated), most + 1)
  }

  /// Sum of the nonce and of every 200th byte, from the end.
  func checksum(of page: Slice<UnsafeRawBufferPointer>) -> UInt32 {
    stride(from: page.endIndex - 200, to: page.startIndex, by: -200)
      .reduce(nonce) { $0 &+ UInt32(page[$1]) }
  }

  /// The page with the bytes that locks use, which is never in a journal: its number marks the name of a super-journal.
  static func lockPage(_ pageSize: Int) -> UInt32 { UInt32(0x4000_0000 / pageSize + 1) }

  /// Name of the super-journal at the end of a journal, with its length, its checksum and the magic; nil for most.
  static func superJournal(of journal: UnsafeRawBufferPointer) -> String? {
    let trailer = journal.count - 16
    guard trailer > 0, journal[(trailer + 8)...].elementsEqual(magic),
      let length = journal.big(trailer), length > 0, length <= 512, Int(length) <= trailer,
      let sum = journal.big(trailer + 4)
    else { return nil }
    let name = journal[(trailer - Int(length))..<trailer]
    // Bytes are signed in SQLite.
    let stated = name.reduce(UInt32(0)) { $0 &+ UInt32(bitPattern: Int32(Int8(bitPattern: $1))) }
    return stated == sum ? String(decoding: name, as: UTF8.self) : nil
  }
}
