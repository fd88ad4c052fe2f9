import Bytes
import Containers
import Evidence

extension XfsFileSystem {
  /// Passes on the free runs of all groups' free space trees in order, then the space behind the
  /// last block, open-ended. A damaged tree is an error, because space that it fails to list as
  /// free would be skipped.
  func forEachFreeRun(_ body: (Run) throws(ImageError) -> Void) throws(ImageError) -> Bool {
    for group in 0..<superblock.groupCount {
      let runs: [Run]
      do throws(FileSystemError) { runs = try freeRuns(ofGroup: group) } catch {
        throw ImageError("the free-block map of group \(group) cannot be read: \(error)")
      }
      for run in runs { try body(run) }
    }
    let end = volume.start + superblock.blockCount << UInt64(superblock.blockBits)
    try body(Run(offset: end, length: UInt64.max - end))
    return true
  }

  /// Free runs of a group. A record has the first block and the number of blocks (xfs_alloc_rec);
  /// adjacent records would have been merged.
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
    guard isOrdered else { throw .damaged("a free-space tree") }
    return runs
  }
}
