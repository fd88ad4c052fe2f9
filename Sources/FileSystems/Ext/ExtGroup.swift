/// Location of a block group's inodes.
///
/// Source: Documentation/filesystems/ext4, "Block Group Descriptors"; struct ext4_group_desc.
struct ExtGroup: Hashable {
  /// Block of the block bitmap, one bit per block.
  let blockBitmap: UInt64
  /// Block of the inode bitmap, one bit per inode.
  let inodeBitmap: UInt64
  /// First block of its inode table.
  let inodeTable: UInt64
  /// Whether no inode was ever used, and the bitmap was never written.
  let isUninitialised: Bool
  /// Whether no block except structures was ever used, and the bitmap was never written.
  let hasNoBlockBitmap: Bool
  /// Number of inodes at the end of the table that were never used, and may not even be zeroed.
  let unusedInodes: UInt64

  init(_ record: FileSystemRecord, _ superblock: ExtSuperblock) {
    func block(_ low: Int, _ high: Int) -> UInt64 {
      let upper = superblock.descriptorSize >= 64 ? UInt64(record.little32(high)) : 0
      return upper << 32 | UInt64(record.little32(low))
    }
    blockBitmap = block(0, 32)
    inodeBitmap = block(4, 36)
    inodeTable = block(8, 40)
    // The flag is valid only if checksums protect it.
    let hasFlags =
      superblock.readOnly.contains(.groupChecksums)
      || superblock.readOnly.contains(.metadataChecksums)
    isUninitialised = hasFlags && record.little16(18) & 0x1 != 0
    hasNoBlockBitmap = hasFlags && record.little16(18) & 0x2 != 0
    let upper = superblock.descriptorSize >= 64 ? UInt64(record.little16(50)) : 0
    unusedInodes = hasFlags ? upper << 16 | UInt64(record.little16(28)) : 0
  }

  /// Offset in the volume of a group's descriptor; nil if it is impossible. Source: "Meta Block
  /// Groups"; descriptor_loc in fs/ext4/super.c.
  static func place(of group: UInt64, _ superblock: ExtSuperblock) -> UInt64? {
    let perBlock = UInt64(superblock.blockSize / superblock.descriptorSize)
    let (number, index) = group.quotientAndRemainder(dividingBy: perBlock)
    var block = ExtSuperblock.place / UInt64(superblock.blockSize) + 1 + number
    if superblock.incompatible.contains(.metaGroups), number >= UInt64(superblock.firstMetaGroup) {
      // The descriptors are in the first of the groups that they describe, behind its superblock.
      let first = number * perBlock
      let (distance, overflow) = first.multipliedReportingOverflow(by: superblock.blocksPerGroup)
      guard !overflow else { return nil }
      block = superblock.firstDataBlock
      block += superblock.hasSuperblock(group: first) ? 1 : 0
      // With blocks of 1 KiB the superblock is in block 1, whatever the first group's first block
      // is.
      if superblock.blockSize == 1024, number == 0, superblock.firstDataBlock == 0 { block += 1 }
      let (sum, sumOverflows) = block.addingReportingOverflow(distance)
      guard !sumOverflows else { return nil }
      block = sum
    }
    guard block < superblock.blockCount else { return nil }
    return block * UInt64(superblock.blockSize) + index * UInt64(superblock.descriptorSize)
  }
}
