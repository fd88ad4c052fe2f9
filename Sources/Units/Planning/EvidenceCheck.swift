package import Bytes
package import Evidence
import Glibc
import Locks

/// Comparison of evidence with its state in a plan.
package enum EvidenceCheck {
  /// State of an image's files now. A device has the times of its node, not of its content.
  package static func files(_ paths: [RawPath]) -> [WorkUnit.File] {
    paths.map { path in
      var status = stat()
      guard path.withCString({ stat($0, &status) }) == 0 else {
        return WorkUnit.File(path: path, size: 0, modified: nil)
      }
      let isFile = status.st_mode & S_IFMT == S_IFREG
      return WorkUnit.File(
        path: path, size: isFile ? UInt64(clamping: status.st_size) : 0,
        modified: isFile ? status.st_mtim.nanoseconds : nil)
    }
  }

  /// Bytes that files occupy on their disks: holes cost nothing.
  package static func bytesOnDisk(_ paths: [RawPath]) -> UInt64 {
    paths.reduce(0) { sum, path in
      var status = stat()
      guard path.withCString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else {
        return sum
      }
      return sum &+ min(UInt64(clamping: status.st_size), UInt64(clamping: status.st_blocks) * 512)
    }
  }

  /// Digest of a slice's files now.
  package static func state(
    of slice: Slice, _ sources: [any ItemSource], followsLinks: Bool
  ) -> String {
    let state = Locked(FileState(ignoringPaths: followsLinks))
    for source in sources {
      source.push(
        to: FileReceiver { path in
          let isCompanion = FileState.isCompanion(path)
          let isIncluded = slice.contains(path)
          guard isCompanion || isIncluded else { return }
          let entry = FileList.Entry(at: path, followingLink: followsLinks)
          state.withLock { state in
            if isCompanion { state.add(entry) }
            if isIncluded { state.add(entry) }
          }
        })
    }
    return state.withLock { $0.text }
  }
}
