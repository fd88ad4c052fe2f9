package import Bytes
package import Evidence
import Findings
import Glibc
import Locks
import Results

/// The files that sources push, with their states, in order of their paths and in bounded memory.
package final class FileList: Sendable {
  /// One file.
  package struct Entry: Hashable, Sendable {
    package let path: RawPath
    package var size: UInt64 = 0
    package var modified: Int64 = 0
    package var links: UInt64 = 0
    package var device: UInt64 = 0
    package var inode: UInt64 = 0

    fileprivate var bytes: [UInt8] {
      [size, UInt64(bitPattern: modified), links, device, inode].flatMap { value in
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
      } + path.bytes
    }

    fileprivate init(bytes: [UInt8]) {
      func number(_ rank: Int) -> UInt64 {
        (0..<8).reduce(0) { $0 | UInt64(bytes[rank * 8 + $1]) << (8 * $1) }
      }
      size = number(0)
      modified = Int64(bitPattern: number(1))
      links = number(2)
      device = number(3)
      inode = number(4)
      path = RawPath(Array(bytes[40...]))
    }

    /// State of the file at `path` now. One that cannot be examined is an entry, too.
    package init(at path: RawPath, followingLink: Bool) {
      self.path = path
      var status = stat()
      let isKnown =
        path.withCString { followingLink ? stat($0, &status) : lstat($0, &status) } == 0
      guard isKnown else { return }
      size = status.st_mode & S_IFMT == S_IFREG ? UInt64(clamping: status.st_size) : 0
      modified = status.st_mtim.nanoseconds
      links = UInt64(status.st_nlink)
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
    }
  }

  private struct State {
    var sorter = LineSorter()
    var failure: (any Error)?
  }
  private let state = Locked(State())
  private let followsLinks: Bool

  /// Lists the files of some sources.
  package init(_ sources: [any ItemSource], followsLinks: Bool) throws {
    self.followsLinks = followsLinks
    for source in sources {
      source.push(to: FileReceiver { [self] path in add(path) })
    }
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  private func add(_ path: RawPath) {
    let entry = Entry(at: path, followingLink: followsLinks)
    state.withLock { state in
      do { try state.sorter.add(entry.bytes, key: path.bytes) } catch {
        state.failure = state.failure ?? error
      }
    }
  }

  /// Calls `body` with each file in order. The list is empty afterwards.
  package func drain(_ body: (Entry) throws -> Void) throws {
    var sorter = state.withLock { state in
      defer { state.sorter = LineSorter() }
      return state.sorter
    }
    try sorter.drain { try body(Entry(bytes: $0)) }
  }
}

extension timespec {
  /// Nanoseconds since 1970.
  package var nanoseconds: Int64 {
    let (product, isTooLarge) = Int64(tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    return isTooLarge ? .max : product &+ Int64(tv_nsec)
  }
}

/// Receives the paths of items, and nothing else.
package struct FileReceiver: ItemReceiver {
  private let body: @Sendable (RawPath) -> Void

  package init(_ body: @escaping @Sendable (RawPath) -> Void) { self.body = body }

  package func receive(_ item: Item) { body(item.locator.path) }
  package func report(_ problem: ItemProblem, at locator: Locator) {}
  package func ignore(_ kind: IgnoredKind, at path: RawPath?) {}
  package var isCancelled: Bool { false }
}
