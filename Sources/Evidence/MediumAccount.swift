public import Bytes

/// The account of a disk image: every byte of the medium belongs to exactly one of its parts.
public struct MediumAccount: Hashable, Sendable {
  /// The image as the user named it.
  public var evidence: RawPath
  /// Bytes of the medium: the sum of all that follows.
  public var size: UInt64
  /// Bytes of items: allocated and deleted files, and streams.
  public var items: UInt64
  /// Allocated bytes that belong to no file: tables, directories, journals.
  public var metadata: UInt64
  /// Bytes between the end of a file and the end of its last cluster.
  public var slack: UInt64
  /// Bytes that no file system lists and an item was made of.
  public var carved: UInt64
  /// Unallocated bytes in which nothing was recognised; looked at sector by sector.
  public var unallocated: UInt64
  /// Bytes outside of every volume; looked at sector by sector.
  public var gaps: UInt64
  /// Bytes of volumes that cannot be read, and bytes that the image failed to give.
  public var unread: UInt64

  /// An account in which nothing was read yet.
  public init(evidence: RawPath, size: UInt64) {
    self.evidence = evidence
    self.size = size
    items = 0
    metadata = 0
    slack = 0
    carved = 0
    unallocated = 0
    gaps = 0
    unread = size
  }
}
