import Bytes
import Evidence

/// One walk over an XFS file system: first the trees that say which inodes are in use, then the names,
/// a directory at a time, then the inodes that no name led to. It says what ``ExtWalk`` says, in the same
/// words.
final class XfsWalk {
  let fileSystem: XfsFileSystem
  let send: (HelperReply) throws(ImageError) -> Void
  private var ignored: [IgnoredKind: UInt32] = [:]
  private var waiting: [Folder] = []
  private var entered = XfsNumberSet()
  /// Inodes that a name leads to. What is in none is looked for at the end: ``XfsWalk/takeUnnamed(_:)``.
  private(set) var reached = XfsNumberSet()

  /// A directory to be read. It shares the path of the one that it is in with its neighbours.
  private struct Folder {
    let inode: UInt64
    let parent: RawPath
    /// Its name; nil for the root.
    let name: RawPath?
    let depth: Int
    let state: AllocationState

    var path: RawPath { name.map { parent.appending($0) } ?? parent }
  }

  /// No file system allows so many; a chain this long is an attack on whoever joins the names.
  private let maximumDepth = 4096

  /// A path of so many bytes is sent with each name below it. What lies deeper is not lost: no name
  /// leads to it then, and ``takeUnnamed(_:)`` gives it a shorter path.
  private let maximumPathLength = 65_536

  init(_ fileSystem: XfsFileSystem, _ send: @escaping (HelperReply) throws(ImageError) -> Void) {
    self.fileSystem = fileSystem
    self.send = send
  }

  func run() throws(ImageError) {
    if !fileSystem.isSuperblockWhole {
      try lost("/", "the superblock is damaged: its checksum does not fit")
    }
    let index = try XfsInodeIndex(fileSystem, isAlive: isAlive)
    let root = fileSystem.superblock.rootInode
    reached.insert(root)
    enter(Folder(inode: root, parent: "/", name: nil, depth: 0, state: .allocated))
    try listWaiting()
    try takeUnnamed(index)
    for (kind, count) in ignored.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      try send(.ignored(kind, count: count))
    }
  }

  /// Says that this process lives, where it has nothing else to say.
  func isAlive() throws(ImageError) { try send(.ignored(.specialFiles, count: 0)) }

  /// Lists the directories that wait, and those in them.
  func listWaiting() throws(ImageError) {
    while let folder = waiting.popLast() { try list(folder) }
  }

  /// Each directory once: a damaged one may hold itself.
  private func enter(_ folder: Folder) {
    if entered.insert(folder.inode) { waiting.append(folder) }
  }

  private func list(_ folder: Folder) throws(ImageError) {
    let path = folder.path
    let inode: XfsInode
    do throws(FileSystemError) {
      inode = try fileSystem.inode(folder.inode)
      guard inode.kind == .directory else { throw .damaged("it is no directory") }
    } catch {
      try lost(path, "the directory cannot be read: \(error)")
      return
    }
    var namesItself = inode.format == .local
    var problem = inode.isWhole ? nil : "its checksum does not fit"
    let failure = try fileSystem.readDirectory(inode) { piece throws(ImageError) in
      problem = problem ?? piece.problem
      for name in piece.names {
        if name.bytes == [0x2E] {
          namesItself = namesItself || name.inode == inode.number
        } else if name.bytes != [0x2E, 0x2E] {
          try take(name, in: folder, path)
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

  private func take(_ name: XfsName, in folder: Folder, _ folderPath: RawPath) throws(ImageError) {
    let inode: XfsInode
    do throws(FileSystemError) {
      inode = try fileSystem.inode(name.inode)
      guard inode.kind != .undefined else { throw .damaged("it has no type") }
    } catch {
      try lost(
        folderPath.appending(RawPath(name.bytes)), "the file's metadata cannot be read: \(error)")
      return
    }
    try take(inode, named: RawPath(name.bytes), in: folderPath, folder.depth, folder.state)
  }

  /// Takes a file by one of its names.
  func take(
    _ inode: XfsInode, named name: RawPath, in folder: RawPath, _ depth: Int,
    _ state: AllocationState
  ) throws(ImageError) {
    reached.insert(inode.number)
    switch inode.kind {
    case .file: try pass(inode, at: folder.appending(name), state)
    case .directory:
      ignore(.directories)
      if depth >= maximumDepth || folder.bytes.count > maximumPathLength {
        try lost(folder.appending(name), "the directory lies too deep")
      } else {
        enter(
          Folder(inode: inode.number, parent: folder, name: name, depth: depth + 1, state: state))
      }
    case .symbolicLink: ignore(.symbolicLinks)
    case .special: ignore(.specialFiles)
    case .undefined: ignore(.namesWithoutContent)
    }
  }

  private func pass(_ inode: XfsInode, at path: RawPath, _ state: AllocationState)
    throws(ImageError)
  {
    let content: XfsFileSystem.Content
    do throws(FileSystemError) {
      guard !inode.isRealtime || inode.size == 0 else {
        throw .unsupported(
          "its content lies on the realtime device of the file system, which is not read; mount both"
            + " read-only and scan the file")
      }
      content = try fileSystem.content(of: inode, size: inode.size)
      guard content.extents != nil else {
        throw .unsupported(
          "it lies in more pieces than are read; mount the file system read-only and scan the file")
      }
    } catch .unsupported(let message) {
      try send(.problem(path: path, .unsupported, message: message))
      return
    } catch {
      try lost(path, "the content cannot be found: \(error)")
      return
    }
    if let problem = content.problem ?? (inode.isWhole ? nil : "its checksum does not fit") {
      try lost(path, "the file's metadata is damaged: \(problem)")
    }
    let blockSize = UInt64(fileSystem.superblock.blockSize)
    let unused = inode.size % blockSize
    try send(
      .item(
        ItemEntry(
          path: path, stream: nil,
          // A type and identifier as ext's files have them: there is one stream.
          address: StreamAddress(
            volume: VolumeAddress(start: fileSystem.volume.start), inode: inode.number, type: 1,
            id: 0),
          size: inode.size, state: state, hasOtherPaths: inode.linkCount != 1,
          times: inode.times, extents: content.extents,
          slack: unused == 0 || content.extents?.last?.offset == nil ? 0 : blockSize - unused)))
  }

  /// Accounts for content that cannot be had: a failure, and the scan is not complete.
  func lost(_ path: RawPath, _ message: String) throws(ImageError) {
    try send(.problem(path: path, .unreadable, message: message))
  }

  private func ignore(_ kind: IgnoredKind) { ignored[kind, default: 0] &+= 1 }
}
