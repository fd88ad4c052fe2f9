import Bytes
import Evidence

/// A database of SQLite to which the changes in the write-ahead log beside it are applied, in memory, as SQLite does when
/// it opens the database.
///
/// SQLite, "Database File Format", 4: a header of 32 bytes, and frames, each with a header of 24 bytes and one page. A
/// frame belongs to the log if it repeats the header's salts and its checksum, which continues that of the frame before,
/// holds. What follows the last frame that ends a transaction was never committed.
struct LoggedDatabase {
  /// The database; unchanged if the log has no transaction.
  private(set) var bytes: [UInt8]
  /// Whether the log has a transaction.
  private(set) var isApplied = false
  /// Description of the first defect of the log; nil if there was none.
  private(set) var damage: String?

  private static let headerLength = 32
  private static let frameLength = 24

  /// Applies `log` to the database in `bytes`.
  init(_ bytes: [UInt8], log: [UInt8]) {
    self.bytes = bytes
    log.withUnsafeBytes { apply($0) }
  }

  /// Whether a log has frames, or is damaged: one that was begun anew may have only those of an earlier round.
  static func hasChanges(_ log: UnsafeRawBufferPointer) -> Bool {
    guard log.count > headerLength, let header = LogHeader(log) else {
      return log.count > headerLength
    }
    return header.isOfThisRound(log, headerLength)
  }

  private mutating func apply(_ log: UnsafeRawBufferPointer) {
    guard log.count > Self.headerLength else { return }
    guard let header = LogHeader(log) else {
      damage = "its header is damaged"
      return
    }
    var sum = header.sum
    var start = Self.headerLength
    // Pages of the transaction that is read, and of those that were committed, with their places in the log.
    var pages = [UInt32: Int]()
    var committed = (pages: [UInt32: Int](), count: UInt32(0))
    while log.count - start >= Self.frameLength, header.isOfThisRound(log, start) {
      guard log.count - start - Self.frameLength >= header.pageSize else {
        damage = "it is cut off"
        break
      }
      let page = start + Self.frameLength
      sum = header.sum(log[start..<(start + 8)], sum)
      sum = header.sum(log[page..<(page + header.pageSize)], sum)
      let number = log.big(start) ?? 0
      guard number > 0, log.big(start + 16) == sum.0, log.big(start + 20) == sum.1 else {
        damage = "the frame at byte \(start) is damaged"
        break
      }
      pages[number] = page
      if let count = log.big(start + 4), count > 0 {
        committed.pages.merge(pages) { _, later in later }
        committed.count = count
        pages = [:]
      }
      start = page + header.pageSize
    }
    // A frame header that is not whole.
    if damage == nil, start < log.count, log.count - start < Self.frameLength {
      damage = "it is cut off"
    }
    guard committed.count > 0 else { return }
    write(committed.pages, count: committed.count, header.pageSize, log)
  }

  private mutating func write(
    _ pages: [UInt32: Int], count: UInt32, _ pageSize: Int, _ log: UnsafeRawBufferPointer
  ) {
    let size = UInt64(count) * UInt64(pageSize)
    // Each page is in one of the two.
    guard size <= UInt64(bytes.count + log.count), size <= UInt64(UntrustedDatabase.mostBytes)
    else {
      damage = damage ?? "it states more pages than there are"
      return
    }
    if bytes.count > Int(size) { bytes.removeLast(bytes.count - Int(size)) }
    bytes += [UInt8](repeating: 0, count: Int(size) - bytes.count)
    bytes.withUnsafeMutableBytes { bytes in
      for (number, place) in pages where number <= count {
        UnsafeMutableRawBufferPointer(rebasing: bytes[(Int(number - 1) * pageSize)...])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: log[place..<(place + pageSize)]))
      }
    }
    isApplied = true
  }
}

/// The header of a write-ahead log.
private struct LogHeader {
  let pageSize: Int
  /// Checksum of the header, with which that of the frames begins.
  let sum: (UInt32, UInt32)
  private let isBigEndian: Bool

  /// Version of the format, the only one.
  private static let version: UInt32 = 3_007_000

  init?(_ log: UnsafeRawBufferPointer) {
    guard let magic = log.big(0), magic | 1 == 0x377F_0683, log.big(4) == Self.version,
      let size = log.big(8), size >= 512, size <= 65536, size.nonzeroBitCount == 1
    else { return nil }
    pageSize = Int(size)
    isBigEndian = magic & 1 == 1
    sum = Self.sum(log[..<24], (0, 0), isBigEndian)
    guard log.big(24) == sum.0, log.big(28) == sum.1 else { return nil }
  }

  /// Whether the frame at `start` was written since the log was last begun anew.
  func isOfThisRound(_ log: UnsafeRawBufferPointer, _ start: Int) -> Bool {
    log.big(start + 8) == log.big(16) && log.big(start + 12) == log.big(20)
  }

  func sum(_ bytes: Slice<UnsafeRawBufferPointer>, _ sum: (UInt32, UInt32)) -> (UInt32, UInt32) {
    Self.sum(bytes, sum, isBigEndian)
  }

  private static func sum(
    _ bytes: Slice<UnsafeRawBufferPointer>, _ start: (UInt32, UInt32), _ isBigEndian: Bool
  ) -> (UInt32, UInt32) {
    let bytes = UnsafeRawBufferPointer(rebasing: bytes)
    var sum = start
    for offset in stride(from: 0, to: bytes.count - 7, by: 8) {
      let first = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      let second = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
      sum.0 &+= (isBigEndian ? UInt32(bigEndian: first) : UInt32(littleEndian: first)) &+ sum.1
      sum.1 &+= (isBigEndian ? UInt32(bigEndian: second) : UInt32(littleEndian: second)) &+ sum.0
    }
    return sum
  }
}
