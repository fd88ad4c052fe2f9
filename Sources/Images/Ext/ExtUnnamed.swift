import Bytes
import Evidence

/// Files that no name leads to. Deleted ones are orphans, as TSK lists them. Those in use are what a
/// damaged directory named, or what was deleted while a program had it open: TSK passes over them.
extension ExtWalk {
  /// TSK's own folder for orphans, which no file system has.
  private static let folder: RawPath = "/$OrphanFiles"

  private func name(of inode: UInt32) -> RawPath { RawPath("OrphanFile-\(inode)") }

  /// Takes every inode that is used, or was, and that no name led to.
  func takeUnnamed() throws(ImageError) {
    let candidates = try unnamed()
    // What lies in a directory without a name has its path there, and is not listed twice.
    let named = try named(in: candidates)
    var next = candidates.next(after: 0)
    while let number = next {
      if !named.contains(number) { try take(number) }
      next = candidates.next(after: number)
    }
    try listWaiting()
    // Directories that hold each other, and what was not reached after all.
    next = candidates.next(after: 0)
    while let number = next {
      if !reached.contains(number) {
        try take(number)
        try listWaiting()
      }
      next = candidates.next(after: number)
    }
  }

  private func take(_ number: UInt32) throws(ImageError) {
    guard let inode = try? fileSystem.inode(number) else { return }
    try take(
      inode, named: name(of: number), in: Self.folder, depth: 1,
      Standing(state: .orphan, isInUse: fileSystem.isAllocated(inode)))
  }

  /// The inodes that are of interest, from all tables.
  private func unnamed() throws(ImageError) -> NumberSet {
    var found = NumberSet()
    let superblock = fileSystem.superblock
    // Tables that overlap could be scanned for ever: all together are no longer than the image.
    var inodesLeft = fileSystem.volume.size / UInt64(superblock.inodeSize)
    var unreadable = superblock.groupCount - fileSystem.groupCount
    var silence: UInt64 = 0
    for group in 0..<fileSystem.groupCount {
      let inodes = fileSystem.inodes(ofGroup: group)
      guard inodesLeft >= UInt64(inodes.count) else {
        unreadable += fileSystem.groupCount - group
        break
      }
      inodesLeft -= UInt64(inodes.count)
      // Large tables hold nothing for minutes: a count of nothing says that this process lives.
      silence += UInt64(inodes.count)
      if silence > 1 << 20 {
        silence = 0
        try send(.ignored(.specialFiles, count: 0))
      }
      for number in inodes {
        guard let number = UInt32(exactly: number), !reached.contains(number) else { continue }
        guard let inode = try? fileSystem.inode(number) else {
          unreadable += 1
          break
        }
        if isCandidate(inode) { found.insert(number) }
      }
    }
    if unreadable > 0 {
      try send(
        .problem(
          path: Self.folder, .unreadable,
          message:
            "the inodes of \(unreadable) groups cannot be read: files without a name are missing"
        ))
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

  /// The inodes that the directories among `candidates` name.
  private func named(in candidates: NumberSet) throws(ImageError) -> NumberSet {
    var named = NumberSet()
    var next = candidates.next(after: 0)
    while let number = next {
      next = candidates.next(after: number)
      guard let inode = try? fileSystem.inode(number), inode.kind == .directory else { continue }
      let isFree = !fileSystem.isAllocated(inode)
      _ = try fileSystem.readDirectory(inode, isFree: isFree) { piece throws(ImageError) in
        for name in piece.names
        where name.inode != number && name.inode != 0 && name.bytes != [0x2E]
          && name.bytes != [0x2E, 0x2E]
        {
          guard candidates.contains(name.inode), let other = try? fileSystem.inode(name.inode)
          else { continue }
          if !name.isFree || !fileSystem.isAllocated(other) { named.insert(name.inode) }
        }
      }
    }
    return named
  }
}
