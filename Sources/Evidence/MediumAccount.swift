public import Bytes

/// Description of a disk image before it is scanned.
public struct MediumDescription: Hashable, Sendable {
  /// Image as named by the user.
  public var evidence: RawPath
  /// Container and recognised content, such as `EWF, GPT`.
  public var container: String
  /// Size of the medium in bytes.
  public var size: UInt64
  /// Digests stored in the image at acquisition.
  public var digests: [StoredDigest]
  /// Volumes, in their order.
  public var volumes: [Volume]

  /// A digest stored in an image.
  public struct StoredDigest: Hashable, Sendable {
    /// `MD5`, `SHA-1` or `SHA-256`.
    public let algorithm: String
    /// The digest.
    public let bytes: [UInt8]

    /// Creates a digest from its parts.
    public init(algorithm: String, bytes: [UInt8]) {
      self.algorithm = algorithm
      self.bytes = bytes
    }
  }

  /// Creates a description from its parts.
  public init(
    evidence: RawPath, container: String, size: UInt64, digests: [StoredDigest], volumes: [Volume]
  ) {
    self.evidence = evidence
    self.container = container
    self.size = size
    self.digests = digests
    self.volumes = volumes
  }
}

/// Account of a disk image: every byte of the medium belongs to exactly one of its parts.
public struct MediumAccount: Hashable, Sendable, Codable {
  /// Image as named by the user.
  public var evidence: RawPath
  /// Bytes of the medium: the sum of the parts.
  public var size: UInt64
  /// Bytes of items: allocated and deleted files, and streams.
  public var items: UInt64
  /// Bytes outside items that were parsed as file system structures: tables, directories.
  public var metadata: UInt64
  /// Bytes between the end of a file and the end of its last cluster.
  public var slack: UInt64
  /// Bytes that no file system lists and that became an item.
  public var carved: UInt64
  /// Bytes of volumes in no item and no structure, regardless of the bitmap, in which nothing was
  /// recognised; searched sector by sector.
  public var unallocated: UInt64
  /// Part of ``unallocated`` that the file system's map marks as in use: journals, lost clusters.
  public var unowned: UInt64
  /// Bytes outside every volume; searched sector by sector.
  public var gaps: UInt64
  /// Bytes outside files that the container knows to be zeros: they were not even read.
  public var knownZeros: UInt64
  /// Numbers of chunks decoded of a compressed container; nil for other media.
  public var chunks: MediumChunks?
  /// Result of verifying the whole medium, if that was requested.
  public var verification: MediumVerification?
  /// Bytes of volumes that cannot be read, and bytes that the image failed to provide.
  public var unread: UInt64

  /// Creates an account in which nothing was read yet.
  public init(evidence: RawPath, size: UInt64) {
    self.evidence = evidence
    self.size = size
    items = 0
    metadata = 0
    slack = 0
    carved = 0
    unallocated = 0
    unowned = 0
    gaps = 0
    unread = size
    knownZeros = 0
    chunks = nil
    verification = nil
  }
}

/// Numbers of chunks decoded of a compressed container.
public struct MediumChunks: Hashable, Sendable, Codable {
  /// Number of different chunks that the scan needed.
  public var needed: UInt64
  /// Number of chunks that it decoded, counting repeated decoding.
  public var decoded: UInt64
  /// Number of chunks additionally decoded by the helper processes, which read the tables of file
  /// systems.
  public var decodedByHelpers: UInt64

  /// Creates the counts.
  public init(needed: UInt64, decoded: UInt64, decodedByHelpers: UInt64) {
    self.needed = needed
    self.decoded = decoded
    self.decodedByHelpers = decodedByHelpers
  }
}

/// Digests of a whole medium, and whether they equal those stored in its image at acquisition.
public struct MediumVerification: Hashable, Sendable, Codable {
  /// Digests of the medium as read now; unreadable bytes count as zeros.
  public let digest: Digest
  /// Digests stored in the image.
  public let stored: [Stored]
  /// Bytes of the medium that the image fails to provide.
  public let unreadable: [Run]
  /// Bytes that could not be read when the medium was acquired; the image has zeros there.
  public let unreadableAtAcquisition: [Run]

  /// A digest stored in the image.
  public struct Stored: Hashable, Sendable, Codable {
    /// `MD5`, `SHA-1` or `SHA-256`.
    public let algorithm: String
    /// The digest.
    public let bytes: [UInt8]
    /// Whether the medium still has this digest.
    public let isEqual: Bool

    /// Creates a digest from its parts.
    public init(algorithm: String, bytes: [UInt8], isEqual: Bool) {
      self.algorithm = algorithm
      self.bytes = bytes
      self.isEqual = isEqual
    }
  }

  /// Creates a verification from its parts.
  public init(
    digest: Digest, stored: [Stored], unreadable: [Run], unreadableAtAcquisition: [Run]
  ) {
    self.digest = digest
    self.stored = stored
    self.unreadable = unreadable
    self.unreadableAtAcquisition = unreadableAtAcquisition
  }

  /// Whether the image provides every byte, and every stored digest equals the medium's.
  public var isSound: Bool { unreadable.isEmpty && stored.allSatisfy(\.isEqual) }
}
