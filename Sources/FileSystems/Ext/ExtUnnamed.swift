import Bytes
import Containers
import Evidence

/// Files without a name. Deleted ones are orphans, as in TSK's listing. Those in use were named
/// by a damaged directory, or deleted while a program had them open; TSK ignores them.
extension ExtWalk {
  /// Passes on every inode that is or was used and that no name led to.
  func visitUnnamed() throws(ImageError) { _ = try visitUnnamed(among: try unnamed()) }

  func visitUnnamed(_ number: UInt64) throws(ImageError) -> Bool {
    guard let inode = try? fileSystem.inode(UInt32(clamping: number)) else { return false }
    try visit(
      inode, named: UnnamedInode.name(number), in: UnnamedInode.folder, depth: 1,
      Standing(state: .orphan, isInUse: fileSystem.isAllocated(inode)))
    return true
  }

  /// Candidate inodes of all tables.
  private func unnamed() throws(ImageError) -> InodeSet {
    var found = InodeSet()
    let superblock = fileSystem.superblock
    // Overlapping tables could be scanned without end: together they are at most as long as the
    // image.
    var inodesLeft = fileSystem.volume.size / UInt64(superblock.inodeSize)
    var unreadable = superblock.groupCount - fileSystem.groupCount
    var silence: UInt64 = 0
    for group in 0..<fileSystem.groupCount {
      let inodes = fileSystem.usedInodes(ofGroup: group, fileSystem.inodes(ofGroup: group))
      guard inodesLeft >= UInt64(inodes.count) else {
        unreadable += fileSystem.groupCount - group
        break
      }
      inodesLeft -= UInt64(inodes.count)
      // Large tables can be empty for minutes.
      silence += UInt64(inodes.count)
      if silence > 1 << 20 {
        silence = 0
        try visitor.heartbeat()
      }
      for number in inodes {
        guard !folders.reached.contains(number) else { continue }
        guard let inode = try? fileSystem.inode(UInt32(clamping: number)) else {
          unreadable += 1
          break
        }
        if isCandidate(inode) { found.insert(number) }
      }
    }
    if unreadable > 0 {
      try visitor.report(
        ItemProblem(
          .unreadable,
          "the inodes of \(unreadable) groups cannot be read: files without a name are missing"),
        at: UnnamedInode.folder)
    }
    return found
  }

  private func isCandidate(_ inode: ExtInode) -> Bool {
    guard inode.wasUsed, !inode.flags.contains(.attributeValue) else { return false }
    guard fileSystem.isAllocated(inode) else { return true }
    let superblock = fileSystem.superblock
    return inode.number >= superblock.firstInode && !superblock.ownInodes.contains(inode.number)
      && inode.kind != .undefined
  }

  func forEachInode(
    namedBy number: UInt64, among candidates: InodeSet, _ body: (UInt64) -> Void
  ) throws(ImageError) {
    guard let inode = try? fileSystem.inode(UInt32(clamping: number)), inode.kind == .directory
    else { return }
    let isFree = !fileSystem.isAllocated(inode)
    _ = try fileSystem.readDirectory(inode, isFree: isFree) { piece throws(ImageError) in
      for name in piece.names
      where name.inode != inode.number && name.inode != 0 && name.bytes != [0x2E]
        && name.bytes != [0x2E, 0x2E]
      {
        guard candidates.contains(UInt64(name.inode)), let other = try? fileSystem.inode(name.inode)
        else { continue }
        if !name.isFree || !fileSystem.isAllocated(other) { body(UInt64(name.inode)) }
      }
    }
  }
}
