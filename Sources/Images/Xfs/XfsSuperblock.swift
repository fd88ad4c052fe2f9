/// The superblock of an XFS file system, at the first byte of its volume. All numbers of XFS are
/// big-endian, but for checksums.
///
/// Source: fs/xfs/libxfs/xfs_format.h (struct xfs_dsb, XFS_SB_*); XFS Algorithms & Data Structures,
/// "Superblocks". What is refused here is what xfs_validate_sb_common in xfs_sb.c refuses.
struct XfsSuperblock: Hashable {
  /// How many blocks there are.
  let blockCount: UInt64
  /// The length of a block in bytes, 512 bytes to 64 KiB, and its logarithm.
  let blockSize: Int
  let blockBits: Int
  /// How many blocks an allocation group has; the last one has fewer.
  let groupBlocks: UInt64
  let groupCount: UInt64
  /// So many bits of the number of a block count inside of its group.
  let groupBits: Int
  /// The length of an inode in bytes, 256 to 2048.
  let inodeSize: Int
  /// So many bits of the number of an inode count inside of its block.
  let inodesPerBlockBits: Int
  let sectorSize: Int
  /// The length of a block of a directory in bytes, a block or more of them.
  let directoryBlockSize: Int
  let rootInode: UInt64
  /// Inodes of the file system itself: map and summary of the realtime device, quotas.
  let ownInodes: [UInt64]
  /// 4, or 5 where metadata has checksums and says whose it is.
  let version: Int
  /// Whether names of directories carry the type of their file.
  let hasFileTypes: Bool
  /// Whether chunks of inodes may have holes.
  let hasSparseInodes: Bool

  /// Features without which the structures cannot be understood (XFS_SB_FEAT_INCOMPAT_*).
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

    /// What is understood here. Not among them: directories of metadata (0x100) and zoned devices
    /// (0x200, 0x400), which give the realtime device another form.
    static let known: Self = [
      .fileTypes, .sparseInodes, .metadataIdentifier, .bigTime, .needsRepair, .largeExtentCounts,
      .exchangeRange, .parents,
    ]
  }

  /// Bits of the version (XFS_SB_VERSION_*): directories of version 2, and a second word of features.
  private static let hasDirectories2: UInt16 = 0x2000
  private static let hasMoreBits: UInt16 = 0x8000
  /// XFS_SB_VERSION2_FTYPE.
  private static let fileTypes2: UInt32 = 0x200

  /// What of it is used lies in so many bytes, the smallest sector.
  static let size = 512
  /// Where its checksum lies, that of its whole sector (XFS_SB_CRC_OFF).
  static let checksumPlace = 224

  /// Takes a superblock apart; nil if there is none, by its magic.
  init?(_ record: FileSystemRecord) throws(FileSystemError) {
    guard record.count >= Self.size, record.big32(0) == 0x5846_5342 else { return nil }  // XFSB
    let bits = record.big16(100)
    version = Int(bits & 0xF)
    guard version == 4 || version == 5, bits & Self.hasDirectories2 != 0 else {
      throw .unsupported("version \(version) of the format is not known")
    }
    let incompatible = Incompatible(rawValue: version == 5 ? record.big32(216) : 0)
    let unknown = incompatible.subtracting(.known)
    guard unknown.isEmpty else {
      throw .unsupported(
        "it has features that are not known: 0x\(String(unknown.rawValue, radix: 16))")
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
    else { throw .damaged("the superblock's sizes") }
    directoryBlockSize = blockSize << directoryBits

    blockCount = record.big64(8)
    groupBlocks = UInt64(record.big32(84))
    groupCount = UInt64(record.big32(88))
    groupBits = Int(record.byte(124))
    // XFS_MIN_AG_BLOCKS; numbers of inodes of a group have 32 bits.
    guard groupBlocks >= 64, groupCount > 0, groupBits + inodesPerBlockBits <= 32,
      groupBlocks <= 1 << UInt64(groupBits), blockCount <= groupCount * groupBlocks,
      blockCount > (groupCount - 1) * groupBlocks,
      blockCount <= UInt64(Int64.max) >> UInt64(blockBits)
    else { throw .damaged("the superblock's numbers of blocks and groups") }
    rootInode = record.big64(56)
    ownInodes = [64, 72, 160, 168, 232].map { record.big64($0) }.filter { $0 != 0 }
  }

  /// How many blocks a group has.
  func blocks(ofGroup group: UInt64) -> UInt64 {
    group + 1 == groupCount ? blockCount - group * groupBlocks : groupBlocks
  }

  /// The last block of a group's headers: superblock, two of free space and inodes, and a list, a
  /// sector each (XFS_AGFL_BLOCK).
  var lastHeaderBlock: UInt64 { UInt64(3 * sectorSize) >> UInt64(blockBits) }
}

extension XfsSuperblock {
  private static let refusalStart = "XFS is not read: "

  /// How a helper says why it does not read an XFS file system.
  static func refusal(_ error: FileSystemError) -> String { refusalStart + error.description }

  /// Why a helper does not read an XFS file system; nil if it said nothing of one.
  static func cause(ofRefusal message: String) -> String? {
    message.hasPrefix(refusalStart) ? String(message.dropFirst(refusalStart.count)) : nil
  }
}
