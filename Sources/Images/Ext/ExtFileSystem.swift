/// An ext2, ext3 or ext4 file system: finds inodes, and says which are in use.
///
/// All numbers of the evidence are held against the volume before they are used, and all work is
/// bounded: see ``indexBlocksLeft`` and ``directoryBytesLeft``.
final class ExtFileSystem {
  let superblock: ExtSuperblock
  let volume: VolumePieces
  /// Pieces of the inode tables, apart from all other metadata: neither pushes the other out.
  private let tables: VolumePieces
  private var lastGroup: (number: UInt64, group: ExtGroup)?

  /// How many blocks of extents and of block maps may still be read. Each belongs to one file, and is
  /// read once for each of its names; without a bound, files that share one tree would be a trap.
  private var indexBlocksLeft: UInt64
  /// How many bytes of directories may still be read: undamaged ones do not share blocks.
  private var directoryBytesLeft: UInt64

  /// Opens the file system at a byte of the image; nil if there is none, by its superblock.
  init?(_ reader: any ImageReader, at start: UInt64) throws(FileSystemError) {
    volume = VolumePieces(reader, at: start)
    tables = VolumePieces(reader, at: start)
    guard volume.size >= ExtSuperblock.place + UInt64(ExtSuperblock.size) else { return nil }
    let record = try volume.record(at: ExtSuperblock.place, count: ExtSuperblock.size)
    guard let superblock = try ExtSuperblock(record) else { return nil }
    self.superblock = superblock
    // A cut image holds no more than it has.
    let length = min(superblock.blockCount * UInt64(superblock.blockSize), volume.size)
    indexBlocksLeft = length / UInt64(superblock.blockSize) * 16 + 65_536
    directoryBytesLeft = min(length, 1 << 60) * 4 + 1 << 26
  }

  // MARK: Blocks

  /// Whether `count` blocks from `first` on can hold content: they lie in the volume, behind its
  /// superblock. Source: ext4_sb_block_valid in fs/ext4/block_validity.c.
  func canHoldContent(_ first: UInt64, count: UInt64) -> Bool {
    first > superblock.firstDataBlock && first < superblock.blockCount
      && count <= superblock.blockCount - first
  }

  /// The byte of the image at which a block lies that ``canHoldContent(_:count:)``.
  func place(ofBlock block: UInt64) throws(FileSystemError) -> UInt64 {
    let inside = block * UInt64(superblock.blockSize)
    let (place, overflow) = volume.start.addingReportingOverflow(inside)
    guard !overflow, place <= UInt64(Int64.max) else {
      throw .damaged("a block that lies behind every image")
    }
    return place
  }

  /// A block that says where content lies.
  func indexBlock(_ block: UInt64) throws(FileSystemError) -> FileSystemRecord {
    guard canHoldContent(block, count: 1) else {
      throw .damaged("a list of blocks lies outside of the file system")
    }
    guard indexBlocksLeft > 0 else {
      throw .damaged("its files have more lists of blocks than the file system can hold")
    }
    indexBlocksLeft -= 1
    let size = superblock.blockSize
    return try volume.record(at: block * UInt64(size), count: size)
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

  /// How many groups can be asked for their inodes: the image must have their descriptors.
  var groupCount: UInt64 {
    min(superblock.groupCount, volume.size / UInt64(superblock.descriptorSize))
  }

  /// The numbers of the inodes of a group.
  func inodes(ofGroup group: UInt64) -> Range<UInt64> {
    let first = group * UInt64(superblock.inodesPerGroup) + 1
    let end = min(first + UInt64(superblock.inodesPerGroup), UInt64(superblock.inodeCount) + 1)
    return first..<max(first, end)
  }

  func group(_ number: UInt64) throws(FileSystemError) -> ExtGroup {
    if let lastGroup, lastGroup.number == number { return lastGroup.group }
    guard let place = ExtGroup.place(of: number, superblock) else {
      throw .damaged("the descriptor of group \(number) lies outside of the file system")
    }
    let record = try volume.record(at: place, count: superblock.descriptorSize)
    let group = ExtGroup(record, superblock)
    lastGroup = (number, group)
    return group
  }

  /// An inode by its number.
  func inode(_ number: UInt32) throws(FileSystemError) -> ExtInode {
    guard number > 0, number <= superblock.inodeCount else {
      throw .damaged("there is no inode \(number)")
    }
    let (group, index) = (number - 1).quotientAndRemainder(dividingBy: superblock.inodesPerGroup)
    let table = try self.group(UInt64(group)).inodeTable
    let blockSize = UInt64(superblock.blockSize)
    let (block, inside) = (UInt64(index) * UInt64(superblock.inodeSize))
      .quotientAndRemainder(dividingBy: blockSize)
    guard canHoldContent(table, count: block + 1) else {
      throw .damaged("the inodes of group \(group) lie outside of the file system")
    }
    let offset = (table + block) * blockSize + inside
    return ExtInode(
      number: number, record: try tables.record(at: offset, count: superblock.inodeSize),
      place: volume.start + offset)
  }

  /// Whether an inode is in use: by the bitmap of its group, and where that cannot be read by what it
  /// says itself.
  func isAllocated(_ inode: ExtInode) -> Bool {
    let (group, index) = (inode.number - 1)
      .quotientAndRemainder(dividingBy: superblock.inodesPerGroup)
    do throws(FileSystemError) {
      return try bitmap(ofGroup: UInt64(group)).map { $0.holds(bit: Int(index)) } ?? false
    } catch {
      return inode.linkCount > 0 && inode.deletionTime == 0 && inode.kind != .undefined
    }
  }

  /// Which inodes of a group are in use; nil if none ever was.
  private func bitmap(ofGroup number: UInt64) throws(FileSystemError) -> FileSystemRecord? {
    let group = try group(number)
    if group.isUninitialised { return nil }
    guard canHoldContent(group.inodeBitmap, count: 1) else {
      throw .damaged("the bitmap of group \(number) lies outside of the file system")
    }
    return try volume.record(
      at: group.inodeBitmap * UInt64(superblock.blockSize), count: superblock.blockSize)
  }
}

extension FileSystemRecord {
  /// A bit of a bitmap, the lowest of a byte first.
  fileprivate func holds(bit: Int) -> Bool { byte(bit / 8) & 1 << (bit % 8) != 0 }
}
