import Evidence

extension XfsFileSystem {
  /// Hands over the runs of blocks that the trees of free space of all groups have, in order. Then what
  /// lies behind the last block, without an end. A tree that is damaged is an error: what it does not
  /// say to be free would be passed over.
  func forEachFreeRun(_ body: (Run) throws(ImageError) -> Void) throws(ImageError) {
    for group in 0..<superblock.groupCount {
      let runs: [Run]
      do throws(FileSystemError) { runs = try freeRuns(ofGroup: group) } catch {
        throw ImageError("the map of free blocks of group \(group) cannot be read: \(error)")
      }
      for run in runs { try body(run) }
    }
    let end = volume.start + superblock.blockCount << UInt64(superblock.blockBits)
    try body(Run(offset: end, length: UInt64.max - end))
  }

  /// The free runs of a group. A record has the first block and how many (xfs_alloc_rec); none meets
  /// the one before, which would be one with it.
  private func freeRuns(ofGroup group: UInt64) throws(FileSystemError) -> [Run] {
    let tree = try XfsGroupTree(.freeSpace, ofGroup: group, in: self)
    var reader = XfsGroupTreeReader(self, tree)
    let start = try place(of: offset(ofBlock: 0, inGroup: group))
    let end = superblock.blocks(ofGroup: group)
    var next = superblock.lastHeaderBlock + 1
    var isOrdered = true
    var runs = [Run]()
    reader.forEachRecord { record in
      let (first, count) = (UInt64(record.big32(0)), UInt64(record.big32(4)))
      isOrdered = isOrdered && first >= next && first < end && count > 0 && count <= end - first
      guard isOrdered else { return }
      next = first + count
      runs.append(
        Run(
          offset: start + first << UInt64(superblock.blockBits),
          length: count << UInt64(superblock.blockBits)))
    }
    if let problem = reader.problem { throw problem }
    guard isOrdered else { throw .damaged("a tree of free space") }
    return runs
  }
}
