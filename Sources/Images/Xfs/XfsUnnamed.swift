import Bytes
import Evidence

/// Files in use that no name leads to: what a damaged directory named, or what was deleted while a program
/// had it open. Deleted files do not appear: XFS takes their type and their extents from them.
extension XfsWalk {
  /// TSK's own folder for orphans, which no file system has.
  private static let folder: RawPath = "/$OrphanFiles"

  /// Takes every inode that is in use and that no name led to.
  func takeUnnamed(_ index: XfsInodeIndex) throws(ImageError) {
    let own = fileSystem.superblock.ownInodes
    let candidates = index.allocated.subtracting(reached).filter { !own.contains($0) }
    // What lies in a directory without a name has its path there, and is not listed twice.
    let named = try named(in: candidates)
    var unreadable = [UInt64]()
    for (rank, number) in candidates.enumerated() where !named.contains(number) {
      if rank % 65_536 == 65_535 { try isAlive() }
      if try !take(number) { unreadable.append(number) }
    }
    try listWaiting()
    // Directories that hold each other, and what was not reached after all.
    for number in candidates where named.contains(number) && !reached.contains(number) {
      if try !take(number) { unreadable.append(number) }
      try listWaiting()
    }
    if let first = unreadable.first {
      try lost(
        Self.folder,
        "\(unreadable.count) inodes that are in use and have no name cannot be read, \(first) first"
      )
    }
    let damaged = UInt64(index.damagedGroups.count) + index.missingGroups
    if damaged > 0 {
      try lost(
        Self.folder,
        "the inodes of \(damaged) groups cannot be read: files without a name are missing")
    }
  }

  /// Takes an inode by a name that is made for it; false if it cannot be read.
  private func take(_ number: UInt64) throws(ImageError) -> Bool {
    guard let inode = try? fileSystem.inode(number), inode.kind != .undefined else { return false }
    try take(inode, named: RawPath("OrphanFile-\(number)"), in: Self.folder, 1, .orphan)
    return true
  }

  /// The inodes that the directories among `candidates` name.
  private func named(in candidates: [UInt64]) throws(ImageError) -> XfsNumberSet {
    var unnamed = XfsNumberSet()
    for number in candidates { unnamed.insert(number) }
    var named = XfsNumberSet()
    for (rank, number) in candidates.enumerated() {
      if rank % 65_536 == 65_535 { try isAlive() }
      guard let inode = try? fileSystem.inode(number), inode.kind == .directory else { continue }
      _ = try fileSystem.readDirectory(inode) { piece throws(ImageError) in
        for name in piece.names
        where name.inode != number && name.bytes != [0x2E] && name.bytes != [0x2E, 0x2E] {
          if unnamed.contains(name.inode) { named.insert(name.inode) }
        }
      }
    }
    return named
  }
}
