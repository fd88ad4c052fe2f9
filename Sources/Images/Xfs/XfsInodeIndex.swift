/// Which inodes are in use: what the trees of inodes of all groups say.
///
/// Source: fs/xfs/libxfs/xfs_format.h (xfs_inobt_rec); XFS Algorithms & Data Structures, "Inode B+trees"
/// and "Sparse Inodes".
struct XfsInodeIndex {
  /// The inodes in use.
  private(set) var allocated = XfsNumberSet()
  /// The groups whose tree could not be read, or not all of it.
  private(set) var damagedGroups: Set<UInt64> = []
  /// How many groups lie outside of the image.
  let missingGroups: UInt64

  /// A chunk of inodes has so many.
  private static let chunk: UInt64 = 64

  /// Reads the trees of all groups. `isAlive` is called now and then, since that may take its time.
  init(_ fileSystem: XfsFileSystem, isAlive: () throws(ImageError) -> Void) throws(ImageError) {
    missingGroups = fileSystem.superblock.groupCount - fileSystem.groupsInImage
    for group in 0..<fileSystem.groupsInImage {
      if group % 64 == 63 { try isAlive() }
      try add(group, fileSystem, isAlive)
    }
  }

  private mutating func add(
    _ group: UInt64, _ fileSystem: XfsFileSystem, _ isAlive: () throws(ImageError) -> Void
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
      // Chunks that overlap could be counted for ever.
      guard first >= next, first < end, Self.chunk <= end - first || superblock.hasSparseInodes
      else {
        isOrdered = false
        return
      }
      next = first + Self.chunk
      // A sparse chunk at the end of a group has a hole behind it.
      let room: UInt64 = .max >> (Self.chunk - min(Self.chunk, end - first))
      allocated.insert(
        bits: ~record.big64(8) & ~Self.holes(record, superblock) & room,
        from: fileSystem.number(ofInode: first, inGroup: group))
      count += 1
      if count % 65_536 == 0 { try isAlive() }
    }
    if reader.problem != nil || !isOrdered { damagedGroups.insert(group) }
  }

  /// The inodes of a chunk that are not there: a bit of the mask stands for four of them.
  private static func holes(_ record: FileSystemRecord, _ superblock: XfsSuperblock) -> UInt64 {
    guard superblock.hasSparseInodes else { return 0 }
    let mask = record.big16(4)
    return (0..<16).reduce(0) { $0 | (mask >> $1 & 1 == 0 ? 0 : 0xF << ($1 * 4)) }
  }
}
