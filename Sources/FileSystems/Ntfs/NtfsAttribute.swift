import Bytes

/// Header of one attribute of an entry. Ranges are bytes of the entry and inside it. Source:
/// libfsntfs, "NTFS metadata files and attributes", MFT attribute.
struct NtfsAttribute {
  let type: UInt32
  let identifier: UInt16
  /// Compressed 0x00FF, encrypted 0x4000, sparse 0x8000.
  let flags: UInt16
  /// Name in UTF-16, little-endian; empty if there is none.
  let name: Range<Int>
  let content: Content

  /// Location of the content.
  enum Content {
    /// Content in the entry itself.
    case resident(Range<Int>)
    /// Content in clusters.
    case clusters(ClusterContent)
  }

  /// Fields of the header for content in clusters.
  struct ClusterContent {
    /// First cluster of the content in these runs: above 0 in further entries of a file.
    let firstCluster: UInt64
    /// The encoded runs.
    let runs: Range<Int>
    let compressionUnit: UInt16
    /// Size of the content in bytes. Like `written`, valid only in the entry with cluster 0.
    let size: UInt64
    /// Number of bytes ever written; the rest reads as zeros.
    let written: UInt64
  }

  var isEncrypted: Bool { flags & 0x4000 != 0 }
  var isCompressed: Bool { flags & 0x00FF != 0 }

  /// Attribute types used here.
  enum Kind {
    static let standardInformation: UInt32 = 0x10
    static let attributeList: UInt32 = 0x20
    static let fileName: UInt32 = 0x30
    static let data: UInt32 = 0x80
    static let indexRoot: UInt32 = 0x90
    static let bitmap: UInt32 = 0xB0
    static let reparsePoint: UInt32 = 0xC0
  }

  /// Reads the attribute at `offset` and its length; nil at the end of the list, or at damage.
  static func read(_ record: UnsafeRawBufferPointer, at offset: Int) -> (
    attribute: NtfsAttribute, length: Int
  )? {
    guard let type: UInt32 = record.little(offset), type != 0xFFFF_FFFF, type != 0,
      let length32: UInt32 = record.little(offset + 4), length32 >= 24,
      Int(length32) <= record.count - offset,
      let nameOffset: UInt16 = record.little(offset + 10),
      let flags: UInt16 = record.little(offset + 12),
      let identifier: UInt16 = record.little(offset + 14)
    else { return nil }
    let length = Int(length32)
    let end = offset + length
    let nameStart = offset + Int(nameOffset)
    let nameEnd = nameStart + 2 * Int(record[offset + 9])
    guard nameEnd <= end || record[offset + 9] == 0 else { return nil }
    let name = record[offset + 9] == 0 ? offset..<offset : nameStart..<nameEnd
    let content: Content? =
      record[offset + 8] == 0
      ? resident(record, offset, end) : clusters(record, offset, end)
    guard let content else { return nil }
    return (
      NtfsAttribute(
        type: type, identifier: identifier, flags: flags, name: name, content: content), length
    )
  }

  private static func resident(_ record: UnsafeRawBufferPointer, _ offset: Int, _ end: Int)
    -> Content?
  {
    guard let count: UInt32 = record.little(offset + 16),
      let place: UInt16 = record.little(offset + 20),
      offset + Int(place) + Int(count) <= end
    else { return nil }
    let start = offset + Int(place)
    return .resident(start..<(start + Int(count)))
  }

  private static func clusters(_ record: UnsafeRawBufferPointer, _ offset: Int, _ end: Int)
    -> Content?
  {
    guard end - offset >= 64, let first: UInt64 = record.little(offset + 16),
      let runs: UInt16 = record.little(offset + 32), Int(runs) >= 64, Int(runs) <= end - offset,
      let unit: UInt16 = record.little(offset + 34),
      let size: UInt64 = record.little(offset + 48),
      let written: UInt64 = record.little(offset + 56)
    else { return nil }
    return .clusters(
      ClusterContent(
        firstCluster: first, runs: (offset + Int(runs))..<end, compressionUnit: unit, size: size,
        written: written))
  }
}
