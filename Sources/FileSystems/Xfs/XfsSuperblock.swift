import Bytes

/// Superblock of an XFS file system, at the first byte of its volume. All numbers of XFS except
/// checksums are big-endian.
///
/// Source: fs/xfs/libxfs/xfs_format.h (struct xfs_dsb, XFS_SB_*); XFS Algorithms & Data
/// Structures, "Superblocks". Refuses what xfs_validate_sb_common in xfs_sb.c refuses.
struct XfsSuperblock: Hashable {
  /// Number of blocks.
  let blockCount: UInt64
  /// Size of a block in bytes, 512 bytes to 64 KiB, and its logarithm.
  let blockSize: Int
  let blockBits: Int
  /// Number of blocks in an allocation group; the last one has fewer.
  let groupBlocks: UInt64
  let groupCount: UInt64
  /// Number of bits of a block number that select the block in its group.
  let groupBits: Int
  /// Size of an inode in bytes, 256 to 2048.
  let inodeSize: Int
  /// Number of bits of an inode number that select the inode in its block.
  let inodesPerBlockBits: Int
  let sectorSize: Int
  /// Size of a directory block in bytes, one or more blocks.
  let directoryBlockSize: Int
  let rootInode: UInt64
  /// First block of the log, 0 if it is on another device (sb_logstart), and its number of blocks.
  let logStart: UInt64
  let logBlocks: UInt64
  /// Inodes of the file system itself: bitmap and summary of the realtime device, quotas.
  let ownInodes: [UInt64]
  /// 4, or 5 if metadata has checksums and owners.
  let version: Int
  /// Whether directory entries contain file types.
  let hasFileTypes: Bool
  /// Whether inode chunks may have holes.
  let hasSparseInodes: Bool

  /// Features without which the structures cannot be read (XFS_SB_FEAT_INCOMPAT_*).
  struct Incompatible: OptionSet, Hashable {
    let rawValue: UInt32
    static let fileTypes = Self(rawValue: 0x1)
    static let sparseInodes = Self(rawValue: 0x2)
    static let metadataIdentifier = Self(rawValue: 0x4)
    static let bigTime = Self(rawValue: 0x8)
    static let needsRepair = Self(rawValue: 0x10)
    static let largeExtentCounts = Self(rawValue: 0x20)
    static let exchangeRange = Self(rawValue: 0x40)
    static let parents = Self(rawValue: 0x80)

    /// Supported features. Not among them: metadata directories (0x100) and zoned devices (0x200,
    /// 0x400), which change the layout of the realtime device.
    static let known: Self = [
      .fileTypes, .sparseInodes, .metadataIdentifier, .bigTime, .needsRepair, .largeExtentCounts,
      .exchangeRange, .parents,
    ]
  }

  /// Bits of the version (XFS_SB_VERSION_*): version 2 directories, and a second word of
  /// features.
  private static let hasDirectories2: UInt16 = 0x2000
  private static let hasMoreBits: UInt16 = 0x8000
  /// XFS_SB_VERSION2_FTYPE.
  private static let fileTypes2: UInt32 = 0x200

  /// Number of bytes that hold all fields used here: the smallest sector.
  static let size = 512
  /// Offset of its checksum, which covers the whole sector (XFS_SB_CRC_OFF).
  static let checksumPlace = 224

  /// Parses a superblock; nil if the magic is missing.
  init?(_ record: FileSystemRecord) throws(FileSystemError) {
    guard record.count >= Self.size, record.big32(0) == 0x5846_5342 else { return nil }  // XFSB
    let bits = record.big16(100)
    version = Int(bits & 0xF)
    guard version == 4 || version == 5, bits & Self.hasDirectories2 != 0 else {
      throw .unsupported("unknown format version \(version)")
    }
    let incompatible = Incompatible(rawValue: version == 5 ? record.big32(216) : 0)
    let unknown = incompatible.subtracting(.known)
    guard unknown.isEmpty else {
      throw .unsupported(
        "unknown features: 0x\(String(unknown.rawValue, radix: 16))")
    }
    let features2 = bits & Self.hasMoreBits != 0 ? record.big32(200) : 0
    hasFileTypes =
      version == 5 ? incompatible.contains(.fileTypes) : features2 & Self.fileTypes2 != 0
    hasSparseInodes = incompatible.contains(.sparseInodes)

    blockSize = Int(record.big32(4))
    blockBits = Int(record.byte(120))
    sectorSize = Int(record.big16(102))
    inodeSize = Int(record.big16(104))
    inodesPerBlockBits = Int(record.byte(123))
    let directoryBits = Int(record.byte(192))
    guard (9...16).contains(blockBits), blockSize == 1 << blockBits,
      (9...15).contains(Int(record.byte(121))), sectorSize == 1 << Int(record.byte(121)),
      sectorSize <= blockSize,
      (8...11).contains(Int(record.byte(122))), inodeSize == 1 << Int(record.byte(122)),
      inodesPerBlockBits == blockBits - Int(record.byte(122)), inodesPerBlockBits >= 0,
      directoryBits <= 16 - blockBits
    else { throw .damaged("the sizes of the superblock") }
    directoryBlockSize = blockSize << directoryBits

    blockCount = record.big64(8)
    groupBlocks = UInt64(record.big32(84))
    groupCount = UInt64(record.big32(88))
    groupBits = Int(record.byte(124))
    // XFS_MIN_AG_BLOCKS; inode numbers within a group have 32 bits.
    guard groupBlocks >= 64, groupCount > 0, groupBits + inodesPerBlockBits <= 32,
      groupBlocks <= 1 << UInt64(groupBits), blockCount <= groupCount * groupBlocks,
      blockCount > (groupCount - 1) * groupBlocks,
      blockCount <= UInt64(Int64.max) >> UInt64(blockBits)
    else { throw .damaged("the block and group counts of the superblock") }
    rootInode = record.big64(56)
    (logStart, logBlocks) = (record.big64(48), UInt64(record.big32(96)))
    ownInodes = [64, 72, 160, 168, 232].map { record.big64($0) }.filter { $0 != 0 }
  }

  /// Number of blocks of a group.
  func blocks(ofGroup group: UInt64) -> UInt64 {
    group + 1 == groupCount ? blockCount - group * groupBlocks : groupBlocks
  }

  /// Last block of a group's headers: superblock, free space, inodes, and free list, one sector
  /// each (XFS_AGFL_BLOCK).
  var lastHeaderBlock: UInt64 { UInt64(3 * sectorSize) >> UInt64(blockBits) }
}
