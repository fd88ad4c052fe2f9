internal import Crypto

/// MD5, SHA-1 and SHA-256 of one byte sequence: the only hashing of the package.
public struct Digest: Hashable, Sendable {
  /// 16 bytes (RFC 1321).
  public let md5: [UInt8]
  /// 20 bytes (FIPS 180-4).
  public let sha1: [UInt8]
  /// 32 bytes (FIPS 180-4).
  public let sha256: [UInt8]

  /// All three hashes of `bytes`, read once in pieces that stay in the processor's cache.
  public init(of bytes: RawSpan) {
    var md5 = Insecure.MD5()
    var sha1 = Insecure.SHA1()
    var sha256 = SHA256()
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let end = min(offset + 65_536, buffer.count)
        let piece = UnsafeRawBufferPointer(rebasing: buffer[offset..<end])
        md5.update(bufferPointer: piece)
        sha1.update(bufferPointer: piece)
        sha256.update(bufferPointer: piece)
        offset = end
      }
    }
    self.md5 = Array(md5.finalize())
    self.sha1 = Array(sha1.finalize())
    self.sha256 = Array(sha256.finalize())
  }

  /// SHA-256 alone, 32 bytes: for rule sets and other texts of ours.
  public static func sha256(of bytes: some Sequence<UInt8>) -> [UInt8] {
    Array(SHA256.hash(data: Array(bytes)))
  }
}
