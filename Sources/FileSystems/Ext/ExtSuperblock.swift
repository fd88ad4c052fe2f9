/// Superblock of an ext2, ext3 or ext4 file system, 1024 bytes from the start of its volume.
///
/// Source: Documentation/filesystems/ext4, "Super Block"; struct ext4_super_block in
/// fs/ext4/ext4.h.
struct ExtSuperblock: Hashable {
  /// Number of inodes, which are numbered from 1.
  let inodeCount: UInt32
  /// Number of blocks.
  let blockCount: UInt64
  /// First block of the first group: 1 with blocks of 1 KiB, else 0.
  let firstDataBlock: UInt64
  /// Size of a block in bytes, 1 KiB to 64 KiB.
  let blockSize: Int
  /// Number of blocks in a group (also with bigalloc, where bitmaps count clusters of blocks).
  let blocksPerGroup: UInt64
  /// Number of blocks per bitmap bit: 1 without bigalloc.
  let blocksPerBit: UInt64
  /// Number of inodes in a group.
  let inodesPerGroup: UInt32
  /// Size of an inode in bytes, at least 128.
  let inodeSize: Int
  /// First inode of ordinary files; lower ones belong to the file system.
  let firstInode: UInt32
  /// Size of a group descriptor in bytes.
  let descriptorSize: Int
  /// First block of group descriptors that is stored in its own groups (meta_bg).
  let firstMetaGroup: UInt32
  /// Groups beside the first that have a copy of the superblock (sparse_super2).
  let backupGroups: [UInt32]
  /// Inodes of the file system beyond those below `firstInode`: journal, quotas, orphan file.
  let ownInodes: [UInt32]
  let compatible: UInt32
  let incompatible: Incompatible
  let readOnly: ReadOnly

  /// Features without which the structures cannot be read.
  struct Incompatible: OptionSet, Hashable {
    let rawValue: UInt32
    static let fileTypes = Self(rawValue: 0x2)
    static let recovery = Self(rawValue: 0x4)
    static let metaGroups = Self(rawValue: 0x10)
    static let extents = Self(rawValue: 0x40)
    static let is64Bit = Self(rawValue: 0x80)
    static let multipleMountProtection = Self(rawValue: 0x100)
    static let flexibleGroups = Self(rawValue: 0x200)
    static let attributesInInodes = Self(rawValue: 0x400)
    static let checksumSeed = Self(rawValue: 0x2000)
    static let largeDirectories = Self(rawValue: 0x4000)
    static let inlineData = Self(rawValue: 0x8000)
    static let encryption = Self(rawValue: 0x10000)
    static let caseFolding = Self(rawValue: 0x20000)

    /// Supported features. Not among them: compression (never part of Linux), file systems that
    /// consist of only a journal, and names followed by data (Lustre).
    static let known: Self = [
      .fileTypes, .recovery, .metaGroups, .extents, .is64Bit, .multipleMountProtection,
      .flexibleGroups, .attributesInInodes, .checksumSeed, .largeDirectories, .inlineData,
      .encryption, .caseFolding,
    ]
  }

  /// Features that a reader may ignore, as far as they matter here.
  struct ReadOnly: OptionSet, Hashable {
    let rawValue: UInt32
    static let sparseSuperblocks = Self(rawValue: 0x1)
    static let hugeFiles = Self(rawValue: 0x8)
    static let groupChecksums = Self(rawValue: 0x10)
    static let manyLinks = Self(rawValue: 0x20)
    static let extraInodeSize = Self(rawValue: 0x40)
    static let clusters = Self(rawValue: 0x200)
    static let metadataChecksums = Self(rawValue: 0x400)
  }

  private static let hasJournal: UInt32 = 0x4
  private static let sparseSuperblocks2: UInt32 = 0x200

  /// Offset in bytes of the superblock in the volume; its size is 1024 bytes.
  static let place: UInt64 = 1024
  static let size = 1024

  /// Parses a superblock; nil if the magic is missing.
  init?(_ record: FileSystemRecord) throws(FileSystemError) {
    guard record.count == Self.size, record.little16(56) == 0xEF53 else { return nil }
    incompatible = Incompatible(rawValue: record.little32(96))
    let unknown = incompatible.subtracting(.known)
    guard unknown.isEmpty else {
      throw .unsupported(
        "the ext file system has unknown features: "
          + "0x" + String(unknown.rawValue, radix: 16))
    }
    compatible = record.little32(92)
    readOnly = ReadOnly(rawValue: record.little32(100))
    inodeCount = record.little32(0)
    let high = incompatible.contains(.is64Bit) ? UInt64(record.little32(336)) : 0
    blockCount = high << 32 | UInt64(record.little32(4))
    firstDataBlock = UInt64(record.little32(20))
    let logarithm = record.little32(24)
    guard logarithm <= 6 else { throw .damaged("the block size of the superblock") }
    blockSize = 1024 << Int(logarithm)
    blocksPerGroup = UInt64(record.little32(32))
    inodesPerGroup = record.little32(40)
    let bitsOfBlock = UInt64(blockSize) * 8
    let unitsPerGroup =
      readOnly.contains(.clusters) ? UInt64(record.little32(36)) : blocksPerGroup
    guard inodeCount > 0, firstDataBlock < blockCount, blocksPerGroup > 0,
      (1...bitsOfBlock).contains(unitsPerGroup),
      (1...bitsOfBlock).contains(UInt64(inodesPerGroup)),
      blockCount <= UInt64(Int64.max) / UInt64(blockSize)
    else { throw .damaged("the block and inode counts of the superblock") }

    blocksPerBit = max(1, blocksPerGroup / unitsPerGroup)

    // Revision 0 lacks the fields from offset 84.
    let isDynamic = record.little32(76) != 0
    inodeSize = isDynamic ? Int(record.little16(88)) : 128
    firstInode = isDynamic ? max(record.little32(84), 11) : 11
    guard inodeSize >= 128, inodeSize <= blockSize, inodeSize & (inodeSize - 1) == 0 else {
      throw .damaged("the inode size of the superblock")
    }
    descriptorSize = incompatible.contains(.is64Bit) ? Int(record.little16(254)) : 32
    guard descriptorSize >= (incompatible.contains(.is64Bit) ? 64 : 32),
      descriptorSize <= 1024, descriptorSize & (descriptorSize - 1) == 0
    else { throw .damaged("the group descriptor size of the superblock") }
    firstMetaGroup = record.little32(260)
    backupGroups = [record.little32(588), record.little32(592)]
    ownInodes = [224, 576, 580, 620, 640].map { record.little32($0) }.filter { $0 != 0 }
  }

  /// Number of groups that have inodes.
  var groupCount: UInt64 {
    let byBlocks = (blockCount - firstDataBlock - 1) / blocksPerGroup + 1
    let byInodes = (UInt64(inodeCount) - 1) / UInt64(inodesPerGroup) + 1
    return min(byBlocks, byInodes)
  }

  /// TSK's name of the type: by its features, since nothing states which system made it.
  var typeName: String {
    let ofExt4: Incompatible = [.extents, .is64Bit, .flexibleGroups, .inlineData, .encryption]
    let readOnlyOfExt4: ReadOnly = [
      .hugeFiles, .groupChecksums, .manyLinks, .extraInodeSize, .clusters, .metadataChecksums,
    ]
    if !incompatible.isDisjoint(with: ofExt4) || !readOnly.isDisjoint(with: readOnlyOfExt4) {
      return "ext4"
    }
    return compatible & Self.hasJournal != 0 ? "ext3" : "ext2"
  }

  /// Whether a group begins with a copy of the superblock, which moves its descriptors by a
  /// block. Source: ext4_bg_has_super in fs/ext4/balloc.c.
  func hasSuperblock(group: UInt64) -> Bool {
    if group == 0 { return true }
    if compatible & Self.sparseSuperblocks2 != 0 {
      return backupGroups.contains { UInt64($0) == group }
    }
    if group <= 1 || !readOnly.contains(.sparseSuperblocks) { return true }
    return ([3, 5, 7] as [UInt64]).contains { base in
      var power = base
      while power < group { power *= base }
      return power == group
    }
  }
}
