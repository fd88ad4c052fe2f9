/// The tree of extents that says where the content of an ext4 file lies.
///
/// Source: Documentation/filesystems/ext4, "Extent Tree"; fs/ext4/ext4_extents.h. What is refused
/// here is what __ext4_ext_check in fs/ext4/extents.c refuses.
struct ExtentTree {
  private let fileSystem: ExtFileSystem
  /// The blocks that were read: none is read twice, or a damaged tree would have no end.
  private var visited: Set<UInt64> = []

  /// A node begins with a header of 12 bytes, as long as each entry: magic, how many entries there
  /// are, how many there can be, and how many levels lie below.
  private static let entrySize = 12
  private static let magic: UInt16 = 0xF30A
  /// Deeper than this no tree needs to be.
  private static let maximumDepth = 5
  /// An extent is this long at most; what claims to be longer is allocated and not yet written.
  private static let longestWritten: UInt16 = 32_768

  init(_ fileSystem: ExtFileSystem) { self.fileSystem = fileSystem }

  /// Adds the extents below the node `root`, in order.
  mutating func add(root: FileSystemRecord, to content: inout FileExtents) throws(FileSystemError) {
    let depth = Int(root.little16(6))
    guard depth <= Self.maximumDepth else { throw .damaged("the tree of extents is too deep") }
    try add(root, depth, to: &content)
  }

  private mutating func add(_ node: FileSystemRecord, _ depth: Int, to content: inout FileExtents)
    throws(FileSystemError)
  {
    let (entries, maximum) = (Int(node.little16(2)), Int(node.little16(4)))
    guard node.little16(0) == Self.magic, Int(node.little16(6)) == depth, entries <= maximum,
      maximum <= node.count / Self.entrySize - 1
    else { throw .damaged("the tree of extents") }
    for number in 0..<entries where !content.hasTooMany {
      let place = (number + 1) * Self.entrySize
      if depth == 0 {
        try addExtent(node.part(place..<(place + Self.entrySize)), to: &content)
      } else {
        let block = UInt64(node.little16(place + 8)) << 32 | UInt64(node.little32(place + 4))
        guard visited.insert(block).inserted else {
          throw .damaged("the tree of extents meets itself")
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
      throw .damaged("an extent lies outside of the file system")
    }
    // At most 2^32 and 2^15 blocks of 2^16 bytes: no overflow.
    let size = UInt64(fileSystem.superblock.blockSize)
    try content.add(
      isWritten ? try fileSystem.place(ofBlock: block) : nil,
      at: UInt64(entry.little32(0)) * size, length: count * size)
  }
}
