package import Bytes
package import Containers
import Evidence

/// Depth-first walk over the directories of a file system. Each directory is opened once and
/// accounted for; a file system adds the reading of directories.
package protocol DirectoryWalk: FileSystemWalk {
  /// Directories that wait, and inodes already seen.
  var folders: FolderQueue { get set }
  /// Longest path in bytes of a directory whose subdirectories are entered; deeper ones are
  /// reported as lost.
  var maximumPathLength: Int { get }

  /// Reads a directory and passes on the files that it names. Report unreadable content with
  /// ``FileSystemWalk/lost(_:_:_:)``.
  func list(_ folder: Folder) throws(ImageError)
}

/// A directory to be read. Siblings share the path of their parent.
package struct Folder {
  package let inode: UInt64
  fileprivate let parent: RawPath
  /// Name; nil for the root.
  fileprivate let name: RawPath?
  /// Number of directories above it.
  package let depth: Int
  package let standing: Standing

  package var path: RawPath { name.map { parent.appending($0) } ?? parent }
}

/// Directories that a walk has yet to read.
package struct FolderQueue {
  fileprivate var waiting: [Folder] = []
  fileprivate var entered = InodeSet()
  /// Inodes reached by a name.
  fileprivate(set) var reached = InodeSet()

  package init() {}
}

extension DirectoryWalk {
  /// Limit of nested directories. No file system allows that many; such a chain is an attack on
  /// code that joins the names.
  private var maximumDepth: Int { 4096 }

  /// Deeper files are not lost: no name leads to them then, and ``UnnamedInodeWalk`` gives them a
  /// shorter path.
  package var maximumPathLength: Int { 65_536 }

  /// Lists the root directory and everything below it.
  package func listAll(from root: UInt64) throws(ImageError) {
    folders.reached.insert(root)
    push(Folder(inode: root, parent: "/", name: nil, depth: 0, standing: .allocated))
    try listWaiting()
  }

  /// Lists the waiting directories, and those inside them.
  package func listWaiting() throws(ImageError) {
    while let folder = folders.waiting.popLast() { try list(folder) }
  }

  /// Adds each directory once: a damaged one may contain itself.
  private func push(_ folder: Folder) {
    if folders.entered.insert(folder.inode) { folders.waiting.append(folder) }
  }

  /// Queues a directory to be read.
  package func enter(
    _ inode: UInt64, named name: RawPath, in folder: RawPath, depth: Int, _ standing: Standing
  ) throws(ImageError) {
    if depth >= maximumDepth || folder.bytes.count > maximumPathLength {
      try lost(folder.appending(name), standing, "the directory is nested too deep")
    } else {
      push(
        Folder(inode: inode, parent: folder, name: name, depth: depth + 1, standing: standing))
    }
  }

  /// Handles an inode reached by one of its names: a directory is queued; for a file, `pass`
  /// receives its path and passes on its content.
  func visit(
    _ inode: UInt64, _ kind: InodeKind, named name: RawPath, in folder: RawPath, depth: Int,
    _ standing: Standing, pass: (RawPath) throws(ImageError) -> Void
  ) throws(ImageError) {
    folders.reached.insert(inode)
    switch kind {
    case .file: try pass(folder.appending(name))
    case .directory:
      ignore(.directories)
      try enter(inode, named: name, in: folder, depth: depth, standing)
    case .symbolicLink: ignore(.symbolicLinks)
    case .special: ignore(.specialFiles)
    case .undefined: ignore(.namesWithoutContent)
    }
  }
}
