import Bytes
import Containers

extension XfsFileSystem {
  /// One piece of a directory's entries.
  struct DirectoryPiece {
    /// Names sorted by inode, so that chunks are read forwards.
    var names: [XfsName] = []
    /// Defect of this piece; nil if none was found.
    var problem: String?

    mutating func add(_ part: XfsDirectoryPart) {
      names += part.names
      problem = problem ?? part.problem
    }
  }

  /// Number of names in a piece, to which those of the last block are added.
  private static let pieceCount = 30_000

  /// Offset in a directory's content that separates names from their hashes
  /// (XFS_DIR2_LEAF_OFFSET).
  private static let maximumSize: UInt64 = 1 << 35

  /// Reads a directory and passes on its names. Returns why its blocks cannot be found, if so;
  /// throws the errors of `pass`.
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

  /// Extents of a directory's names, in whole blocks.
  private func directoryContent(_ inode: XfsInode) throws(FileSystemError) -> Content {
    guard inode.size <= Self.maximumSize else { throw .damaged("the size is invalid") }
    let size = UInt64(superblock.directoryBlockSize)
    let content = try content(of: inode, size: inode.size.blocks(of: size) * size)
    guard let extents = content.extents else { throw .damaged("too many fragments") }
    // Blocks without names are freed: holes are normal, and nothing is read for them.
    try spendDirectoryBytes(extents.reduce(0) { $0 + ($1.offset == nil ? 0 : $1.length) })
    return content
  }
}

/// Assembles the blocks of a directory, each of which may span several extents.
private struct DirectoryBlocks {
  private let fileSystem: XfsFileSystem
  private let size: UInt64
  /// Offset in the content of the next byte.
  private var position: UInt64 = 0
  /// Beginning of a block whose rest is in the next extent.
  private var begun: [UInt8] = []

  init(_ fileSystem: XfsFileSystem) {
    self.fileSystem = fileSystem
    size = UInt64(fileSystem.superblock.directoryBlockSize)
  }

  /// Returns the next block that ends in an extent and leaves the rest in it; nil if none does.
  mutating func next(_ extent: inout Extent, _ problem: inout String?) -> FileSystemRecord? {
    while extent.length > 0 {
      let inside = position % size
      if inside != UInt64(begun.count) {
        // A hole is in place of this block's beginning, or of the preceding one's end.
        problem = problem ?? "part of a block is missing"
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
        part = try fileSystem.structure(at: offset - fileSystem.volume.start, count: count)
      } catch {
        // An unreadable block must not hide its neighbours.
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
