import Bytes

/// Location of a B+tree of an allocation group: one of its free space, or one of its inodes.
///
/// Source: fs/xfs/libxfs/xfs_format.h (struct xfs_agf, struct xfs_agi, struct xfs_btree_block);
/// XFS Algorithms & Data Structures, "AG Free Space Management" and "AG Inode Management".
struct XfsGroupTree {
  let group: UInt64
  let kind: Kind
  /// Block of the group that is the root.
  let root: UInt64
  /// Number of levels; 1 if the root is a leaf.
  let levels: Int
  /// Whether the checksum of the header with this information is correct.
  let isHeaderWhole: Bool

  struct Kind: Hashable {
    /// Sector of the header in the group, its magic, and the offsets of its fields.
    fileprivate let sector: UInt64
    fileprivate let headerMagic: UInt32
    fileprivate let rootPlace: Int
    fileprivate let levelPlace: Int
    fileprivate let checksumPlace: Int
    /// Magics of the tree's blocks, without and with checksums.
    let magics: (UInt32, UInt32)
    /// Sizes in bytes of a leaf's record and a node's key.
    let recordSize: Int
    let keySize: Int

    static func == (left: Kind, right: Kind) -> Bool { left.sector == right.sector }
    func hash(into hasher: inout Hasher) { hasher.combine(sector) }

    /// Free space by block: XAGF, ABTB, AB3B.
    static let freeSpace = Kind(
      sector: 1, headerMagic: 0x5841_4746, rootPlace: 16, levelPlace: 28, checksumPlace: 216,
      magics: (0x4142_5442, 0x4142_3342), recordSize: 8, keySize: 8)
    /// Chunks of inodes: XAGI, IABT, IAB3.
    static let inodes = Kind(
      sector: 2, headerMagic: 0x5841_4749, rootPlace: 20, levelPlace: 24, checksumPlace: 312,
      magics: (0x4941_4254, 0x4941_4233), recordSize: 16, keySize: 4)
  }

  init(_ kind: Kind, ofGroup group: UInt64, in fileSystem: XfsFileSystem) throws(FileSystemError) {
    let superblock = fileSystem.superblock
    let header = try fileSystem.structure(
      at: fileSystem.offset(ofBlock: 0, inGroup: group) + kind.sector
        * UInt64(superblock.sectorSize),
      count: superblock.sectorSize)
    // XFS_BTREE_MAXLEVELS
    guard header.big32(0) == kind.headerMagic, UInt64(header.big32(8)) == group,
      (1...9).contains(header.big32(kind.levelPlace))
    else { throw .damaged("a group header") }
    self.group = group
    self.kind = kind
    root = UInt64(header.big32(kind.rootPlace))
    levels = Int(header.big32(kind.levelPlace))
    isHeaderWhole = superblock.version < 5 || header.hasChecksum(at: kind.checksumPlace)
  }
}

/// Reads the records of a B+tree of a group, in order.
struct XfsGroupTreeReader {
  private let fileSystem: XfsFileSystem
  private let tree: XfsGroupTree
  /// Blocks already read: none is read twice, or a damaged tree might never end.
  private var visited: Set<UInt64> = []
  /// Defect of the tree; entries that were readable have been passed on. Nil if none was found.
  private(set) var problem: FileSystemError?

  init(_ fileSystem: XfsFileSystem, _ tree: XfsGroupTree) {
    self.fileSystem = fileSystem
    self.tree = tree
    if !tree.isHeaderWhole { problem = .damaged("checksum mismatch in a group header") }
  }

  mutating func forEachRecord<Failure>(
    _ body: (FileSystemRecord) throws(Failure) -> Void
  ) throws(Failure) {
    try read(tree.root, tree.levels - 1, body)
  }

  /// Reads the part of the tree below a block. Damage does not hide neighbouring parts.
  private mutating func read<Failure>(
    _ block: UInt64, _ level: Int, _ body: (FileSystemRecord) throws(Failure) -> Void
  ) throws(Failure) {
    let node: FileSystemRecord
    do throws(FileSystemError) { node = try self.block(block, level) } catch {
      problem = problem ?? error
      return
    }
    let header = headerSize
    let count = Int(node.big16(6))
    guard level == 0 else {
      // Pointers of four bytes follow the space for all keys.
      let maximum = (node.count - header) / (tree.kind.keySize + 4)
      for index in 0..<min(count, maximum) {
        let place = header + maximum * tree.kind.keySize + index * 4
        try read(UInt64(node.big32(place)), level - 1, body)
      }
      return
    }
    for index in 0..<min(count, (node.count - header) / tree.kind.recordSize) {
      let start = header + index * tree.kind.recordSize
      try body(node.part(start..<(start + tree.kind.recordSize)))
    }
  }

  private var headerSize: Int { fileSystem.superblock.version < 5 ? 16 : 56 }

  private mutating func block(_ block: UInt64, _ level: Int) throws(FileSystemError)
    -> FileSystemRecord
  {
    let superblock = fileSystem.superblock
    guard block > superblock.lastHeaderBlock, block < superblock.blocks(ofGroup: tree.group),
      visited.insert(block).inserted
    else { throw .damaged("a group tree") }
    let node = try fileSystem.structure(
      at: fileSystem.offset(ofBlock: block, inGroup: tree.group), count: superblock.blockSize)
    let (plain, checked) = tree.kind.magics
    guard node.big32(0) == (superblock.version < 5 ? plain : checked), Int(node.big16(4)) == level
    else { throw .damaged("a group tree") }
    let isFull = level == 0 ? tree.kind.recordSize : tree.kind.keySize + 4
    if Int(node.big16(6)) > (node.count - headerSize) / isFull {
      problem = problem ?? .damaged("a group tree")
    }
    if superblock.version >= 5, !node.hasChecksum(at: 52) {
      problem = problem ?? .damaged("checksum mismatch in a group tree")
    }
    return node
  }
}
