import Evidence

/// A file as the file system knows it: everything but its names.
///
/// Source: Documentation/filesystems/ext4, "Index Nodes"; struct ext4_inode in fs/ext4/ext4.h.
struct ExtInode {
  let number: UInt32
  /// The inode as it lies in its table.
  let record: FileSystemRecord
  /// The first byte of the inode in the image.
  let place: UInt64
  /// What `record` begins with.
  static let smallestSize = 128

  /// What kind of file it is, by the upper four bits of its mode.
  enum Kind {
    case file, directory, symbolicLink
    /// A device, pipe or socket.
    case special
    /// No kind that there is: nobody uses this inode, or it is damaged.
    case undefined
  }

  var kind: Kind {
    switch record.little16(0) >> 12 {
    case 0x8: .file
    case 0x4: .directory
    case 0xA: .symbolicLink
    case 0x1, 0x2, 0x6, 0xC: .special
    default: .undefined
    }
  }

  /// How the content is stored, and what is special about it.
  struct Flags: OptionSet {
    let rawValue: UInt32
    static let encrypted = Self(rawValue: 0x800)
    static let extents = Self(rawValue: 0x8_0000)
    /// The content is the value of an extended attribute of another inode.
    static let attributeValue = Self(rawValue: 0x20_0000)
    static let inlineData = Self(rawValue: 0x1000_0000)
  }

  var flags: Flags { Flags(rawValue: record.little32(32)) }

  /// How many names it has.
  var linkCount: UInt16 { record.little16(26) }

  /// The time of its deletion; where it is not deleted, zero or a link of the list of orphans.
  var deletionTime: UInt32 { record.little32(20) }

  /// Whether there is a sign that it was ever used.
  var wasUsed: Bool { record.little32(12) != 0 || kind == .file && lowSize != 0 }

  private var lowSize: UInt64 { UInt64(record.little32(4)) }

  /// The length of the content in bytes. The upper half is another field in directories, unless
  /// large ones are allowed (ext4_isize).
  func size(_ superblock: ExtSuperblock) -> UInt64 {
    let hasHighHalf =
      kind == .file || superblock.incompatible.contains(.largeDirectories) && kind == .directory
    return (hasHighHalf ? UInt64(record.little32(108)) << 32 : 0) | lowSize
  }

  /// i_block: a map of blocks, the root of a tree of extents, or the content itself.
  static let blockField = 40..<100

  var blockField: FileSystemRecord { record.part(Self.blockField) }

  /// Where the fields of larger inodes end that this one has; 128 if it has none.
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

  /// Seconds at `offset`, signed, and where there is a second field two more bits of them and the
  /// nanoseconds; nil if no time was set. Source: "Inode Timestamps".
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
