import Bytes
import Profiles

/// Packages in an rpm database in ndb format, `Packages.db`, which openSUSE and SUSE use.
///
/// Pages of slots, each with the place of one package; the packages in blocks of 16 bytes, each between a head and a
/// tail with a checksum. All numbers are little-endian.
///
/// rpm, `lib/backend/ndb/rpmpkg.c` ("Header management", "Slot management", "Blob primitives").
struct RpmNdbDatabase {
  /// The company's packages.
  private(set) var packages: RpmPackages

  private static let pageSize = 4096
  private static let blockLength = 16
  private static let headerLength = 32
  private static let slotLength = 16
  private static let headLength = 16
  private static let tailLength = 12

  /// Reads a complete database.
  init(_ bytes: UnsafeRawBufferPointer, _ names: RecordNames) {
    packages = RpmPackages(names, size: bytes.count)
    guard packages.isReadable else { return }
    guard bytes.little(4, as: UInt32.self) == 0, let pages: UInt32 = bytes.little(12), pages > 0
    else {
      packages.note("its header cannot be read")
      return
    }
    let end = Int(pages) * Self.pageSize
    if end > bytes.count || !bytes.count.isMultiple(of: Self.blockLength) {
      packages.note("it is truncated")
    }
    for slot in stride(
      from: Self.headerLength, to: min(end, bytes.count), by: Self.slotLength)
    {
      guard let number: UInt32 = bytes.little(slot + 4), let block: UInt32 = bytes.little(slot + 8),
        let count: UInt32 = bytes.little(slot + 12)
      else { return }
      guard bytes[slot...].prefix(4).elementsEqual("Slot".utf8) else {
        packages.note("a slot is damaged")
        continue
      }
      // Free slots have no place.
      guard block != 0 else { continue }
      let start = Int(block) * Self.blockLength
      let length = Int(count) * Self.blockLength
      guard start >= end, start <= bytes.count, length <= bytes.count - start else {
        packages.note("it is truncated")
        continue
      }
      let blob = UnsafeRawBufferPointer(rebasing: bytes[start..<(start + length)])
      guard read(blob, number) else { return }
    }
  }

  /// Reads one package; false if no more can be read.
  private mutating func read(_ blob: UnsafeRawBufferPointer, _ number: UInt32) -> Bool {
    guard blob.prefix(4).elementsEqual("BlbS".utf8), blob.little(4) == number,
      let length: UInt32 = blob.little(12), blob.count == Self.blobLength(Int(length))
    else {
      packages.note("the place of a package does not hold it")
      return true
    }
    let content = blob[Self.headLength..<(Self.headLength + Int(length))]
    let isRead = packages.add(UnsafeRawBufferPointer(rebasing: content), number: number)
    // A sum of many slots that share a place is bounded by the sum of the packages.
    guard isRead else { return false }
    let tail = blob.count - Self.tailLength
    if blob.little(tail + 4) != length || !blob.suffix(4).elementsEqual("BlbE".utf8)
      || blob.little(tail) != Self.adler32(blob[..<tail])
    {
      packages.note("the checksum of a package is wrong")
    }
    return true
  }

  /// Length of a package of `length` bytes with its head and tail, in whole blocks.
  private static func blobLength(_ length: Int) -> Int {
    (headLength + length + tailLength + blockLength - 1) / blockLength * blockLength
  }

  /// Adler-32 (RFC 1950, 8.2).
  private static func adler32(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt32 {
    var low: UInt32 = 1
    var high: UInt32 = 0
    var rest = bytes
    while !rest.isEmpty {
      // As many bytes as a sum of 32 bits holds.
      for byte in rest.prefix(5552) {
        low += UInt32(byte)
        high += low
      }
      low %= 65521
      high %= 65521
      rest = rest.dropFirst(5552)
    }
    return high << 16 | low
  }
}
