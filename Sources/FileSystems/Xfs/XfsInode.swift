import Evidence

/// Metadata of a file: everything but its names.
///
/// Source: fs/xfs/libxfs/xfs_format.h (struct xfs_dinode, XFS_DIFLAG_*, XFS_DIFLAG2_*); XFS
/// Algorithms & Data Structures, "On-disk Inode".
struct XfsInode {
  let number: UInt64
  /// Inode in its stored form.
  private let record: FileSystemRecord
  /// 1 and 2 without checksums, 3 with them.
  private let version: UInt8
  /// Whether its checksum is correct.
  let isWhole: Bool

  /// Parses an inode. Throws if there is none, or one with a different number.
  init(number: UInt64, record: FileSystemRecord, version: Int) throws(FileSystemError) {
    self.number = number
    self.record = record
    self.version = record.byte(4)
    guard record.big16(0) == 0x494E,
      version == 5 ? self.version == 3 : (1...2).contains(self.version)
    else { throw .damaged("inode \(number) does not exist") }  // IN
    guard self.version < 3 || record.big64(152) == number else {
      throw .damaged("another inode in place of inode \(number)")
    }
    isWhole = self.version < 3 || record.hasChecksum(at: 100)
  }

  var kind: InodeKind { InodeKind(mode: record.big16(2)) }

  /// Format of the data fork (enum xfs_dinode_fmt).
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

  /// Whether the content is on the realtime device, whose blocks are numbered separately
  /// (XFS_DIFLAG_REALTIME).
  var isRealtime: Bool { record.big16(90) & 0x1 != 0 }

  /// Features of a version 3 inode: 64-bit times and 64-bit extent counters.
  private var flags2: UInt64 { version < 3 ? 0 : record.big64(120) }
  private static let bigTime: UInt64 = 0x8
  private static let largeExtentCounts: UInt64 = 0x10

  /// Number of names; version 1 stores it in 16 bits at another offset.
  var linkCount: UInt32 { version == 1 ? UInt32(record.big16(6)) : record.big32(16) }

  /// Length of the content in bytes.
  var size: UInt64 { record.big64(56) }

  /// Number of extents in the data fork.
  var extentCount: UInt64 {
    flags2 & Self.largeExtentCounts != 0 ? record.big64(24) : UInt64(record.big32(76))
  }

  /// Data fork: the bytes behind the fields, up to the extended attributes, if any
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

  /// Reads a time: signed seconds, and nanoseconds; or nanoseconds since the earliest time of the
  /// former (XFS_BIGTIME_EPOCH_OFFSET). Nil if not set.
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
