extension XfsFileSystem {
  /// What a directory holds, a piece of it at a time.
  struct DirectoryPiece {
    /// The names, sorted by their inodes: the chunks are then read forwards.
    var names: [XfsName] = []
    /// What is wrong with this piece; nil if nothing is.
    var problem: String?

    mutating func add(_ part: XfsDirectoryPart) {
      names += part.names
      problem = problem ?? part.problem
    }
  }

  /// A piece has so many names, and those of one block more.
  private static let pieceCount = 30_000

  /// A directory's names lie before this byte of its content, and their hashes behind it
  /// (XFS_DIR2_LEAF_OFFSET).
  private static let maximumSize: UInt64 = 1 << 35

  /// Reads a directory and passes on its names. Answers why its blocks cannot be found, if they cannot;
  /// throws what `pass` throws.
  func readDirectory(
    _ inode: XfsInode, _ pass: (DirectoryPiece) throws(ImageError) -> Void
  ) throws(ImageError) -> FileSystemError? {
    var piece = DirectoryPiece()
    var extents: [Extent] = []
    do throws(FileSystemError) {
      if inode.format == .local {
        let fork = try inode.dataFork()
        piece.add(XfsDirectoryPart(inInode: fork, size: inode.size, superblock))
      } else {
        let content = try directoryContent(inode)
        extents = content.extents ?? []
        piece.problem = content.problem
      }
    } catch {
      return error
    }
    var blocks = DirectoryBlocks(self)
    for extent in extents {
      var rest = extent
      while let block = blocks.next(&rest, &piece.problem) {
        piece.add(XfsDirectoryPart(block: block, of: inode.number, superblock))
        if piece.names.count >= Self.pieceCount { try flush(&piece, pass) }
      }
    }
    try flush(&piece, pass)
    return nil
  }

  private func flush(
    _ piece: inout DirectoryPiece, _ pass: (DirectoryPiece) throws(ImageError) -> Void
  ) throws(ImageError) {
    piece.names.sort { $0.inode < $1.inode }
    try pass(piece)
    piece = DirectoryPiece()
  }

  /// Where the names of a directory lie, whole blocks of it.
  private func directoryContent(_ inode: XfsInode) throws(FileSystemError) -> Content {
    guard inode.size <= Self.maximumSize else { throw .damaged("the size is impossible") }
    let size = UInt64(superblock.directoryBlockSize)
    let content = try content(of: inode, size: inode.size.blocks(of: size) * size)
    guard let extents = content.extents else { throw .damaged("too many pieces") }
    // Blocks that hold no name any more are given back: holes are ordinary, and nothing to read.
    try spendDirectoryBytes(extents.reduce(0) { $0 + ($1.offset == nil ? 0 : $1.length) })
    return content
  }
}

/// Puts the blocks of a directory together, which may lie in several extents each.
private struct DirectoryBlocks {
  private let fileSystem: XfsFileSystem
  private let size: UInt64
  /// Where in the content the next byte comes from.
  private var position: UInt64 = 0
  /// The beginning of a block whose rest is in the next extent.
  private var begun: [UInt8] = []

  init(_ fileSystem: XfsFileSystem) {
    self.fileSystem = fileSystem
    size = UInt64(fileSystem.superblock.directoryBlockSize)
  }

  /// The next block that ends in an extent, of which the rest remains; nil if none does.
  mutating func next(_ extent: inout Extent, _ problem: inout String?) -> FileSystemRecord? {
    while extent.length > 0 {
      let inside = position % size
      if inside != UInt64(begun.count) {
        // A hole took the beginning of this block, or the end of the one before.
        problem = problem ?? "a part of a block is missing"
        begun = []
        if inside != 0 {
          advance(&extent, by: min(size - inside, extent.length))
          continue
        }
      }
      guard let offset = extent.offset else {
        advance(&extent, by: extent.length)
        continue
      }
      let count = Int(min(size - inside, extent.length))
      advance(&extent, by: UInt64(count))
      let part: FileSystemRecord
      do throws(FileSystemError) {
        part = try fileSystem.volume.record(at: offset - fileSystem.volume.start, count: count)
      } catch {
        // A block that cannot be read must not hide those beside it.
        problem = problem ?? error.description
        begun = []
        continue
      }
      if count == Int(size) { return part }
      begun += part.bytes(0..<count)
      if begun.count == Int(size) {
        defer { begun = [] }
        return FileSystemRecord(begun, from: 0, count: begun.count)
      }
    }
    return nil
  }

  private mutating func advance(_ extent: inout Extent, by count: UInt64) {
    position += count
    extent = Extent(
      offset: extent.offset.map { $0 + count }, length: extent.length - count)
  }
}
