import Bytes
import Containers
import Evidence

/// Walk over the names of an ext file system: every name in use becomes an item, a problem or a
/// count.
final class ExtWalk: UnnamedInodeWalk {
  let fileSystem: ExtFileSystem
  let visitor: any FileSystemVisitor
  var ignored: [IgnoredKind: UInt32] = [:]
  var folders = FolderQueue()

  init(_ fileSystem: ExtFileSystem, _ visitor: any FileSystemVisitor) {
    self.fileSystem = fileSystem
    self.visitor = visitor
  }

  /// Inode of the root directory.
  private static let root: UInt64 = 2

  func run() throws(ImageError) {
    if fileSystem.superblock.incompatible.contains(.recovery) {
      try visitor.report(
        ItemProblem(
          .unsupported,
          "the journal holds changes that are not replayed: files may be newer than listed; run e2fsck"
            + " -E journal_only on a copy and scan the copy"), at: "/")
    }
    try listAll(from: Self.root)
    try visitUnnamed()
    fileSystem.noteGroups()
    try fileSystem.structures.report(to: visitor)
    try reportIgnored()
  }

  func list(_ folder: Folder) throws(ImageError) {
    let path = folder.path
    let inode: ExtInode
    do throws(FileSystemError) {
      inode = try fileSystem.inode(UInt32(clamping: folder.inode))
      guard inode.kind == .directory else { throw .damaged("it is not a directory") }
    } catch {
      try lost(path, folder.standing, "the directory cannot be read: \(error)")
      return
    }
    var namesItself = inode.flags.contains(.inlineData)
    var problem: String?
    var duplicates = DuplicateNames()
    let failure = try fileSystem.readDirectory(inode, isFree: !folder.standing.isInUse) {
      piece throws(ImageError) in
      problem = problem ?? piece.problem
      for name in piece.names {
        if name.bytes == [0x2E] {
          namesItself = namesItself || !name.isFree || !folder.standing.isInUse
        } else if name.bytes != [0x2E, 0x2E] {
          try visit(name, in: folder, path, &duplicates)
        }
      }
    }
    if duplicates.reallocated > 0 { ignore(.reallocatedNames, count: duplicates.reallocated) }
    if let failure {
      try lost(path, folder.standing, "the directory cannot be read: \(failure)")
    } else if let problem {
      try lost(path, folder.standing, "the directory is damaged: \(problem)")
    } else if !namesItself {
      try lost(path, folder.standing, "the directory is damaged: it does not name itself")
    }
  }

  private func visit(
    _ name: ExtName, in folder: Folder, _ folderPath: RawPath, _ duplicates: inout DuplicateNames
  ) throws(ImageError) {
    guard name.inode != 0 else {
      ignore(.namesWithoutContent)
      return
    }
    let inode: ExtInode
    do throws(FileSystemError) {
      inode = try fileSystem.inode(name.inode)
      guard inode.kind != .undefined || name.isFree else { throw .damaged("it has no type") }
    } catch {
      // A deleted name without metadata leads to no content; one in use must lead to some.
      try lost(
        folderPath.appending(RawPath(name.bytes)),
        Standing(
          state: name.isFree ? .deleted : folder.standing.state,
          isInUse: !name.isFree && folder.standing.isInUse),
        "the file's metadata cannot be read: \(error)")
      return
    }
    let isAllocated = fileSystem.isAllocated(inode)
    guard duplicates.isNew(name, isReallocated: name.isFree && isAllocated) else { return }
    if name.isFree, isAllocated {
      ignore(.reallocatedNames)
      return
    }
    let unlisted: AllocationState = folder.standing.state == .orphan ? .orphan : .deleted
    let listed: AllocationState = folder.standing.state == .orphan ? .orphan : .allocated
    try visit(
      inode, named: RawPath(name.bytes), in: folderPath, depth: folder.depth,
      Standing(state: isAllocated ? listed : unlisted, isInUse: isAllocated))
  }

  /// Passes on a file under one of its names.
  func visit(
    _ inode: ExtInode, named name: RawPath, in folder: RawPath, depth: Int, _ standing: Standing
  ) throws(ImageError) {
    try visit(
      UInt64(inode.number), inode.kind, named: name, in: folder, depth: depth, standing
    ) { path throws(ImageError) in
      if inode.flags.contains(.attributeValue) {
        ignore(.specialFiles)
      } else {
        try pass(inode, at: path, standing)
      }
    }
  }

  private func pass(_ inode: ExtInode, at path: RawPath, _ standing: Standing) throws(ImageError) {
    if inode.flags.contains(.encrypted) {
      try visitor.report(
        ItemProblem(.encrypted, "encrypted: the key is not in the image"), at: path)
      return
    }
    let size = inode.size(fileSystem.superblock)
    let extents: [Extent]?
    do throws(FileSystemError) { extents = try fileSystem.extents(of: inode, size: size) } catch {
      try lost(path, standing, "the content cannot be located: \(error)")
      return
    }
    let unused = size % UInt64(fileSystem.superblock.blockSize)
    let slack =
      inode.flags.contains(.inlineData) || unused == 0 || extents?.last?.offset == nil
      ? 0 : UInt64(fileSystem.superblock.blockSize) - unused
    try visitor.visit(
      FileEntry(
        path: path,
        // TSK may still read files that this reader does not list.
        address: .content(ofInode: UInt64(inode.number)),
        size: size, state: standing.state, hasOtherPaths: inode.linkCount != 1,
        times: inode.times, extents: extents, slack: slack))
  }
}

/// Finds repeated names in a directory. A deleted name remains after another took its place,
/// often several times, and often while the same name is in use: it counts once, or not at all.
private struct DuplicateNames {
  /// Hashes of (inode, name), seeded anew in each process so that collisions cannot be
  /// constructed.
  private var taken: Set<Int> = []
  private var deleted: Set<Int> = []

  /// Limit of names remembered; further ones may be counted repeatedly.
  private let maximumCount = 4_000_000

  /// Number of deleted names whose inodes other names reused.
  var reallocated: UInt32 { UInt32(clamping: deleted.lazy.filter { !taken.contains($0) }.count) }

  /// Whether to pass on a name; always for one in use.
  mutating func isNew(_ name: ExtName, isReallocated: Bool) -> Bool {
    guard taken.count < maximumCount, deleted.count < maximumCount else { return true }
    var hasher = Hasher()
    hasher.combine(name.inode)
    hasher.combine(name.bytes)
    let digest = hasher.finalize()
    if isReallocated {
      deleted.insert(digest)
      return false
    }
    return taken.insert(digest).inserted || !name.isFree
  }
}
