import Bytes
import Containers

/// A walk that also finds files without a name: deleted ones, those named by damaged
/// directories, and those deleted while a program had them open.
protocol UnnamedInodeWalk: DirectoryWalk {
  /// Passes on an inode under a generated name; false if it cannot be read.
  func visitUnnamed(_ number: UInt64) throws(ImageError) -> Bool

  /// Passes on the inodes that a directory names, except itself and its parent; nothing if the
  /// inode is not a directory.
  func forEachInode(
    namedBy number: UInt64, among candidates: InodeSet, _ body: (UInt64) -> Void
  ) throws(ImageError)
}

/// The Sleuth Kit's virtual folder for files without a name.
enum UnnamedInode {
  static let folder: RawPath = "/$OrphanFiles"

  static func name(_ number: UInt64) -> RawPath { RawPath("OrphanFile-\(number)") }
}

extension UnnamedInodeWalk {
  /// Passes on those of `candidates` that no name led to; returns those that cannot be read.
  func visitUnnamed(among candidates: InodeSet) throws(ImageError) -> [UInt64] {
    // Files in an unnamed directory get their path from it; do not list them twice.
    let named = try inodes(namedIn: candidates)
    var unreadable = [UInt64]()
    for (rank, number) in candidates.enumerated() where !named.contains(number) {
      if rank % 65_536 == 65_535 { try visitor.heartbeat() }
      if try !visitUnnamed(number) { unreadable.append(number) }
    }
    try listWaiting()
    // Directories that contain each other, and inodes still not reached.
    for number in candidates where named.contains(number) && !folders.reached.contains(number) {
      if try !visitUnnamed(number) { unreadable.append(number) }
      try listWaiting()
    }
    return unreadable
  }

  /// Inodes named by the directories among `candidates`.
  private func inodes(namedIn candidates: InodeSet) throws(ImageError) -> InodeSet {
    var named = InodeSet()
    for (rank, number) in candidates.enumerated() {
      if rank % 65_536 == 65_535 { try visitor.heartbeat() }
      try forEachInode(namedBy: number, among: candidates) { named.insert($0) }
    }
    return named
  }
}
