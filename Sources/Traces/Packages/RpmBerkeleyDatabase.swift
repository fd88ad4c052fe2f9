import Bytes
import Profiles

/// Packages in an rpm database in Berkeley DB format, `Packages`, which rpm used until 4.16.
///
/// A hash of pages: the bucket of a key has a chain of pages, long values have chains of overflow pages. The reader
/// follows the chains of all buckets, as `lib/backend/bdb_ro.c` of rpm does, and reads no page twice. Numbers are in the
/// byte order of the machine that wrote them.
///
/// Oracle Berkeley DB 5.3, `src/dbinc/db_page.h`: "HASH", "PAGE", "Overflow items" and `struct _hashmeta33`.
struct RpmBerkeleyDatabase {
  /// The company's packages.
  private(set) var packages: RpmPackages

  private let bytes: UnsafeRawBufferPointer
  private var isBig = false
  private var pageSize = 0
  private var pageCount = 0
  /// Whether each page was read.
  private var isRead: [Bool] = []
  private var pairCount = 0
  private var hasBlankPages = false

  /// Size in bytes of the header of a page.
  private static let headerLength = 26
  /// Types of pages: `P_HASH_UNSORTED`, `P_HASH`, `P_OVERFLOW`, `P_HASHMETA`.
  private static let hashTypes: Set<UInt8> = [2, 13]
  private static let overflowType: UInt8 = 7
  private static let metadataType: UInt8 = 8
  /// Types of items: `H_KEYDATA`, `H_OFFPAGE`.
  private static let inPage: UInt8 = 1
  private static let offPage: UInt8 = 3

  /// Reads a complete database.
  init(_ bytes: UnsafeRawBufferPointer, _ names: RecordNames) {
    self.bytes = bytes
    packages = RpmPackages(names, size: bytes.count)
    guard packages.isReadable else { return }
    isBig = bytes.little(12, as: UInt32.self) == 0x6115_0600
    guard bytes.count >= 512, bytes[25] == Self.metadataType, let version = number(16),
      (8...10).contains(version), let pageSize = number(20), (512...65536).contains(pageSize),
      pageSize & (pageSize - 1) == 0, let last = number(32), let maxBucket = number(72)
    else {
      packages.note("its first page cannot be read")
      return
    }
    // DBMETA_CHKSUM: checksums lengthen the headers of pages. rpm sets neither them nor a key.
    guard bytes[24] == 0, bytes[26] & 1 == 0 else {
      packages.note("its pages are encrypted or have checksums, which rpm does not write")
      return
    }
    self.pageSize = pageSize
    pageCount = bytes.count / pageSize
    isRead = [Bool](repeating: false, count: pageCount)
    if last >= pageCount { packages.note("it is truncated") }
    guard maxBucket <= last, maxBucket <= pageCount else {
      packages.note("it has more buckets than pages")
      return
    }
    for bucket in 0...maxBucket {
      guard readBucket(bucket) else { return }
    }
    // The number of pairs distinguishes blank pages of unused buckets from lost ones.
    if hasBlankPages, pairCount < number(88) ?? 0 {
      packages.note("a page is missing or damaged")
    }
  }

  private func number(_ offset: Int) -> Int? {
    guard let number: UInt32 = bytes.little(offset) else { return nil }
    return Int(isBig ? number.byteSwapped : number)
  }

  private func short(_ offset: Int) -> Int? {
    guard let number: UInt16 = bytes.little(offset) else { return nil }
    return Int(isBig ? number.byteSwapped : number)
  }

  // MARK: Pages

  /// Place of a page; nil, with a recorded defect, if it does not exist or was read before.
  private mutating func page(_ index: Int) -> Int? {
    let start = index * pageSize
    guard index > 0, index < pageCount, number(start + 8) == index else {
      packages.note("a page is missing or damaged")
      return nil
    }
    guard !isRead[index] else {
      packages.note("its pages lead in circles")
      return nil
    }
    isRead[index] = true
    return start
  }

  /// Whether a page was never written, as for a bucket without entries.
  private func isBlank(_ index: Int) -> Bool {
    guard index > 0, index < pageCount else { return false }
    return bytes[(index * pageSize)...].prefix(pageSize).allSatisfy { $0 == 0 }
  }

  /// Reads the pages of a bucket; false if no more can be read.
  private mutating func readBucket(_ bucket: Int) -> Bool {
    // Buckets are allocated in groups of powers of two, each with spare pages before it.
    let group = bucket == 0 ? 0 : Int.bitWidth - bucket.leadingZeroBitCount
    guard let spare = number(96 + 4 * min(group, 31)) else { return false }
    var next = bucket + spare
    while next != 0 {
      if isBlank(next) {
        hasBlankPages = true
        return true
      }
      guard let start = page(next) else { return true }
      guard Self.hashTypes.contains(bytes[start + 25]) else {
        packages.note("a page is missing or damaged")
        return true
      }
      guard readItems(start) else { return false }
      next = number(start + 16) ?? 0
    }
    return true
  }

  /// Reads the pairs of a page: offsets of key and value, which fill the page from its end.
  private mutating func readItems(_ start: Int) -> Bool {
    let count = min(short(start + 20) ?? 0, (pageSize - Self.headerLength) / 2)
    var end = pageSize
    pairCount += count / 2
    for pair in 0..<(count / 2) {
      let entry = start + Self.headerLength + 4 * pair
      guard let key = short(entry), let value = short(entry + 2),
        value >= Self.headerLength + 2 * count, value < key, key < end
      else {
        packages.note("an entry of a page is damaged")
        return true
      }
      let isRead = read(start, key: key..<end, value: value..<key)
      guard isRead else { return false }
      end = value
    }
    return true
  }

  private mutating func read(_ start: Int, key: Range<Int>, value: Range<Int>) -> Bool {
    // The key is the number of a package; number 0 holds the next one.
    guard bytes[start + key.lowerBound] == Self.inPage, key.count == 5,
      let number = number(start + key.lowerBound + 1)
    else {
      packages.note("an entry of a page is damaged")
      return true
    }
    guard number != 0 else { return true }
    switch bytes[start + value.lowerBound] {
    case Self.inPage:
      let range = (start + value.lowerBound + 1)..<(start + value.upperBound)
      return packages.add(
        UnsafeRawBufferPointer(rebasing: bytes[range]), number: UInt32(number))
    case Self.offPage where value.count == 12:
      guard let first = self.number(start + value.lowerBound + 4),
        let length = self.number(start + value.lowerBound + 8),
        let content = overflow(first, length)
      else { return true }
      return content.withUnsafeBytes { packages.add($0, number: UInt32(number)) }
    default:
      packages.note("an entry of a page is damaged")
      return true
    }
  }

  /// Content of a chain of overflow pages: their free offset is the number of bytes on them.
  private mutating func overflow(_ first: Int, _ length: Int) -> [UInt8]? {
    guard length <= bytes.count else {
      packages.note("it holds more than its size allows")
      return nil
    }
    var content = [UInt8]()
    var next = first
    while content.count < length {
      guard let start = page(next) else { return nil }
      guard bytes[start + 25] == Self.overflowType, let count = short(start + 22), count > 0,
        count <= pageSize - Self.headerLength, count <= length - content.count
      else {
        packages.note("a page is missing or damaged")
        return nil
      }
      content += bytes[(start + Self.headerLength)...].prefix(count)
      next = number(start + 16) ?? 0
    }
    return content
  }
}
