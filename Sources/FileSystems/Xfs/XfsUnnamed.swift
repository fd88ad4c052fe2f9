import Bytes
import Containers
import Evidence

/// Files in use without a name: those named by a damaged directory, or deleted while a program
/// had them open. Deleted files do not appear: XFS clears their type and extents.
extension XfsWalk {
  /// Passes on every inode in use that no name led to.
  func visitUnnamed(_ index: XfsInodeIndex) throws(ImageError) {
    var candidates = index.allocated.subtracting(folders.reached)
    for own in fileSystem.superblock.ownInodes { candidates.remove(own) }
    let unreadable = try visitUnnamed(among: candidates)
    if let first = unreadable.first {
      try lost(
        UnnamedInode.folder,
        "\(unreadable.count) inodes in use without a name cannot be read (first: \(first))"
      )
    }
    let damaged = UInt64(index.damagedGroups.count) + index.missingGroups
    if damaged > 0 {
      try lost(
        UnnamedInode.folder,
        "the inodes of \(damaged) groups cannot be read: files without a name are missing")
    }
  }

  func visitUnnamed(_ number: UInt64) throws(ImageError) -> Bool {
    guard let inode = try? fileSystem.inode(number), inode.kind != .undefined else { return false }
    try visit(inode, named: UnnamedInode.name(number), in: UnnamedInode.folder, 1, .orphan)
    return true
  }

  func forEachInode(
    namedBy number: UInt64, among candidates: InodeSet, _ body: (UInt64) -> Void
  ) throws(ImageError) {
    guard let inode = try? fileSystem.inode(number), inode.kind == .directory else { return }
    _ = try fileSystem.readDirectory(inode) { piece throws(ImageError) in
      for name in piece.names
      where name.inode != number && name.bytes != [0x2E] && name.bytes != [0x2E, 0x2E]
        && candidates.contains(name.inode)
      {
        body(name.inode)
      }
    }
  }
}
