package import Bytes
import Containers
package import Evidence
import Locks

/// Contents of a volume in memory according to our own file system readers. Used by their tests
/// and their fuzz target: needs no helper process and no files.
package struct FileSystemListing {
  /// A file.
  package struct File: Sendable {
    package let path: RawPath
    package let inode: UInt64
    package let state: AllocationState
    package let size: UInt64
    package let times: FileTimes
    /// Byte ranges of the content including zeros, each with its place in the volume; nil if there
    /// are too many pieces.
    package let extents: [(offset: UInt64?, length: UInt64)]?
  }

  package private(set) var files: [File] = []
  package private(set) var problems:
    [(path: RawPath, reason: ItemProblem.Reason, message: String)] =
      []
  package private(set) var ignored: [IgnoredKind: UInt32] = [:]
  /// Size of the file system in bytes according to its superblock; no bound for NTFS, whose runs
  /// are checked against the image when they are read.
  package let size: UInt64

  /// Number of bytes read from the image, with repeated reads: the work that the listing costs.
  package let bytesRead: Int

  /// Unallocated space of an XFS file system and the space behind it; empty for others.
  package private(set) var free: [(offset: UInt64, length: UInt64)] = []

  /// Lists the file system in `bytes`, with some bytes replaced, using the first of our own
  /// readers that recognises it; nil if none does. Throws if that reader refuses it.
  package init?(_ bytes: [UInt8], replacing patches: [(offset: Int, bytes: [UInt8])] = []) throws {
    let image = MemoryImage(bytes, patches)
    let (found, refusal) = FileSystemReaders.recognised(image, at: 0)
    guard let fileSystem = found.first else {
      if let refusal { throw refusal }
      return nil
    }
    size = fileSystem.size
    let visitor = ListingVisitor()
    try fileSystem.walk(visitor)
    bytesRead = image.bytesRead
    files = visitor.files
    problems = visitor.problems
    ignored = visitor.ignored
    // A damaged map is an error, but no reason to lose the files.
    var runs = [Run]()
    _ = try? fileSystem.forEachFreeRun { run in runs.append(run) }
    free = runs.map { ($0.offset, $0.length) }
  }
}

extension FileSystem {
  /// Size in bytes according to the file system; NTFS runs are checked against the image when
  /// they are read.
  fileprivate var size: UInt64 {
    switch self {
    case let xfs as XfsFileSystem:
      xfs.superblock.blockCount * UInt64(xfs.superblock.blockSize)
    case let ext as ExtFileSystem:
      ext.superblock.blockCount * UInt64(ext.superblock.blockSize)
    case let fat as FatFileSystem: fat.geometry.length
    default: UInt64(Int64.max)
    }
  }
}

/// Collects the results of a walk.
private final class ListingVisitor: FileSystemVisitor {
  var files: [FileSystemListing.File] = []
  var problems: [(path: RawPath, reason: ItemProblem.Reason, message: String)] = []
  var ignored: [IgnoredKind: UInt32] = [:]

  func visit(_ file: FileEntry) {
    files.append(
      FileSystemListing.File(
        path: file.path, inode: file.address.inode, state: file.state, size: file.size,
        times: file.times, extents: file.extents.map { $0.map { ($0.offset, $0.length) } }))
  }

  func report(_ problem: ItemProblem, at path: RawPath) {
    problems.append((path, problem.reason, problem.message))
  }

  func ignore(_ kind: IgnoredKind, count: UInt32) { ignored[kind, default: 0] += count }

  func own(_ runs: [Run], as kind: OwnedKind) {}

  func heartbeat() {}
}

/// An image in memory, some bytes of which are replaced when they are read.
private final class MemoryImage: Medium {
  private let bytes: [UInt8]
  private let patches: [(offset: Int, bytes: [UInt8])]
  private let counter = Locked(0)

  init(_ bytes: [UInt8], _ patches: [(offset: Int, bytes: [UInt8])]) {
    self.bytes = bytes
    self.patches = patches
  }

  var size: UInt64 { UInt64(bytes.count) }

  var bytesRead: Int { counter.withLock { $0 } }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ImageError)
    -> Int
  {
    guard offset < size, let start = Int(exactly: offset) else { return 0 }
    let end = start + min(buffer.count, bytes.count - start)
    counter.withLock { $0 += end - start }
    buffer.copyBytes(from: bytes[start..<end])
    for patch in patches {
      for (index, byte) in patch.bytes.enumerated()
      where (start..<end).contains(patch.offset + index) {
        buffer[patch.offset + index - start] = byte
      }
    }
    return end - start
  }

  func place(of run: Range<UInt64>) -> (descriptor: Int32, offset: UInt64)? { nil }
}
