/// Where a group of blocks has its inodes.
///
/// Source: Documentation/filesystems/ext4, "Block Group Descriptors"; struct ext4_group_desc.
struct ExtGroup: Hashable {
  /// The block that says which inodes are in use, one bit each.
  let inodeBitmap: UInt64
  /// The first block of its inodes.
  let inodeTable: UInt64
  /// No inode was ever used, and the bitmap was never written.
  let isUninitialised: Bool

  init(_ record: FileSystemRecord, _ superblock: ExtSuperblock) {
    func block(_ low: Int, _ high: Int) -> UInt64 {
      let upper = superblock.descriptorSize >= 64 ? UInt64(record.little32(high)) : 0
      return upper << 32 | UInt64(record.little32(low))
    }
    inodeBitmap = block(4, 36)
    inodeTable = block(8, 40)
    // The flag has a meaning only where checksums protect it.
    let hasFlags =
      superblock.readOnly.contains(.groupChecksums)
      || superblock.readOnly.contains(.metadataChecksums)
    isUninitialised = hasFlags && record.little16(18) & 0x1 != 0
  }

  /// The byte of the volume at which the descriptor of a group lies; nil if that is no place.
  /// Source: "Meta Block Groups"; descriptor_loc in fs/ext4/super.c.
  static func place(of group: UInt64, _ superblock: ExtSuperblock) -> UInt64? {
    let perBlock = UInt64(superblock.blockSize / superblock.descriptorSize)
    let (number, index) = group.quotientAndRemainder(dividingBy: perBlock)
    var block = ExtSuperblock.place / UInt64(superblock.blockSize) + 1 + number
    if superblock.incompatible.contains(.metaGroups), number >= UInt64(superblock.firstMetaGroup) {
      // The descriptors lie in the first of the groups that they describe, behind its superblock.
      let first = number * perBlock
      let (distance, overflow) = first.multipliedReportingOverflow(by: superblock.blocksPerGroup)
      guard !overflow else { return nil }
      block = superblock.firstDataBlock
      block += superblock.hasSuperblock(group: first) ? 1 : 0
      // With blocks of 1 KiB the superblock is in block 1, whatever the group begins with.
      if superblock.blockSize == 1024, number == 0, superblock.firstDataBlock == 0 { block += 1 }
      let (sum, sumOverflows) = block.addingReportingOverflow(distance)
      guard !sumOverflows else { return nil }
      block = sum
    }
    guard block < superblock.blockCount else { return nil }
    return block * UInt64(superblock.blockSize) + index * UInt64(superblock.descriptorSize)
  }
}
