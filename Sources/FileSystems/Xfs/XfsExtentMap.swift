/// Extents of a file's content: a list in the inode, or a tree.
///
/// Source: fs/xfs/libxfs/xfs_format.h (xfs_bmbt_rec, xfs_bmdr_block, xfs_btree_lblock); XFS
/// Algorithms & Data Structures, "Data Extents".
struct XfsExtentMap {
  private let fileSystem: XfsFileSystem
  private let inode: XfsInode
  /// Blocks already read: none is read twice, or a damaged tree might never end.
  private var visited: Set<UInt64> = []
  /// Defect of a block that was read nevertheless; nil if none was found.
  private(set) var problem: String?

  /// Sizes in bytes of a record, a key and a pointer of the tree.
  private static let recordSize = 16
  private static let keySize = 8
  /// Depth limit: a deeper tree would have more than 2^64 blocks.
  private static let maximumDepth = 12

  init(_ fileSystem: XfsFileSystem, _ inode: XfsInode) {
    self.fileSystem = fileSystem
    self.inode = inode
  }

  /// Adds the extents of the inode in order.
  mutating func add(to content: inout FileExtents) throws(FileSystemError) {
    let fork = try inode.dataFork()
    switch inode.format {
    case .extents:
      guard inode.extentCount <= UInt64(fork.count / Self.recordSize) else {
        throw .damaged("more extents than an inode can hold")
      }
      try addExtents(fork, from: 0, count: Int(inode.extentCount), to: &content)
    case .tree:
      // The root has a short header: its level, and its number of pointers.
      let (level, count) = (Int(fork.big16(0)), Int(fork.big16(2)))
      guard (1...Self.maximumDepth).contains(level) else {
        throw .damaged("the level of the extent tree")
      }
      try addChildren(of: fork, behind: 4, count: count, level, to: &content)
    case .local, .other: throw .damaged("invalid fork format")
    }
  }

  private mutating func addChildren(
    of node: FileSystemRecord, behind header: Int, count: Int, _ level: Int,
    to content: inout FileExtents
  ) throws(FileSystemError) {
    // The pointers follow the space for all keys.
    let maximum = (node.count - header) / (2 * Self.keySize)
    guard (1...max(1, maximum)).contains(count), maximum > 0 else {
      throw .damaged("the extent tree")
    }
    for index in 0..<count where !content.isComplete {
      let pointer = node.big64(header + (maximum + index) * Self.keySize)
      try addNode(pointer, level - 1, to: &content)
    }
  }

  private mutating func addNode(_ block: UInt64, _ level: Int, to content: inout FileExtents)
    throws(FileSystemError)
  {
    guard visited.insert(block).inserted else { throw .damaged("the extent tree contains a cycle") }
    let node = try fileSystem.mapBlock(block)
    let isVersion5 = fileSystem.superblock.version == 5
    // BMA3 and BMAP; the longer header has a checksum at 64 and the inode at 56.
    guard node.big32(0) == (isVersion5 ? 0x424D_4133 : 0x424D_4150), Int(node.big16(4)) == level
    else { throw .damaged("the extent tree") }
    if isVersion5, !node.hasChecksum(at: 64) || node.big64(56) != inode.number {
      problem = "checksum mismatch in its extent tree"
    }
    let header = isVersion5 ? 72 : 24
    let count = Int(node.big16(6))
    guard level == 0 else {
      return try addChildren(of: node, behind: header, count: count, level, to: &content)
    }
    guard count <= (node.count - header) / Self.recordSize else {
      throw .damaged("the extent tree")
    }
    try addExtents(node, from: header, count: count, to: &content)
  }

  /// Adds packed extents: one bit for "never written", 54 bits for the block of the content, 52
  /// for the block of the file system, 21 for the number of blocks.
  private func addExtents(
    _ list: FileSystemRecord, from start: Int, count: Int, to content: inout FileExtents
  ) throws(FileSystemError) {
    let bits = UInt64(fileSystem.superblock.blockBits)
    for index in 0..<count where !content.isComplete {
      let high = list.big64(start + index * Self.recordSize)
      let low = list.big64(start + index * Self.recordSize + 8)
      let length = low & 0x1F_FFFF
      let first = high >> 9 & 0x3F_FFFF_FFFF_FFFF
      guard first <= UInt64(Int64.max) >> bits else { throw .damaged("the offset of an extent") }
      let offset = try fileSystem.offset(ofBlocks: (high & 0x1FF) << 43 | low >> 21, count: length)
      try content.add(
        high >> 63 == 0 ? try fileSystem.place(of: offset) : nil, at: first << bits,
        length: length << bits)
    }
  }
}

extension XfsFileSystem {
  /// Extents of a content.
  struct Content {
    /// Extents in order including holes; nil if there are too many to pass on.
    let extents: [Extent]?
    /// Description of its defect; nil if none was found.
    let problem: String?
  }

  /// Extents of the first `size` bytes of a file.
  func content(of inode: XfsInode, size: UInt64) throws(FileSystemError) -> Content {
    guard size <= UInt64(Int64.max) else { throw .damaged("the size is invalid") }
    var content = FileExtents(size: size)
    var map = XfsExtentMap(self, inode)
    try map.add(to: &content)
    if content.hasTooMany { return Content(extents: nil, problem: map.problem) }
    content.finish()
    return Content(extents: content.extents, problem: map.problem)
  }
}
