extension ExtFileSystem {
  /// What a directory holds, a piece of it at a time.
  struct DirectoryPiece {
    /// The names, sorted by their inodes: the tables are then read forwards.
    let names: [ExtName]
    /// What is wrong with this piece; nil if nothing is.
    let problem: String?
  }

  /// Pieces are this long at most, in bytes: some 30,000 names.
  private static let pieceSize = 1 << 20

  /// Reads a directory and passes on its names. Throws an ``FileSystemError`` in `failure` when its blocks
  /// cannot be found, and what `pass` throws.
  func readDirectory(
    _ inode: ExtInode, isFree: Bool, _ pass: (DirectoryPiece) throws(ImageError) -> Void
  ) throws(ImageError) -> FileSystemError? {
    if inode.flags.contains(.inlineData) { return try readInlineDirectory(inode, isFree, pass) }
    let size = UInt64(superblock.blockSize)
    let extents: [Extent]
    do throws(FileSystemError) {
      let bytes = inode.size(superblock)
      let (end, overflow) = bytes.addingReportingOverflow(size - 1)
      guard !overflow else { throw .damaged("the size is impossible") }
      guard let found = try self.extents(of: inode, size: end / size * size) else {
        throw .damaged("too many pieces")
      }
      // A hole costs nothing to claim and nothing to read.
      try spendDirectoryBytes(found.reduce(0) { $0 + ($1.offset == nil ? 0 : $1.length) })
      extents = found
    } catch {
      return error
    }
    for extent in extents {
      guard let offset = extent.offset else {
        try pass(DirectoryPiece(names: [], problem: "there is a hole in it"))
        continue
      }
      var done: UInt64 = 0
      while done < extent.length {
        let count = min(UInt64(Self.pieceSize), extent.length - done)
        try pass(piece(at: offset - volume.start + done, count: Int(count), isFree))
        done += count
      }
    }
    return nil
  }

  /// `count` bytes of a directory at `offset`, whole blocks.
  private func piece(at offset: UInt64, count: Int, _ isFree: Bool) -> DirectoryPiece {
    let size = superblock.blockSize
    var names = [ExtName]()
    var problem: String?
    // A block that cannot be read must not hide those beside it.
    let whole = try? volume.bytes(at: offset, count: count)
    for start in stride(from: 0, to: count, by: size) {
      do throws(FileSystemError) {
        let record =
          if let whole {
            FileSystemRecord(whole, from: start, count: size)
          } else {
            try volume.record(at: offset + UInt64(start), count: size)
          }
        let block = ExtDirectoryBlock(record, isFree: isFree, lastInode: superblock.inodeCount)
        names += block.names
        if !block.isWhole { problem = "its entries do not follow each other" }
      } catch {
        problem = error.description
      }
    }
    names.sort { $0.inode < $1.inode }
    return DirectoryPiece(names: names, problem: problem)
  }

  private func readInlineDirectory(
    _ inode: ExtInode, _ isFree: Bool, _ pass: (DirectoryPiece) throws(ImageError) -> Void
  ) throws(ImageError) -> FileSystemError? {
    let parts: [Range<Int>]
    do throws(FileSystemError) { parts = try ExtInlineData(inode).parts } catch { return error }
    for (number, part) in parts.enumerated() {
      // The first four bytes are the parent's inode; there is neither `.` nor `..`.
      let record = inode.record.part(
        (number == 0 ? part.lowerBound + 4 : part.lowerBound)..<part.upperBound)
      let block = ExtDirectoryBlock(record, isFree: isFree, lastInode: superblock.inodeCount)
      try pass(
        DirectoryPiece(
          names: block.names,
          problem: block.isWhole ? nil : "its entries do not follow each other"))
    }
    return nil
  }
}
