import Containers

extension ExtFileSystem {
  /// One piece of a directory's entries.
  struct DirectoryPiece {
    /// Names sorted by inode, so that tables are read forwards.
    let names: [ExtName]
    /// Defect of this piece; nil if none was found.
    let problem: String?
  }

  /// Largest size of a piece in bytes: some 30,000 names.
  private static let pieceSize = 1 << 20

  /// Reads a directory and passes on its names. Throws a ``FileSystemError`` in `failure` if its
  /// blocks cannot be found, and the errors of `pass`.
  func readDirectory(
    _ inode: ExtInode, isFree: Bool, _ pass: (DirectoryPiece) throws(ImageError) -> Void
  ) throws(ImageError) -> FileSystemError? {
    if inode.flags.contains(.inlineData) { return try readInlineDirectory(inode, isFree, pass) }
    let size = UInt64(superblock.blockSize)
    let extents: [Extent]
    do throws(FileSystemError) {
      let bytes = inode.size(superblock)
      let (end, overflow) = bytes.addingReportingOverflow(size - 1)
      guard !overflow else { throw .damaged("the size is invalid") }
      guard let found = try self.extents(of: inode, size: end / size * size) else {
        throw .damaged("too many fragments")
      }
      // A hole costs nothing to claim and nothing to read.
      try spendDirectoryBytes(found.reduce(0) { $0 + ($1.offset == nil ? 0 : $1.length) })
      extents = found
      noteDirectory(found)
    } catch {
      return error
    }
    for extent in extents {
      guard let offset = extent.offset else {
        try pass(DirectoryPiece(names: [], problem: "it has a hole"))
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

  /// Reads `count` bytes of a directory at `offset`, in whole blocks.
  private func piece(at offset: UInt64, count: Int, _ isFree: Bool) -> DirectoryPiece {
    let size = superblock.blockSize
    var names = [ExtName]()
    var problem: String?
    // An unreadable block must not hide its neighbours.
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
        if !block.isWhole { problem = "its entries are not contiguous" }
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
      // The first four bytes are the parent's inode; `.` and `..` are absent.
      let record = inode.record.part(
        (number == 0 ? part.lowerBound + 4 : part.lowerBound)..<part.upperBound)
      let block = ExtDirectoryBlock(record, isFree: isFree, lastInode: superblock.inodeCount)
      try pass(
        DirectoryPiece(
          names: block.names,
          problem: block.isWhole ? nil : "its entries are not contiguous"))
    }
    return nil
  }
}
