package import Bytes
package import Evidence

/// What our own readers of file systems say of a volume in memory: for their tests and their fuzz target, which
/// need no helper process and no files.
package struct FileSystemListing {
  /// A file.
  package struct File: Sendable {
    package let path: RawPath
    package let inode: UInt64
    package let state: AllocationState
    package let size: UInt64
    package let times: FileTimes
    /// Where the content lies, zeros included, each with its place in the volume; nil if in more
    /// pieces than are passed on.
    package let extents: [(offset: UInt64?, length: UInt64)]?
  }

  package private(set) var files: [File] = []
  package private(set) var problems:
    [(path: RawPath, reason: ItemProblem.Reason, message: String)] =
      []
  package private(set) var ignored: [IgnoredKind: UInt32] = [:]
  /// How many bytes the file system has, as its superblock says; no bound for NTFS, whose runs are held
  /// against the image when they are read.
  package let size: UInt64

  /// What an XFS file system has allocated to nothing, and what lies behind it; empty for others.
  package private(set) var free: [(offset: UInt64, length: UInt64)] = []

  /// Lists the ext, NTFS or XFS file system in `bytes`, some of them replaced; nil if there is none.
  package init?(_ bytes: [UInt8], replacing patches: [(offset: Int, bytes: [UInt8])] = []) throws {
    let image = MemoryImage(bytes, patches)
    var replies = [HelperReply]()
    if let geometry = try NtfsGeometry(image, at: 0) {
      size = UInt64(Int64.max)
      let table = try NtfsTable(image, geometry)
      let add = { (reply: HelperReply) throws(ImageError) in replies.append(reply) }
      try NtfsWalk(table, identifier: { _, _ in nil }, add).run()
      // A map that is damaged is an error, and no reason to lose the files.
      try? table.forEachFreeRun { _ in }
    } else if let fileSystem = try XfsFileSystem(image, at: 0) {
      size = fileSystem.superblock.blockCount * UInt64(fileSystem.superblock.blockSize)
      let walk = XfsWalk(fileSystem) { reply throws(ImageError) in replies.append(reply) }
      try walk.run()
      // A map that is damaged is an error, and no reason to lose the files.
      var runs = [Run]()
      try? fileSystem.forEachFreeRun { run in runs.append(run) }
      free = runs.map { ($0.offset, $0.length) }
    } else {
      guard let fileSystem = try ExtFileSystem(image, at: 0) else { return nil }
      size = fileSystem.superblock.blockCount * UInt64(fileSystem.superblock.blockSize)
      let walk = ExtWalk(fileSystem) { reply throws(ImageError) in replies.append(reply) }
      try walk.run()
    }
    for reply in replies {
      switch reply {
      case .item(let fields):
        var reader = WireReader(fields)
        let item = try ItemEntry(&reader)
        files.append(
          File(
            path: item.path, inode: item.address.inode, state: item.state, size: item.size,
            times: item.times, extents: item.extents.map { $0.map { ($0.offset, $0.length) } }))
      case .problem(let path, let reason, let message): problems.append((path, reason, message))
      case .ignored(let kind, let count): ignored[kind, default: 0] += count
      default: break
      }
    }
  }
}

/// An image in memory, some bytes of which are replaced when they are read.
private final class MemoryImage: ImageReader {
  private let bytes: [UInt8]
  private let patches: [(offset: Int, bytes: [UInt8])]

  init(_ bytes: [UInt8], _ patches: [(offset: Int, bytes: [UInt8])]) {
    self.bytes = bytes
    self.patches = patches
  }

  var size: UInt64 { UInt64(bytes.count) }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ImageError)
    -> Int
  {
    guard offset < size, let start = Int(exactly: offset) else { return 0 }
    let end = start + min(buffer.count, bytes.count - start)
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
