import Bytes
import Containers
import Evidence

/// Walk over an XFS file system: first the inode trees, then the names, directory by directory,
/// then the inodes that no name led to.
final class XfsWalk: UnnamedInodeWalk {
  let fileSystem: XfsFileSystem
  let visitor: any FileSystemVisitor
  var ignored: [IgnoredKind: UInt32] = [:]
  var folders = FolderQueue()

  init(_ fileSystem: XfsFileSystem, _ visitor: any FileSystemVisitor) {
    self.fileSystem = fileSystem
    self.visitor = visitor
  }

  func run() throws(ImageError) {
    if !fileSystem.isSuperblockWhole {
      try lost("/", "the superblock is damaged: checksum mismatch")
    }
    try reportLog()
    let index = try XfsInodeIndex(fileSystem) { () throws(ImageError) in try visitor.heartbeat() }
    try listAll(from: fileSystem.superblock.rootInode)
    try visitUnnamed(index)
    fileSystem.noteStructure(at: 0, length: UInt64(fileSystem.superblock.sectorSize))
    try fileSystem.structures.report(to: visitor)
    try reportIgnored()
  }

  private func reportLog() throws(ImageError) {
    let state = try fileSystem.logState { () throws(ImageError) in try visitor.heartbeat() }
    let problem: String
    switch state {
    case .applied: return
    case .unapplied:
      problem =
        "the log holds changes that are not replayed: files may be newer than listed; mount the file"
        + " system once and scan it again"
    case .elsewhere:
      problem =
        "the log is on another device, and may hold changes: files may be newer than listed; mount"
        + " the file system with its log once and scan that"
    case .unreadable: return try lost("/", "the log cannot be read: it may hold changes")
    }
    try visitor.report(ItemProblem(.unsupported, problem), at: "/")
  }

  func list(_ folder: Folder) throws(ImageError) {
    let path = folder.path
    let inode: XfsInode
    do throws(FileSystemError) {
      inode = try fileSystem.inode(folder.inode)
      guard inode.kind == .directory else { throw .damaged("it is not a directory") }
    } catch {
      try lost(path, "the directory cannot be read: \(error)")
      return
    }
    var namesItself = inode.format == .local
    var problem = inode.isWhole ? nil : "checksum mismatch"
    let failure = try fileSystem.readDirectory(inode) { piece throws(ImageError) in
      problem = problem ?? piece.problem
      for name in piece.names {
        if name.bytes == [0x2E] {
          namesItself = namesItself || name.inode == inode.number
        } else if name.bytes != [0x2E, 0x2E] {
          try visit(name, in: folder, path)
        }
      }
    }
    if let failure {
      try lost(path, "the directory cannot be read: \(failure)")
    } else if let problem {
      try lost(path, "the directory is damaged: \(problem)")
    } else if !namesItself {
      try lost(path, "the directory is damaged: it does not name itself")
    }
  }

  private func visit(_ name: XfsName, in folder: Folder, _ folderPath: RawPath) throws(ImageError) {
    let inode: XfsInode
    do throws(FileSystemError) {
      inode = try fileSystem.inode(name.inode)
      guard inode.kind != .undefined else { throw .damaged("it has no type") }
    } catch {
      try lost(
        folderPath.appending(RawPath(name.bytes)), "the file's metadata cannot be read: \(error)")
      return
    }
    try visit(
      inode, named: RawPath(name.bytes), in: folderPath, folder.depth, folder.standing.state)
  }

  /// Passes on a file under one of its names.
  func visit(
    _ inode: XfsInode, named name: RawPath, in folder: RawPath, _ depth: Int,
    _ state: AllocationState
  ) throws(ImageError) {
    try visit(
      inode.number, inode.kind, named: name, in: folder, depth: depth,
      Standing(state: state, isInUse: true)
    ) { path throws(ImageError) in try pass(inode, at: path, state) }
  }

  private func pass(_ inode: XfsInode, at path: RawPath, _ state: AllocationState)
    throws(ImageError)
  {
    let content: XfsFileSystem.Content
    do throws(FileSystemError) {
      guard !inode.isRealtime || inode.size == 0 else {
        throw .unsupported(
          "its content is on the realtime device of the file system, which is not parsed; mount both"
            + " read-only and scan the file")
      }
      content = try fileSystem.content(of: inode, size: inode.size)
      guard content.extents != nil else {
        throw .unsupported(
          "it has too many fragments; mount the file system read-only and scan the file")
      }
    } catch .unsupported(let message) {
      try visitor.report(ItemProblem(.unsupported, message), at: path)
      return
    } catch {
      try lost(path, "the content cannot be located: \(error)")
      return
    }
    if let problem = content.problem ?? (inode.isWhole ? nil : "checksum mismatch") {
      try lost(path, "the file's metadata is damaged: \(problem)")
    }
    let blockSize = UInt64(fileSystem.superblock.blockSize)
    let unused = inode.size % blockSize
    try visitor.visit(
      FileEntry(
        path: path, address: .content(ofInode: inode.number), size: inode.size, state: state,
        hasOtherPaths: inode.linkCount != 1, times: inode.times, extents: content.extents,
        slack: unused == 0 || content.extents?.last?.offset == nil ? 0 : blockSize - unused))
  }

  /// Accounts for unavailable content: everything that XFS lists is in use.
  func lost(_ path: RawPath, _ message: String) throws(ImageError) {
    try lost(path, .allocated, message)
  }
}
