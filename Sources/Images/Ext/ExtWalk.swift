import Bytes
import Evidence

/// One walk over the names of an ext file system: every name in use becomes an item, a problem or a
/// count. It says what ``SleuthKitImage/walk(_:_:)`` says of other file systems, in the same words.
final class ExtWalk {
  let fileSystem: ExtFileSystem
  let send: (HelperReply) throws(ImageError) -> Void
  private var ignored: [IgnoredKind: UInt32] = [:]
  private var waiting: [Folder] = []
  private var entered = NumberSet()
  /// Inodes that a name leads to. What is in none is looked for at the end: ``ExtWalk/takeUnnamed()``.
  private(set) var reached = NumberSet()

  /// A directory to be read. It shares the path of the one that it is in with its neighbours.
  struct Folder {
    let inode: UInt32
    let parent: RawPath
    /// Its name; nil for the root.
    let name: RawPath?
    let depth: Int
    let standing: Standing

    var path: RawPath { name.map { parent.appending($0) } ?? parent }
  }

  /// What the file system says of a file.
  struct Standing {
    let state: AllocationState
    /// Whether its inode is in use: if it cannot be read, that is a failure.
    let isInUse: Bool
  }

  /// No file system allows so many; a chain this long is an attack on whoever joins the names.
  private let maximumDepth = 4096

  /// A path of so many bytes is sent with each name below it. What lies deeper is not lost: no name
  /// leads to it then, and ``takeUnnamed()`` gives it a shorter path.
  private let maximumPathLength = 65_536

  init(_ fileSystem: ExtFileSystem, _ send: @escaping (HelperReply) throws(ImageError) -> Void) {
    self.fileSystem = fileSystem
    self.send = send
  }

  /// The inode of the root directory.
  private static let root: UInt32 = 2

  func run() throws(ImageError) {
    reached.insert(Self.root)
    enter(
      Folder(
        inode: Self.root, parent: "/", name: nil, depth: 0,
        standing: Standing(state: .allocated, isInUse: true)))
    try listWaiting()
    try takeUnnamed()
    for (kind, count) in ignored.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      try send(.ignored(kind, count: count))
    }
  }

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
    let inode: ExtInode
    do throws(FileSystemError) {
      inode = try fileSystem.inode(folder.inode)
      guard inode.kind == .directory else { throw .damaged("it is no directory") }
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
          try take(name, in: folder, path, &duplicates)
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

  private func take(
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
      // A deleted name whose metadata is gone leads to no content; one in use must.
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
    try take(
      inode, named: RawPath(name.bytes), in: folderPath, depth: folder.depth,
      Standing(state: isAllocated ? listed : unlisted, isInUse: isAllocated))
  }

  /// Takes a file by one of its names.
  func take(
    _ inode: ExtInode, named name: RawPath, in folder: RawPath, depth: Int, _ standing: Standing
  ) throws(ImageError) {
    reached.insert(inode.number)
    switch inode.kind {
    case .file:
      if inode.flags.contains(.attributeValue) {
        ignore(.specialFiles)
      } else {
        try pass(inode, at: folder.appending(name), standing)
      }
    case .directory:
      ignore(.directories)
      if depth >= maximumDepth || folder.bytes.count > maximumPathLength {
        try lost(folder.appending(name), standing, "the directory lies too deep")
      } else {
        enter(
          Folder(
            inode: inode.number, parent: folder, name: name, depth: depth + 1, standing: standing))
      }
    case .symbolicLink: ignore(.symbolicLinks)
    case .special: ignore(.specialFiles)
    case .undefined: ignore(.namesWithoutContent)
    }
  }

  private func pass(_ inode: ExtInode, at path: RawPath, _ standing: Standing) throws(ImageError) {
    if inode.flags.contains(.encrypted) {
      try send(.problem(path: path, .encrypted, message: "encrypted: its key is not in the image"))
      return
    }
    let size = inode.size(fileSystem.superblock)
    let extents: [Extent]?
    do throws(FileSystemError) { extents = try fileSystem.extents(of: inode, size: size) } catch {
      try lost(path, standing, "the content cannot be found: \(error)")
      return
    }
    let unused = size % UInt64(fileSystem.superblock.blockSize)
    let slack =
      inode.flags.contains(.inlineData) || unused == 0 || extents?.last?.offset == nil
      ? 0 : UInt64(fileSystem.superblock.blockSize) - unused
    try send(
      .item(
        ItemEntry(
          path: path, stream: nil,
          // TSK_FS_ATTR_TYPE_DEFAULT: what this reader does not list, TSK may still read.
          address: StreamAddress(
            volume: VolumeAddress(start: fileSystem.volume.start), inode: UInt64(inode.number),
            type: 1, id: 0),
          size: size, state: standing.state, hasOtherPaths: inode.linkCount != 1,
          times: inode.times, extents: extents, slack: slack)))
  }

  /// Accounts for content that cannot be had: of what is deleted that is ordinary, of what is not it is a
  /// failure, and the scan is not complete.
  func lost(_ path: RawPath, _ standing: Standing, _ message: String) throws(ImageError) {
    if standing.isInUse {
      try send(.problem(path: path, .unreadable, message: message))
    } else {
      ignore(.namesWithoutContent)
    }
  }

  func ignore(_ kind: IgnoredKind, count: UInt32 = 1) { ignored[kind, default: 0] &+= count }
}

/// Finds names that stand in a directory more than once. A deleted one remains where another took its
/// place, often several times, and often with the same name still in use: it counts once, or not at all.
private struct DuplicateNames {
  /// Digests of (inode, name): seeded anew in each process, so nobody can make two of them meet.
  private var taken: Set<Int> = []
  private var deleted: Set<Int> = []

  /// More are not remembered; they only count more often.
  private let maximumCount = 4_000_000

  /// How many deleted names lead to inodes that other names took.
  var reallocated: UInt32 { UInt32(clamping: deleted.lazy.filter { !taken.contains($0) }.count) }

  /// Whether a name must be taken: one in use always.
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
