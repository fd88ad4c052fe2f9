/// A name in a directory.
struct XfsName: Hashable {
  /// Inode that it leads to.
  let inode: UInt64
  let bytes: [UInt8]
}

/// Names in a part of a directory. Deleted names are not searched: their inodes contain nothing
/// any more.
///
/// Source: fs/xfs/libxfs/xfs_da_format.h; XFS Algorithms & Data Structures, "Directories".
struct XfsDirectoryPart {
  private(set) var names: [XfsName] = []
  /// Description of its defect; nil if none was found.
  private(set) var problem: String?

  /// Valid bits of an inode number: the upper byte has no meaning (XFS_MAXINUMBER).
  private static let inodeMask: UInt64 = 0x00FF_FFFF_FFFF_FFFF

  /// Parses the names of a directory stored in its inode: the number of names, the number of
  /// those with inodes of eight bytes instead of four, the parent; then for each name its length,
  /// a cookie, the name, its type if present, and the inode (xfs_dir2_sf_hdr).
  init(inInode fork: FileSystemRecord, size: UInt64, _ superblock: XfsSuperblock) {
    guard size <= UInt64(fork.count), size >= 6 else {
      problem = "its size"
      return
    }
    let end = Int(size)
    let count = Int(fork.byte(0))
    let inodeSize = fork.byte(1) > 0 ? 8 : 4
    let typeSize = superblock.hasFileTypes ? 1 : 0
    var position = 2 + inodeSize
    for _ in 0..<count {
      guard position + 3 <= end else { break }
      let length = Int(fork.byte(position))
      let inode = position + 3 + length + typeSize
      guard length > 0, inode + inodeSize <= end else { break }
      names.append(
        XfsName(
          inode: inodeSize == 8 ? fork.big64(inode) & Self.inodeMask : UInt64(fork.big32(inode)),
          bytes: fork.bytes((position + 3)..<(position + 3 + length))))
      position = inode + inodeSize
    }
    if names.count < count { problem = "its entries are not contiguous" }
  }

  /// Parses the names in a block. An entry is an inode (8 bytes), the length of the name, the
  /// name, its type if present, and at the end of a multiple of 8 its own offset in the block.
  /// Unused space begins with 0xFFFF and its length, and also ends with its offset.
  init(block: FileSystemRecord, of directory: UInt64, _ superblock: XfsSuperblock) {
    let hasChecksum = superblock.version == 5
    let magic = block.big32(0)
    // XDB3 and XDD3, XD2B and XD2D.
    let (single, data): (UInt32, UInt32) =
      hasChecksum ? (0x5844_4233, 0x5844_4433) : (0x5844_3242, 0x5844_3244)
    guard magic == single || magic == data else {
      problem = "a block is not a directory block"
      return
    }
    if hasChecksum, !block.hasChecksum(at: 4) {
      problem = "checksum mismatch"
    } else if hasChecksum, block.big64(40) != directory {
      problem = "a block belongs to another directory"
    }
    let start = hasChecksum ? 64 : 16
    var end = block.count
    if magic == single {
      // Hashes of its names follow, then their number (xfs_dir2_block_tail).
      let hashes = UInt64(block.big32(end - 8)) * 8 + 8
      // No hash is in the header.
      if hashes <= UInt64(end - start) {
        end -= Int(hashes)
      } else {
        problem = "invalid number of hashes"
      }
    }
    findNames(block, start..<end, typeSize: superblock.hasFileTypes ? 1 : 0)
  }

  private mutating func findNames(
    _ block: FileSystemRecord, _ range: Range<Int>, typeSize: Int
  ) {
    var position = range.lowerBound
    while position + 8 <= range.upperBound {
      let room = range.upperBound - position
      if block.big16(position) == 0xFFFF {
        let length = Int(block.big16(position + 2))
        if length >= 8, length % 8 == 0, length <= room,
          Int(block.big16(position + length - 2)) == position
        {
          position += length
          continue
        }
      } else if room >= 16 {
        let length = Int(block.byte(position + 8))
        let size = (11 + length + typeSize + 7) & ~7
        if length > 0, size <= room, Int(block.big16(position + size - 2)) == position {
          names.append(
            XfsName(
              inode: block.big64(position) & Self.inodeMask,
              bytes: block.bytes((position + 9)..<(position + 9 + length))))
          position += size
          continue
        }
      }
      // Each entry contains its offset, which shows where the next one begins.
      problem = problem ?? "its entries are not contiguous"
      position += 8
    }
  }
}
