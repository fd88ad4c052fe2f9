/// Information that an image keeps about the acquisition of its medium.
public struct Acquisition: Sendable {
  /// Digests of the whole medium.
  public var digests: [StoredDigest]
  /// Ranges of the medium that could not be read during acquisition: they contain zeros.
  public var unreadable: [Range<UInt64>]

  /// Creates a description of an acquisition; empty by default.
  public init(digests: [StoredDigest] = [], unreadable: [Range<UInt64>] = []) {
    self.digests = digests
    self.unreadable = unreadable
  }
}

/// A digest of the medium stored in its image.
public struct StoredDigest: Hashable, Sendable {
  /// Digest algorithm.
  public enum Algorithm: String, Hashable, Sendable {
    case md5 = "MD5"
    case sha1 = "SHA-1"
    case sha256 = "SHA-256"
  }

  /// The algorithm.
  public let algorithm: Algorithm
  /// The digest.
  public let bytes: [UInt8]

  /// Creates a digest; nil for one of zeros: the field was left empty.
  public init?(_ algorithm: Algorithm, _ bytes: [UInt8]) {
    guard bytes.contains(where: { $0 != 0 }) else { return nil }
    self.algorithm = algorithm
    self.bytes = bytes
  }
}
