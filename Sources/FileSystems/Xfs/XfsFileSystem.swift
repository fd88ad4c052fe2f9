import Bytes
import Containers

/// An XFS file system: finds inodes, and the blocks that locate content.
///
/// All numbers of the evidence are checked against the volume before use, and all work is
/// bounded: see ``mapBlocksLeft`` and ``directoryBytesLeft``. Structures with a wrong checksum
/// are read as far as they make sense, and reported as damaged.
final class XfsFileSystem: RecognisedFileSystem {
  static let typeNames = ["xfs"]
  static let formatName = "XFS"

  let superblock: XfsSuperblock
  let volume: VolumePieces
  /// Cached pieces of inode chunks, separate from all other metadata so that neither evicts the
  /// other.
  private let tables: VolumePieces
  /// Structures parsed so far.
  private(set) var structures = ParsedStructures()
  /// Whether the checksum of the superblock is correct.
  let isSuperblockWhole: Bool

  /// Number of extent tree blocks that may still be read. Each belongs to one file, and is read
  /// once per name of it; without a bound, files that share one tree would be a trap.
  private var mapBlocksLeft: UInt64
  /// Number of directory bytes that may still be read: undamaged directories do not share blocks.
  private var directoryBytesLeft: UInt64

  /// Opens the file system at a byte of the image; nil if there is none, by its superblock.
  init?(_ reader: any Medium, at start: UInt64) throws(FileSystemError) {
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
    // A truncated image ends earlier.
    let length = min(superblock.blockCount << UInt64(superblock.blockBits), volume.size)
    mapBlocksLeft = length >> UInt64(superblock.blockBits) * 16 + 65_536
    directoryBytesLeft = min(length, 1 << 60) * 4 + 1 << 26
  }

  static func open(_ medium: any Medium, at start: UInt64) throws(FileSystemError)
    -> (any RecognisedFileSystem)?
  {
    try XfsFileSystem(medium, at: start)
  }

  var typeName: String { "xfs" }

  func walk(_ visitor: any FileSystemVisitor) throws(ImageError) {
    try XfsWalk(self, visitor).run()
  }

  // MARK: Blocks

  /// Number of groups whose first byte is in the image.
  var groupsInImage: UInt64 {
    let groupSize = superblock.groupBlocks << UInt64(superblock.blockBits)
    return min(superblock.groupCount, UInt64(volume.size).blocks(of: groupSize))
  }

  /// Offset in the volume of a group's block.
  func offset(ofBlock block: UInt64, inGroup group: UInt64) -> UInt64 {
    (group * superblock.groupBlocks + block) << UInt64(superblock.blockBits)
  }

  /// Offset in the volume of `count` blocks, by the number of the first as files refer to it: a
  /// group, and a block in it. They are in one group, behind its headers. Source:
  /// xfs_verify_fsbext in xfs_types.c.
  func offset(ofBlocks first: UInt64, count: UInt64) throws(FileSystemError) -> UInt64 {
    let group = first >> UInt64(superblock.groupBits)
    let block = first & (1 << UInt64(superblock.groupBits) - 1)
    guard group < superblock.groupCount, block > superblock.lastHeaderBlock,
      count > 0, block < superblock.blocks(ofGroup: group),
      count <= superblock.blocks(ofGroup: group) - block
    else { throw .damaged("a block of the content is outside the file system") }
    return offset(ofBlock: block, inGroup: group)
  }

  /// Offset in the image of a byte of the volume.
  func place(of offset: UInt64) throws(FileSystemError) -> UInt64 {
    let (place, overflow) = volume.start.addingReportingOverflow(offset)
    guard !overflow, place <= UInt64(Int64.max) else {
      throw .damaged("a block number is out of range")
    }
    return place
  }

  /// Reads a block that locates content.
  func mapBlock(_ block: UInt64) throws(FileSystemError) -> FileSystemRecord {
    let offset = try offset(ofBlocks: block, count: 1)
    guard mapBlocksLeft > 0 else {
      throw .damaged("its files have more block lists than the file system can hold")
    }
    mapBlocksLeft -= 1
    return try structure(at: offset, count: superblock.blockSize)
  }

  /// Reads a structure of the file system at an offset in the volume.
  func structure(at offset: UInt64, count: Int) throws(FileSystemError) -> FileSystemRecord {
    let record = try volume.record(at: offset, count: count)
    noteStructure(at: offset, length: UInt64(count))
    return record
  }

  /// Records parsed bytes of the volume.
  func noteStructure(at offset: UInt64, length: UInt64) {
    structures.add(volume.start + offset, length: length)
  }

  /// Counts directory bytes against the bound.
  func spendDirectoryBytes(_ count: UInt64) throws(FileSystemError) {
    guard count <= directoryBytesLeft else {
      directoryBytesLeft = 0
      throw .damaged("its directories are larger than the file system")
    }
    directoryBytesLeft -= count
  }

  // MARK: Inodes

  /// Number of the inode at `index` of its group, as the group's trees count inodes.
  func number(ofInode index: UInt64, inGroup group: UInt64) -> UInt64 {
    group << UInt64(superblock.groupBits + superblock.inodesPerBlockBits) | index
  }

  /// Reads an inode by its number: a group, a block in it, and an index in that.
  func inode(_ number: UInt64) throws(FileSystemError) -> XfsInode {
    let bits = UInt64(superblock.inodesPerBlockBits)
    let inside = number & (1 << bits - 1)
    guard let offset = try? offset(ofBlocks: number >> bits, count: 1) else {
      throw .damaged("inode \(number) does not exist")
    }
    let size = superblock.inodeSize
    return try XfsInode(
      number: number, record: try tables.record(at: offset + inside * UInt64(size), count: size),
      version: superblock.version)
  }
}
