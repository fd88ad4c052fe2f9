import Evidence

/// A file as the file system knows it: everything but its names.
///
/// Source: fs/xfs/libxfs/xfs_format.h (struct xfs_dinode, XFS_DIFLAG_*, XFS_DIFLAG2_*); XFS Algorithms &
/// Data Structures, "On-disk Inode".
struct XfsInode {
  let number: UInt64
  /// The inode as it lies on the disk.
  private let record: FileSystemRecord
  /// 1 and 2 before there were checksums, 3 with them.
  private let version: UInt8
  /// Whether it has the checksum that it should.
  let isWhole: Bool

  /// Takes an inode apart. Throws if there is none, or one that is in the wrong place.
  init(number: UInt64, record: FileSystemRecord, version: Int) throws(FileSystemError) {
    self.number = number
    self.record = record
    self.version = record.byte(4)
    guard record.big16(0) == 0x494E,
      version == 5 ? self.version == 3 : (1...2).contains(self.version)
    else { throw .damaged("there is no inode \(number)") }  // IN
    guard self.version < 3 || record.big64(152) == number else {
      throw .damaged("another inode in the place of inode \(number)")
    }
    isWhole = self.version < 3 || record.hasChecksum(at: 100)
  }

  /// What kind of file it is, by the upper four bits of its mode.
  enum Kind {
    case file, directory, symbolicLink
    /// A device, pipe or socket.
    case special
    /// No kind that there is: nobody uses this inode, or it is damaged.
    case undefined
  }

  var kind: Kind {
    switch record.big16(2) >> 12 {
    case 0x8: .file
    case 0x4: .directory
    case 0xA: .symbolicLink
    case 0x1, 0x2, 0x6, 0xC: .special
    default: .undefined
    }
  }

  /// How what is in the fork of data is to be understood (enum xfs_dinode_fmt).
  enum Format {
    /// The content itself.
    case local
    /// A list of extents.
    case extents
    /// The root of a tree of extents.
    case tree
    case other
  }

  var format: Format {
    switch record.byte(5) {
    case 1: .local
    case 2: .extents
    case 3: .tree
    default: .other
    }
  }

  /// The content lies on another device, whose blocks are counted otherwise (XFS_DIFLAG_REALTIME).
  var isRealtime: Bool { record.big16(90) & 0x1 != 0 }

  /// Features of an inode of version 3: times of 64 bits, and counters of extents of 64 bits.
  private var flags2: UInt64 { version < 3 ? 0 : record.big64(120) }
  private static let bigTime: UInt64 = 0x8
  private static let largeExtentCounts: UInt64 = 0x10

  /// How many names it has; the first version had 16 bits for it, elsewhere.
  var linkCount: UInt32 { version == 1 ? UInt32(record.big16(6)) : record.big32(16) }

  /// The length of the content in bytes.
  var size: UInt64 { record.big64(56) }

  /// How many extents the fork of data has.
  var extentCount: UInt64 {
    flags2 & Self.largeExtentCounts != 0 ? record.big64(24) : UInt64(record.big32(76))
  }

  /// The fork of data: what is behind the fields, up to the extended attributes, if there are any
  /// (XFS_DFORK_DSIZE).
  func dataFork() throws(FileSystemError) -> FileSystemRecord {
    let start = version < 3 ? 100 : 176
    let attributes = Int(record.byte(82)) * 8
    guard attributes <= record.count - start else { throw .damaged("the forks of the inode") }
    return record.part(start..<(attributes == 0 ? record.count : start + attributes))
  }

  var times: FileTimes {
    FileTimes(
      modified: time(at: 40), created: version < 3 ? nil : time(at: 144), accessed: time(at: 32),
      changed: time(at: 48), areLocal: false)
  }

  /// Seconds, signed, and nanoseconds; or nanoseconds since the first second that the former can say
  /// (XFS_BIGTIME_EPOCH_OFFSET). nil if no time was set.
  private func time(at offset: Int) -> Timestamp? {
    if flags2 & Self.bigTime != 0 {
      let (since, rest) = record.big64(offset).quotientAndRemainder(dividingBy: 1_000_000_000)
      let seconds = Int64(since) - 1 << 31
      return seconds == 0 ? nil : Timestamp(seconds: seconds, nanoseconds: UInt32(rest))
    }
    let seconds = Int64(Int32(bitPattern: record.big32(offset)))
    return seconds == 0
      ? nil : Timestamp(seconds: seconds, nanoseconds: min(record.big32(offset + 4), 999_999_999))
  }
}
