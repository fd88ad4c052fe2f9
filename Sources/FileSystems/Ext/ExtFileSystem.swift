import Bytes
import Containers
import Evidence

/// An ext2, ext3 or ext4 file system: finds inodes, and tells which are in use.
///
/// All numbers of the evidence are checked against the volume before use, and all work is
/// bounded: see ``indexBlocksLeft`` and ``directoryBytesLeft``.
final class ExtFileSystem: RecognisedFileSystem {
  static let typeNames = ["ext2", "ext3", "ext4"]
  static let formatName = "ext2/3/4"

  let superblock: ExtSuperblock
  let volume: VolumePieces
  /// Cached pieces of the inode tables, separate from all other metadata so that neither evicts
  /// the other.
  private let tables: VolumePieces
  /// Structures parsed so far.
  private(set) var structures = ParsedStructures()
  private var lastGroup: (number: UInt64, group: ExtGroup)?

  /// Number of extent tree and block map blocks that may still be read. Each belongs to one file,
  /// and is read once per name of it; without a bound, files that share one tree would be a trap.
  private var indexBlocksLeft: UInt64
  /// Number of directory bytes that may still be read: undamaged directories do not share blocks.
  private var directoryBytesLeft: UInt64

  /// Opens the file system at a byte of the image; nil if there is none, by its superblock.
  init?(_ reader: any Medium, at start: UInt64) throws(FileSystemError) {
    volume = VolumePieces(reader, at: start)
    tables = VolumePieces(reader, at: start)
    guard volume.size >= ExtSuperblock.place + UInt64(ExtSuperblock.size) else { return nil }
    let record = try volume.record(at: ExtSuperblock.place, count: ExtSuperblock.size)
    guard let superblock = try ExtSuperblock(record) else { return nil }
    self.superblock = superblock
    // A truncated image ends earlier.
    let length = min(superblock.blockCount * UInt64(superblock.blockSize), volume.size)
    indexBlocksLeft = length / UInt64(superblock.blockSize) * 16 + 65_536
    directoryBytesLeft = min(length, 1 << 60) * 4 + 1 << 26
  }

  static func open(_ medium: any Medium, at start: UInt64) throws(FileSystemError)
    -> (any RecognisedFileSystem)?
  {
    try ExtFileSystem(medium, at: start)
  }

  var typeName: String { superblock.typeName }

  func walk(_ visitor: any FileSystemVisitor) throws(ImageError) {
    try ExtWalk(self, visitor).run()
  }

  // MARK: Blocks

  /// Whether `count` blocks from `first` can hold content: they are in the volume, behind its
  /// superblock. Source: ext4_sb_block_valid in fs/ext4/block_validity.c.
  func canHoldContent(_ first: UInt64, count: UInt64) -> Bool {
    first > superblock.firstDataBlock && first < superblock.blockCount
      && count <= superblock.blockCount - first
  }

  /// Offset in the image of a block that ``canHoldContent(_:count:)``.
  func place(ofBlock block: UInt64) throws(FileSystemError) -> UInt64 {
    let inside = block * UInt64(superblock.blockSize)
    let (place, overflow) = volume.start.addingReportingOverflow(inside)
    guard !overflow, place <= UInt64(Int64.max) else {
      throw .damaged("a block number is out of range")
    }
    return place
  }

  /// Reads a block that locates content.
  func indexBlock(_ block: UInt64) throws(FileSystemError) -> FileSystemRecord {
    guard canHoldContent(block, count: 1) else {
      throw .damaged("a block list is outside the file system")
    }
    guard indexBlocksLeft > 0 else {
      throw .damaged("its files have more block lists than the file system can hold")
    }
    indexBlocksLeft -= 1
    return try structure(atBlock: block)
  }

  /// Reads a block that is a structure of the file system.
  private func structure(atBlock block: UInt64) throws(FileSystemError) -> FileSystemRecord {
    let size = superblock.blockSize
    let record = try volume.record(at: block * UInt64(size), count: size)
    structures.add(volume.start + block * UInt64(size), length: UInt64(size))
    return record
  }

  /// Records the extents of a directory as structures.
  func noteDirectory(_ extents: [Extent]) { structures.add(extents) }

  /// Records as structures the superblock, and the descriptor, bitmaps and inode table of every
  /// group.
  func noteGroups() {
    let size = UInt64(superblock.blockSize)
    structures.add(volume.start + ExtSuperblock.place, length: UInt64(ExtSuperblock.size))
    for number in 0..<groupCount {
      guard let place = ExtGroup.place(of: number, superblock) else { continue }
      structures.add(volume.start + place, length: UInt64(superblock.descriptorSize))
    }
    for number in 0..<groupCount {
      guard let group = try? group(number) else { continue }
      if !group.hasNoBlockBitmap, canHoldContent(group.blockBitmap, count: 1) {
        structures.add(volume.start + group.blockBitmap * size, length: size)
      }
    }
    for number in 0..<groupCount {
      guard let group = try? group(number), !group.isUninitialised else { continue }
      if canHoldContent(group.inodeBitmap, count: 1) {
        structures.add(volume.start + group.inodeBitmap * size, length: size)
      }
    }
    for number in 0..<groupCount {
      guard let group = try? group(number) else { continue }
      let inodes = inodes(ofGroup: number)
      let length = UInt64(usedInodes(ofGroup: number, inodes).count) * UInt64(superblock.inodeSize)
      if length > 0, canHoldContent(group.inodeTable, count: (length + size - 1) / size) {
        structures.add(volume.start + group.inodeTable * size, length: length)
      }
    }
  }

  /// Inodes of a group that were ever written: the rest of its table may contain older data.
  func usedInodes(ofGroup number: UInt64, _ inodes: Range<UInt64>) -> Range<UInt64> {
    guard let group = try? group(number) else { return inodes }
    let unused =
      group.isUninitialised ? UInt64(inodes.count) : min(group.unusedInodes, UInt64(inodes.count))
    return inodes.lowerBound..<(inodes.upperBound - unused)
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

  /// Number of groups whose descriptors are in the image.
  var groupCount: UInt64 {
    min(superblock.groupCount, volume.size / UInt64(superblock.descriptorSize))
  }

  /// Inode numbers of a group.
  func inodes(ofGroup group: UInt64) -> Range<UInt64> {
    let first = group * UInt64(superblock.inodesPerGroup) + 1
    let end = min(first + UInt64(superblock.inodesPerGroup), UInt64(superblock.inodeCount) + 1)
    return first..<max(first, end)
  }

  func group(_ number: UInt64) throws(FileSystemError) -> ExtGroup {
    if let lastGroup, lastGroup.number == number { return lastGroup.group }
    guard let place = ExtGroup.place(of: number, superblock) else {
      throw .damaged("the descriptor of group \(number) is outside the file system")
    }
    let record = try volume.record(at: place, count: superblock.descriptorSize)
    let group = ExtGroup(record, superblock)
    lastGroup = (number, group)
    return group
  }

  /// Reads an inode by its number.
  func inode(_ number: UInt32) throws(FileSystemError) -> ExtInode {
    guard number > 0, number <= superblock.inodeCount else {
      throw .damaged("inode \(number) does not exist")
    }
    let (group, index) = (number - 1).quotientAndRemainder(dividingBy: superblock.inodesPerGroup)
    let table = try self.group(UInt64(group)).inodeTable
    let blockSize = UInt64(superblock.blockSize)
    let (block, inside) = (UInt64(index) * UInt64(superblock.inodeSize))
      .quotientAndRemainder(dividingBy: blockSize)
    guard canHoldContent(table, count: block + 1) else {
      throw .damaged("the inodes of group \(group) are outside the file system")
    }
    let offset = (table + block) * blockSize + inside
    return ExtInode(
      number: number, record: try tables.record(at: offset, count: superblock.inodeSize),
      place: volume.start + offset)
  }

  /// Whether an inode is in use: by its group's bitmap, or by its own fields if that cannot be
  /// read.
  func isAllocated(_ inode: ExtInode) -> Bool {
    let (group, index) = (inode.number - 1)
      .quotientAndRemainder(dividingBy: superblock.inodesPerGroup)
    do throws(FileSystemError) {
      return try bitmap(ofGroup: UInt64(group)).map { $0.holds(bit: Int(index)) } ?? false
    } catch {
      return inode.linkCount > 0 && inode.deletionTime == 0 && inode.kind != .undefined
    }
  }

  /// Inode bitmap of a group; nil if no inode was ever used.
  private func bitmap(ofGroup number: UInt64) throws(FileSystemError) -> FileSystemRecord? {
    let group = try group(number)
    if group.isUninitialised { return nil }
    guard canHoldContent(group.inodeBitmap, count: 1) else {
      throw .damaged("the bitmap of group \(number) is outside the file system")
    }
    return try volume.record(
      at: group.inodeBitmap * UInt64(superblock.blockSize), count: superblock.blockSize)
  }
}

extension FileSystemRecord {
  /// Whether a bit is set, counting from the lowest bit of each byte.
  fileprivate func holds(bit: Int) -> Bool { byte(bit / 8) & 1 << (bit % 8) != 0 }
}
