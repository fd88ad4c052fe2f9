package import Bytes
package import Evidence

/// A stream of a file under one of its names, as listed by a file system.
package struct FileEntry: Hashable, Sendable {
  /// Path, absolute in its volume.
  package var path: RawPath
  /// The name of an alternate data stream; nil for the default one.
  package var stream: RawPath?
  package var address: StreamAddress
  /// Length of the content in bytes.
  package var size: UInt64
  package var state: AllocationState
  package var hasOtherPaths: Bool
  package var times: FileTimes
  /// Content as extents of the medium, up to its size; nil if only The Sleuth Kit can read it.
  package var extents: [Extent]?
  /// Bytes between the end of the content and the end of its last cluster.
  package var slack: UInt64 = 0
  /// Whether the file belongs to the file system itself, such as `$LogFile`: it may contain
  /// anything.
  package var isInternal = false

  package init(
    path: RawPath, stream: RawPath? = nil, address: StreamAddress, size: UInt64,
    state: AllocationState, hasOtherPaths: Bool, times: FileTimes, extents: [Extent]?,
    slack: UInt64 = 0, isInternal: Bool = false
  ) {
    self.path = path
    self.stream = stream
    self.address = address
    self.size = size
    self.state = state
    self.hasOtherPaths = hasOtherPaths
    self.times = times
    self.extents = extents
    self.slack = slack
    self.isInternal = isInternal
  }

  /// Offset on the medium by which reads are ordered: that of its first stored byte, 0 if none is
  /// stored.
  package var rank: UInt64 { extents?.lazy.compactMap(\.offset).first ?? 0 }
}

/// Address of a stream in its file system, in The Sleuth Kit's terms.
package struct StreamAddress: Hashable, Sendable {
  /// Number of the file's metadata (inode, MFT entry).
  package var inode: UInt64
  /// Type of the attribute, TSK_FS_ATTR_TYPE_ENUM.
  package var type: UInt32
  /// The number of the attribute.
  package var id: UInt16

  package init(inode: UInt64, type: UInt32, id: UInt16) {
    self.inode = inode
    self.type = type
    self.id = id
  }

  /// The content of a file that has one stream (TSK_FS_ATTR_TYPE_DEFAULT).
  package static func content(ofInode inode: UInt64) -> StreamAddress {
    StreamAddress(inode: inode, type: 1, id: 0)
  }
}

/// Part of a content: bytes of the medium, or zeros that are not stored.
package struct Extent: Hashable, Sendable {
  /// Offset of the first byte on the medium; nil for zeros.
  package let offset: UInt64?
  /// The length in bytes.
  package let length: UInt64

  package init(offset: UInt64?, length: UInt64) {
    self.offset = offset
    self.length = length
  }
}
