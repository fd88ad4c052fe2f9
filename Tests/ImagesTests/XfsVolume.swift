import Containers
import TestSupport

@testable import FileSystems

/// An XFS volume, built from its documentation: three groups of 1024 blocks of 4 KiB, without checksums.
struct XfsVolume {
  private var parts: [(offset: UInt64, bytes: [UInt8])]

  init(_ change: (inout [UInt8]) -> Void = { _ in }) {
    parts = [(0, XfsSuperblockTests.bytes(version: 4, change))]
  }

  /// Writes bytes at the start of a block of a group.
  mutating func write(
    _ bytes: [UInt8], at block: UInt64, inGroup group: UInt64 = 0, sector: UInt64 = 0
  ) {
    parts.append(((group * 1024 + block) * 4096 + sector * 512, bytes))
  }

  /// Opens it, `start` bytes from the start of a medium.
  func fileSystem(at start: UInt64 = 0) throws -> XfsFileSystem? {
    try XfsFileSystem(
      SparseMedium(size: start + 3048 * 4096, parts.map { (start + $0.offset, $0.bytes) }),
      at: start)
  }

  /// An inode of version 2 with a fork in a format (1: content, 2: extents, 3: tree).
  static func inode(
    format: UInt8, _ fork: [UInt8], extents: Int = 0, size: UInt64 = 0, mode: UInt16 = 0o100644,
    attributes: UInt8 = 0
  ) throws -> XfsInode {
    var bytes = [UInt8](zeros: 512)
    bytes.write("IN", at: 0)
    bytes.write(big: mode, at: 2)
    bytes[4] = 2
    bytes[5] = format
    bytes.write(big: size, at: 56)
    bytes.write(big: UInt32(truncatingIfNeeded: extents), at: 76)
    bytes[82] = attributes
    bytes.write(fork, at: 100)
    return try XfsInode(
      number: 131, record: FileSystemRecord(bytes, from: 0, count: bytes.count), version: 4)
  }

  /// A packed extent: a bit for "never written", 54 bits of the block in the content, 52 of the block of the volume, 21 of
  /// their number.
  static func extent(
    _ first: UInt64, _ count: UInt64, at block: UInt64, isWritten: Bool = true
  ) -> [UInt8] {
    let high = (isWritten ? 0 : 1 << 63) | first << 9 | block >> 43
    return [UInt8](big: high) + [UInt8](big: block << 21 | count)
  }

  /// Number of a block of a group, as files refer to it.
  static func number(_ block: UInt64, inGroup group: UInt64) -> UInt64 { group << 10 | block }
}
