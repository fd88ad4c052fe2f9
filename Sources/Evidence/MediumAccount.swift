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
  /// Of the bytes outside of files, those that the container knows to be zeros: they were not even read.
  public var knownZeros: UInt64
  /// What was decoded of a compressed container; nil for others.
  public var chunks: MediumChunks?
  /// What reading the whole medium came to, if that was asked for.
  public var verification: MediumVerification?
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
    knownZeros = 0
    chunks = nil
    verification = nil
  }
}

/// How often chunks of a compressed container were decoded.
public struct MediumChunks: Hashable, Sendable {
  /// Different chunks that the scan needed.
  public var needed: UInt64
  /// Chunks that it decoded, one that was decoded again counted again.
  public var decoded: UInt64
  /// Chunks that the helper processes, which read the tables of file systems, decoded besides.
  public var decodedByHelpers: UInt64

  /// Counts.
  public init(needed: UInt64, decoded: UInt64, decodedByHelpers: UInt64) {
    self.needed = needed
    self.decoded = decoded
    self.decodedByHelpers = decodedByHelpers
  }
}

/// The digests of a whole medium, and whether they are those that its image keeps from its acquisition.
public struct MediumVerification: Hashable, Sendable {
  /// The digests of the medium as it is read now; unreadable bytes count as zeros.
  public let digest: Digest
  /// What the image keeps.
  public let stored: [Stored]
  /// Bytes of the medium that the image fails to give.
  public let unreadable: [Run]
  /// Bytes that could not be read when the medium was acquired: zeros stand there.
  public let unreadableAtAcquisition: [Run]

  /// A digest that the image keeps.
  public struct Stored: Hashable, Sendable {
    /// `MD5`, `SHA-1` or `SHA-256`.
    public let algorithm: String
    /// The digest.
    public let bytes: [UInt8]
    /// Whether the medium has it still.
    public let isEqual: Bool

    /// A digest of these parts.
    public init(algorithm: String, bytes: [UInt8], isEqual: Bool) {
      self.algorithm = algorithm
      self.bytes = bytes
      self.isEqual = isEqual
    }
  }

  /// A verification of these parts.
  public init(
    digest: Digest, stored: [Stored], unreadable: [Run], unreadableAtAcquisition: [Run]
  ) {
    self.digest = digest
    self.stored = stored
    self.unreadable = unreadable
    self.unreadableAtAcquisition = unreadableAtAcquisition
  }

  /// Whether the image gives every byte, and every digest that it keeps is the medium's.
  public var isSound: Bool { unreadable.isEmpty && stored.allSatisfy(\.isEqual) }
}
