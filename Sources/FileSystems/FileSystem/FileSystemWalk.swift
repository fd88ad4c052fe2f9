package import Bytes
package import Containers
package import Evidence

/// Accounting shared by all walks over file systems: nothing that a name leads to is skipped
/// silently.
package protocol FileSystemWalk: AnyObject {
  var visitor: any FileSystemVisitor { get }
  /// Number of names that led to no content, by reason.
  var ignored: [IgnoredKind: UInt32] { get set }
}

extension FileSystemWalk {
  /// Accounts for unreadable content: for a file in use it is a failure, and the scan is
  /// incomplete; for a deleted file it is normal.
  package func lost(_ path: RawPath, _ standing: Standing, _ message: String) throws(ImageError) {
    if standing.isInUse {
      try visitor.report(ItemProblem(.unreadable, message), at: path)
    } else {
      ignore(.namesWithoutContent)
    }
  }

  package func ignore(_ kind: IgnoredKind, count: UInt32 = 1) {
    ignored[kind, default: 0] &+= count
  }

  /// Passes the counts of ignored names to the visitor, at the end of the walk.
  package func reportIgnored() throws(ImageError) {
    for (kind, count) in ignored.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      try visitor.ignore(kind, count: count)
    }
  }
}

/// State of a file according to its file system.
package struct Standing {
  package let state: AllocationState
  /// Whether its inode is in use: then failing to read it is a failure.
  package let isInUse: Bool

  /// State of a file in use, with a name.
  package static let allocated = Standing(state: .allocated, isInUse: true)

  package init(state: AllocationState, isInUse: Bool) {
    self.state = state
    self.isInUse = isInUse
  }

  /// Creates a state; the file is in use if it is allocated.
  package init(_ state: AllocationState) { self.init(state: state, isInUse: state == .allocated) }
}

/// Type of a file.
enum InodeKind {
  case file, directory, symbolicLink
  /// A device, pipe or socket.
  case special
  /// Invalid type: the inode is unused or damaged.
  case undefined

  /// Type by the upper four bits of a mode (inode(7)).
  init(mode: UInt16) {
    self =
      switch mode >> 12 {
      case 0x8: .file
      case 0x4: .directory
      case 0xA: .symbolicLink
      case 0x1, 0x2, 0x6, 0xC: .special
      default: .undefined
      }
  }
}
