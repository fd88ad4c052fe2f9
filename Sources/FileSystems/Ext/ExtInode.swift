import Evidence

/// Metadata of a file: everything but its names.
///
/// Source: Documentation/filesystems/ext4, "Index Nodes"; struct ext4_inode in fs/ext4/ext4.h.
struct ExtInode {
  let number: UInt32
  /// Inode as stored in its table.
  let record: FileSystemRecord
  /// Offset of the inode in the image.
  let place: UInt64
  /// Size in bytes of the part of `record` that every inode has.
  static let smallestSize = 128

  var kind: InodeKind { InodeKind(mode: record.little16(0)) }

  /// Flags for the format of the content and its special properties.
  struct Flags: OptionSet {
    let rawValue: UInt32
    static let encrypted = Self(rawValue: 0x800)
    static let extents = Self(rawValue: 0x8_0000)
    /// The content is the value of an extended attribute of another inode.
    static let attributeValue = Self(rawValue: 0x20_0000)
    static let inlineData = Self(rawValue: 0x1000_0000)
  }

  var flags: Flags { Flags(rawValue: record.little32(32)) }

  /// Number of names.
  var linkCount: UInt16 { record.little16(26) }

  /// Time of deletion; in an inode that is not deleted, zero or a link of the orphan list.
  var deletionTime: UInt32 { record.little32(20) }

  /// Whether the inode shows signs of ever having been used.
  var wasUsed: Bool { record.little32(12) != 0 || kind == .file && lowSize != 0 }

  private var lowSize: UInt64 { UInt64(record.little32(4)) }

  /// Length of the content in bytes. In directories, the upper half is another field unless large
  /// directories are allowed (ext4_isize).
  func size(_ superblock: ExtSuperblock) -> UInt64 {
    let hasHighHalf =
      kind == .file || superblock.incompatible.contains(.largeDirectories) && kind == .directory
    return (hasHighHalf ? UInt64(record.little32(108)) << 32 : 0) | lowSize
  }

  /// i_block: a block map, the root of an extent tree, or the content itself.
  static let blockField = 40..<100

  var blockField: FileSystemRecord { record.part(Self.blockField) }

  /// End of the additional fields that this inode has; 128 if it has none.
  var extraEnd: Int {
    guard record.count >= Self.smallestSize + 2 else { return Self.smallestSize }
    return min(Self.smallestSize + Int(record.little16(128)), record.count)
  }

  var times: FileTimes {
    FileTimes(
      modified: time(at: 16, extra: 136),
      created: extraEnd >= 148 ? time(at: 144, extra: 148) : nil,
      accessed: time(at: 8, extra: 140), changed: time(at: 12, extra: 132), areLocal: false)
  }

  /// Reads signed seconds at `offset`; a second field, if present, has two more bits of them and
  /// the nanoseconds. Nil if no time was set. Source: "Inode Timestamps".
  private func time(at offset: Int, extra: Int) -> Timestamp? {
    let low = Int64(Int32(bitPattern: record.little32(offset)))
    guard extraEnd >= extra + 4 else {
      return low == 0 ? nil : Timestamp(seconds: low, nanoseconds: 0)
    }
    let more = record.little32(extra)
    let seconds = low + Int64(more & 0x3) << 32
    return seconds == 0
      ? nil : Timestamp(seconds: seconds, nanoseconds: min(more >> 2, 999_999_999))
  }
}
