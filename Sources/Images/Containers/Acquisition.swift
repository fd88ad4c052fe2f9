/// What an image keeps from the time when its medium was acquired.
package struct Acquisition: Sendable {
  /// Digests of the whole medium.
  var digests: [StoredDigest] = []
  /// Bytes of the medium that could not be read then: zeros stand there.
  var unreadable: [Range<UInt64>] = []
}

/// A digest of the medium that its image keeps.
struct StoredDigest: Hashable, Sendable {
  /// Which digest.
  enum Algorithm: String, Hashable, Sendable {
    case md5 = "MD5"
    case sha1 = "SHA-1"
    case sha256 = "SHA-256"
  }

  let algorithm: Algorithm
  let bytes: [UInt8]

  /// nil for a digest of zeros: a place that was left empty.
  init?(_ algorithm: Algorithm, _ bytes: [UInt8]) {
    guard bytes.contains(where: { $0 != 0 }) else { return nil }
    self.algorithm = algorithm
    self.bytes = bytes
  }
}
