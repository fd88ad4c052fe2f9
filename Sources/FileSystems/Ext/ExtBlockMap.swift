/// Block map of an ext2 or ext3 file: twelve blocks, then a single, a double and a triple
/// indirect block. Zero pointers are holes.
///
/// Source: Documentation/filesystems/ext4, "Direct/Indirect Block Addressing".
struct ExtBlockMap {
  private let fileSystem: ExtFileSystem
  /// Pointer blocks already read: none is read twice.
  private var visited: Set<UInt64> = []
  /// Number of pointers in a block.
  private let pointersPerBlock: UInt64
  private let blockSize: UInt64

  private static let directCount = 12

  init(_ fileSystem: ExtFileSystem) {
    self.fileSystem = fileSystem
    blockSize = UInt64(fileSystem.superblock.blockSize)
    pointersPerBlock = blockSize / 4
  }

  /// Adds the content in the map of an inode, in order.
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

  /// Adds the blocks below a pointer. `first` is the first block of the content below it, `reach`
  /// their number: at most 2^42 of 2^16 bytes each, so no sum here overflows.
  private mutating func add(
    _ pointer: UInt32, _ level: Int, from first: UInt64, reach: UInt64,
    to content: inout FileExtents
  ) throws(FileSystemError) {
    guard pointer != 0, first * blockSize < content.size else { return }
    let block = UInt64(pointer)
    guard level > 0 else {
      guard fileSystem.canHoldContent(block, count: 1) else {
        throw .damaged("a block of the content is outside the file system")
      }
      try content.add(
        try fileSystem.place(ofBlock: block), at: first * blockSize, length: blockSize)
      return
    }
    guard visited.insert(block).inserted else { throw .damaged("the block map contains a cycle") }
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
