/// The superblock of an ext2, ext3 or ext4 file system, 1024 bytes from the start of its volume.
///
/// Source: Documentation/filesystems/ext4, "Super Block"; struct ext4_super_block in fs/ext4/ext4.h.
struct ExtSuperblock: Hashable {
  /// How many inodes there are; they are numbered from 1 to this.
  let inodeCount: UInt32
  /// How many blocks there are.
  let blockCount: UInt64
  /// The block that the first group begins with: 1 where a block has 1 KiB, else 0.
  let firstDataBlock: UInt64
  /// The length of a block in bytes, 1 KiB to 64 KiB.
  let blockSize: Int
  /// How many blocks a group has (with bigalloc too, where bitmaps count clusters of blocks).
  let blocksPerGroup: UInt64
  /// How many inodes a group has.
  let inodesPerGroup: UInt32
  /// The length of an inode in bytes, 128 at least.
  let inodeSize: Int
  /// The first inode that an ordinary file may have; those below are the file system's own.
  let firstInode: UInt32
  /// The length of a group descriptor in bytes.
  let descriptorSize: Int
  /// The first block of group descriptors that lies in its own groups (meta_bg).
  let firstMetaGroup: UInt32
  /// The groups besides the first that have a copy of the superblock (sparse_super2).
  let backupGroups: [UInt32]
  /// Inodes of the file system itself that `firstInode` does not tell: journal, quotas, orphan file.
  let ownInodes: [UInt32]
  let compatible: UInt32
  let incompatible: Incompatible
  let readOnly: ReadOnly

  /// Features without which the structures cannot be understood.
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

    /// What is understood here. Not among them: compression (never part of Linux), file systems that
    /// are only a journal, and names with data behind them (Lustre).
    static let known: Self = [
      .fileTypes, .recovery, .metaGroups, .extents, .is64Bit, .multipleMountProtection,
      .flexibleGroups, .attributesInInodes, .checksumSeed, .largeDirectories, .inlineData,
      .encryption, .caseFolding,
    ]
  }

  /// Features that a reader may ignore; those that matter here.
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

  /// The superblock is a kibibyte, at this byte of the volume.
  static let place: UInt64 = 1024
  static let size = 1024

  /// Takes a superblock apart; nil if there is none, by its magic.
  init?(_ record: FileSystemRecord) throws(FileSystemError) {
    guard record.count == Self.size, record.little16(56) == 0xEF53 else { return nil }
    incompatible = Incompatible(rawValue: record.little32(96))
    let unknown = incompatible.subtracting(.known)
    guard unknown.isEmpty else {
      throw .unsupported(
        "the ext file system has features that are not known: "
          + "0x" + String(unknown.rawValue, radix: 16))
    }
    compatible = record.little32(92)
    readOnly = ReadOnly(rawValue: record.little32(100))
    inodeCount = record.little32(0)
    let high = incompatible.contains(.is64Bit) ? UInt64(record.little32(336)) : 0
    blockCount = high << 32 | UInt64(record.little32(4))
    firstDataBlock = UInt64(record.little32(20))
    let logarithm = record.little32(24)
    guard logarithm <= 6 else { throw .damaged("the superblock's size of a block") }
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
    else { throw .damaged("the superblock's numbers of blocks and inodes") }

    // Revision 0 has none of the fields from 84 on.
    let isDynamic = record.little32(76) != 0
    inodeSize = isDynamic ? Int(record.little16(88)) : 128
    firstInode = isDynamic ? max(record.little32(84), 11) : 11
    guard inodeSize >= 128, inodeSize <= blockSize, inodeSize & (inodeSize - 1) == 0 else {
      throw .damaged("the superblock's size of an inode")
    }
    descriptorSize = incompatible.contains(.is64Bit) ? Int(record.little16(254)) : 32
    guard descriptorSize >= (incompatible.contains(.is64Bit) ? 64 : 32),
      descriptorSize <= 1024, descriptorSize & (descriptorSize - 1) == 0
    else { throw .damaged("the superblock's size of a group descriptor") }
    firstMetaGroup = record.little32(260)
    backupGroups = [record.little32(588), record.little32(592)]
    ownInodes = [224, 576, 580, 620, 640].map { record.little32($0) }.filter { $0 != 0 }
  }

  /// How many groups have inodes.
  var groupCount: UInt64 {
    let byBlocks = (blockCount - firstDataBlock - 1) / blocksPerGroup + 1
    let byInodes = (UInt64(inodeCount) - 1) / UInt64(inodesPerGroup) + 1
    return min(byBlocks, byInodes)
  }

  /// How TSK calls it: by what it has, since nothing says which system made it.
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

  /// Whether a group begins with a copy of the superblock, which moves its descriptors by a block.
  /// Source: ext4_bg_has_super in fs/ext4/balloc.c.
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
