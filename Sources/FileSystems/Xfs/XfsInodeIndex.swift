import Bytes
import Containers

/// Inodes in use according to the inode trees of all groups.
///
/// Source: fs/xfs/libxfs/xfs_format.h (xfs_inobt_rec); XFS Algorithms & Data Structures, "Inode
/// B+trees" and "Sparse Inodes".
struct XfsInodeIndex {
  /// The inodes in use.
  private(set) var allocated = InodeSet()
  /// Groups whose tree could not be read completely.
  private(set) var damagedGroups: Set<UInt64> = []
  /// Number of groups outside the image.
  let missingGroups: UInt64

  /// Number of inodes in a chunk.
  private static let chunk: UInt64 = 64

  /// Reads the trees of all groups. Calls `heartbeat` regularly, because that may take long.
  init(_ fileSystem: XfsFileSystem, heartbeat: () throws(ImageError) -> Void) throws(ImageError) {
    missingGroups = fileSystem.superblock.groupCount - fileSystem.groupsInImage
    for group in 0..<fileSystem.groupsInImage {
      if group % 64 == 63 { try heartbeat() }
      try add(group, fileSystem, heartbeat)
    }
  }

  private mutating func add(
    _ group: UInt64, _ fileSystem: XfsFileSystem, _ heartbeat: () throws(ImageError) -> Void
  ) throws(ImageError) {
    let superblock = fileSystem.superblock
    let end = superblock.blocks(ofGroup: group) << UInt64(superblock.inodesPerBlockBits)
    guard let tree = try? XfsGroupTree(.inodes, ofGroup: group, in: fileSystem) else {
      damagedGroups.insert(group)
      return
    }
    var reader = XfsGroupTreeReader(fileSystem, tree)
    var next: UInt64 = 0
    var isOrdered = true
    var count = 0
    try reader.forEachRecord { record throws(ImageError) in
      let first = UInt64(record.big32(0))
      // Overlapping chunks could be counted without end.
      guard first >= next, first < end, Self.chunk <= end - first || superblock.hasSparseInodes
      else {
        isOrdered = false
        return
      }
      next = first + Self.chunk
      // A sparse chunk at the end of a group has a hole behind it.
      let room: UInt64 = .max >> (Self.chunk - min(Self.chunk, end - first))
      // Blocks of a sparse chunk that are not inodes are content.
      if Self.holes(record, superblock) == 0, first + Self.chunk <= end {
        fileSystem.noteStructure(
          at: fileSystem.offset(
            ofBlock: first >> UInt64(superblock.inodesPerBlockBits), inGroup: group),
          length: Self.chunk * UInt64(superblock.inodeSize))
      }
      allocated.insert(
        bits: ~record.big64(8) & ~Self.holes(record, superblock) & room,
        from: fileSystem.number(ofInode: first, inGroup: group))
      count += 1
      if count % 65_536 == 0 { try heartbeat() }
    }
    if reader.problem != nil || !isOrdered { damagedGroups.insert(group) }
  }

  /// Missing inodes of a chunk: one bit of the mask stands for four of them.
  private static func holes(_ record: FileSystemRecord, _ superblock: XfsSuperblock) -> UInt64 {
    guard superblock.hasSparseInodes else { return 0 }
    let mask = record.big16(4)
    return (0..<16).reduce(0) { $0 | (mask >> $1 & 1 == 0 ? 0 : 0xF << ($1 * 4)) }
  }
}
