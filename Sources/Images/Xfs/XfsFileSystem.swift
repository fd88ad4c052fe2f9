/// An XFS file system: finds inodes, and the blocks that say where content lies.
///
/// All numbers of the evidence are held against the volume before they are used, and all work is
/// bounded: see ``mapBlocksLeft`` and ``directoryBytesLeft``. What has a checksum that does not fit is
/// read where it makes sense, and said to be damaged.
final class XfsFileSystem {
  let superblock: XfsSuperblock
  let volume: VolumePieces
  /// Pieces of the chunks of inodes, apart from all other metadata: neither pushes the other out.
  private let tables: VolumePieces
  /// Whether the superblock has the checksum that it should.
  let isSuperblockWhole: Bool

  /// How many blocks of the trees of extents may still be read. Each belongs to one file, and is read
  /// once for each of its names; without a bound, files that share one tree would be a trap.
  private var mapBlocksLeft: UInt64
  /// How many bytes of directories may still be read: undamaged ones do not share blocks.
  private var directoryBytesLeft: UInt64

  /// Opens the file system at a byte of the image; nil if there is none, by its superblock.
  init?(_ reader: any ImageReader, at start: UInt64) throws(FileSystemError) {
    volume = VolumePieces(reader, at: start)
    tables = VolumePieces(reader, at: start)
    guard volume.size >= UInt64(XfsSuperblock.size) else { return nil }
    let record = try volume.record(at: 0, count: XfsSuperblock.size)
    guard let superblock = try XfsSuperblock(record) else { return nil }
    self.superblock = superblock
    isSuperblockWhole =
      superblock.version < 5
      || (try? volume.record(at: 0, count: superblock.sectorSize))?
        .hasChecksum(at: XfsSuperblock.checksumPlace) == true
    // A cut image holds no more than it has.
    let length = min(superblock.blockCount << UInt64(superblock.blockBits), volume.size)
    mapBlocksLeft = length >> UInt64(superblock.blockBits) * 16 + 65_536
    directoryBytesLeft = min(length, 1 << 60) * 4 + 1 << 26
  }

  // MARK: Blocks

  /// How many groups have their first byte in the image.
  var groupsInImage: UInt64 {
    let groupSize = superblock.groupBlocks << UInt64(superblock.blockBits)
    return min(superblock.groupCount, UInt64(volume.size).blocks(of: groupSize))
  }

  /// The byte of the volume at which a block of a group lies.
  func offset(ofBlock block: UInt64, inGroup group: UInt64) -> UInt64 {
    (group * superblock.groupBlocks + block) << UInt64(superblock.blockBits)
  }

  /// The byte of the volume at which `count` blocks lie, by the number that files have for the first
  /// of them: a group, and a block of it. They lie in one group, behind its headers.
  /// Source: xfs_verify_fsbext in xfs_types.c.
  func offset(ofBlocks first: UInt64, count: UInt64) throws(FileSystemError) -> UInt64 {
    let group = first >> UInt64(superblock.groupBits)
    let block = first & (1 << UInt64(superblock.groupBits) - 1)
    guard group < superblock.groupCount, block > superblock.lastHeaderBlock,
      count > 0, block < superblock.blocks(ofGroup: group),
      count <= superblock.blocks(ofGroup: group) - block
    else { throw .damaged("a block of the content lies outside of the file system") }
    return offset(ofBlock: block, inGroup: group)
  }

  /// The byte of the image at a byte of the volume.
  func place(of offset: UInt64) throws(FileSystemError) -> UInt64 {
    let (place, overflow) = volume.start.addingReportingOverflow(offset)
    guard !overflow, place <= UInt64(Int64.max) else {
      throw .damaged("a block that lies behind every image")
    }
    return place
  }

  /// A block that says where content lies.
  func mapBlock(_ block: UInt64) throws(FileSystemError) -> FileSystemRecord {
    let offset = try offset(ofBlocks: block, count: 1)
    guard mapBlocksLeft > 0 else {
      throw .damaged("its files have more lists of blocks than the file system can hold")
    }
    mapBlocksLeft -= 1
    return try volume.record(at: offset, count: superblock.blockSize)
  }

  /// Accounts for so many bytes of directories.
  func spendDirectoryBytes(_ count: UInt64) throws(FileSystemError) {
    guard count <= directoryBytesLeft else {
      directoryBytesLeft = 0
      throw .damaged("its directories are larger than the file system")
    }
    directoryBytesLeft -= count
  }

  // MARK: Inodes

  /// The number of the inode at `index` of its group, as the trees of a group count them.
  func number(ofInode index: UInt64, inGroup group: UInt64) -> UInt64 {
    group << UInt64(superblock.groupBits + superblock.inodesPerBlockBits) | index
  }

  /// An inode by its number: a group, a block of it, and a place in that.
  func inode(_ number: UInt64) throws(FileSystemError) -> XfsInode {
    let bits = UInt64(superblock.inodesPerBlockBits)
    let inside = number & (1 << bits - 1)
    guard let offset = try? offset(ofBlocks: number >> bits, count: 1) else {
      throw .damaged("there is no inode \(number)")
    }
    let size = superblock.inodeSize
    return try XfsInode(
      number: number, record: try tables.record(at: offset + inside * UInt64(size), count: size),
      version: superblock.version)
  }
}
