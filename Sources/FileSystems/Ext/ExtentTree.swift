/// Extent tree of an ext4 file's content.
///
/// Source: Documentation/filesystems/ext4, "Extent Tree"; fs/ext4/ext4_extents.h. Refuses what
/// __ext4_ext_check in fs/ext4/extents.c refuses.
struct ExtentTree {
  private let fileSystem: ExtFileSystem
  /// Blocks already read: none is read twice, or a damaged tree might never end.
  private var visited: Set<UInt64> = []

  /// A node begins with a header of 12 bytes, the size of an entry: magic, number of entries,
  /// capacity, and number of levels below.
  private static let entrySize = 12
  private static let magic: UInt16 = 0xF30A
  /// Depth limit of trees.
  private static let maximumDepth = 5
  /// Length limit of written extents; a larger value marks an extent that is allocated and not
  /// yet written.
  private static let longestWritten: UInt16 = 32_768

  init(_ fileSystem: ExtFileSystem) { self.fileSystem = fileSystem }

  /// Adds the extents below the node `root`, in order.
  mutating func add(root: FileSystemRecord, to content: inout FileExtents) throws(FileSystemError) {
    let depth = Int(root.little16(6))
    guard depth <= Self.maximumDepth else { throw .damaged("the extent tree is too deep") }
    try add(root, depth, to: &content)
  }

  private mutating func add(_ node: FileSystemRecord, _ depth: Int, to content: inout FileExtents)
    throws(FileSystemError)
  {
    let (entries, maximum) = (Int(node.little16(2)), Int(node.little16(4)))
    guard node.little16(0) == Self.magic, Int(node.little16(6)) == depth, entries <= maximum,
      maximum <= node.count / Self.entrySize - 1
    else { throw .damaged("the extent tree") }
    for number in 0..<entries where !content.hasTooMany {
      let place = (number + 1) * Self.entrySize
      if depth == 0 {
        try addExtent(node.part(place..<(place + Self.entrySize)), to: &content)
      } else {
        let block = UInt64(node.little16(place + 8)) << 32 | UInt64(node.little32(place + 4))
        guard visited.insert(block).inserted else {
          throw .damaged("the extent tree contains a cycle")
        }
        try add(try fileSystem.indexBlock(block), depth - 1, to: &content)
      }
    }
  }

  private func addExtent(_ entry: FileSystemRecord, to content: inout FileExtents)
    throws(FileSystemError)
  {
    let stored = entry.little16(4)
    let isWritten = stored <= Self.longestWritten
    let count = UInt64(isWritten ? stored : stored - Self.longestWritten)
    let block = UInt64(entry.little16(6)) << 32 | UInt64(entry.little32(8))
    guard count > 0, fileSystem.canHoldContent(block, count: count) else {
      throw .damaged("an extent is outside the file system")
    }
    // At most 2^32 and 2^15 blocks of 2^16 bytes: no overflow.
    let size = UInt64(fileSystem.superblock.blockSize)
    try content.add(
      isWritten ? try fileSystem.place(ofBlock: block) : nil,
      at: UInt64(entry.little32(0)) * size, length: count * size)
  }
}
