/// The map that says where the content of an ext2 or ext3 file lies: twelve blocks, then a block of
/// pointers to blocks, one of pointers to such, and one of pointers to those. Pointers of zero are holes.
///
/// Source: Documentation/filesystems/ext4, "Direct/Indirect Block Addressing".
struct ExtBlockMap {
  private let fileSystem: ExtFileSystem
  /// The blocks of pointers that were read: none is read twice.
  private var visited: Set<UInt64> = []
  /// How many pointers a block has.
  private let pointersPerBlock: UInt64
  private let blockSize: UInt64

  private static let directCount = 12

  init(_ fileSystem: ExtFileSystem) {
    self.fileSystem = fileSystem
    blockSize = UInt64(fileSystem.superblock.blockSize)
    pointersPerBlock = blockSize / 4
  }

  /// Adds what the map of an inode leads to, in order.
  mutating func add(_ field: FileSystemRecord, to content: inout FileExtents)
    throws(FileSystemError)
  {
    var first: UInt64 = 0
    var reach: UInt64 = 1
    for number in 0..<(Self.directCount + 3) where !content.isComplete {
      let level = max(0, number - Self.directCount + 1)
      if level > 0 { reach *= pointersPerBlock }
      try add(field.little32(number * 4), level, from: first, reach: reach, to: &content)
      first += reach
    }
  }

  /// Adds what a pointer leads to. `first` is the block of the content that it begins with, `reach` how
  /// many it covers: at most 2^42 of 2^16 bytes each, which no sum here makes overflow.
  private mutating func add(
    _ pointer: UInt32, _ level: Int, from first: UInt64, reach: UInt64,
    to content: inout FileExtents
  ) throws(FileSystemError) {
    guard pointer != 0, first * blockSize < content.size else { return }
    let block = UInt64(pointer)
    guard level > 0 else {
      guard fileSystem.canHoldContent(block, count: 1) else {
        throw .damaged("a block of the content lies outside of the file system")
      }
      try content.add(
        try fileSystem.place(ofBlock: block), at: first * blockSize, length: blockSize)
      return
    }
    guard visited.insert(block).inserted else { throw .damaged("the map of blocks meets itself") }
    let pointers = try fileSystem.indexBlock(block)
    let part = reach / pointersPerBlock
    var position = first
    for number in 0..<Int(pointersPerBlock) {
      guard position * blockSize < content.size, !content.isComplete else { return }
      try add(pointers.little32(number * 4), level - 1, from: position, reach: part, to: &content)
      position += part
    }
  }
}
