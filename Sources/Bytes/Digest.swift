internal import Crypto
import Dispatch
import Locks

/// MD5, SHA-1 and SHA-256 of one byte sequence: the only hashing of the package.
public struct Digest: Hashable, Sendable, Codable {
  /// 16 bytes (RFC 1321).
  public let md5: [UInt8]
  /// 20 bytes (FIPS 180-4).
  public let sha1: [UInt8]
  /// 32 bytes (FIPS 180-4).
  public let sha256: [UInt8]

  /// Computes all three hashes of `bytes` in one pass, in pieces that stay in the processor's
  /// cache.
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

  fileprivate init(md5: [UInt8], sha1: [UInt8], sha256: [UInt8]) {
    self.md5 = md5
    self.sha1 = sha1
    self.sha256 = sha256
  }

  /// Computes only SHA-256, 32 bytes: for rule sets and other texts of ours.
  public static func sha256(of bytes: some Sequence<UInt8>) -> [UInt8] {
    Array(SHA256.hash(data: Array(bytes)))
  }
}

/// SHA-256 of bytes that arrive in pieces.
package struct SHA256Stream: Sendable {
  private var hash = SHA256()

  /// Creates the hash of no bytes.
  package init() {}

  /// Adds the next piece.
  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
  }

  /// Returns the hash of all pieces, 32 bytes.
  package func finish() -> [UInt8] { Array(hash.finalize()) }
}

/// The three hashes of bytes that arrive in pieces. Each runs on its own thread during an
/// update: MD5 takes longer than the others together.
package final class DigestStream: Sendable {
  private let md5 = Locked(Insecure.MD5())
  private let others = Locked(Others())

  private struct Others {
    var sha1 = Insecure.SHA1()
    var sha256 = SHA256()
  }

  /// Creates the hashes of no bytes.
  package init() {}

  /// Adds the next piece; returns when its memory may be reused.
  package func update(_ piece: UnsafeRawBufferPointer) {
    nonisolated(unsafe) let piece = piece
    let group = DispatchGroup()
    DispatchQueue.global().async(group: group) {
      self.others.withLock { others in
        others.sha1.update(bufferPointer: piece)
        others.sha256.update(bufferPointer: piece)
      }
    }
    md5.withLock { $0.update(bufferPointer: piece) }
    group.wait()
  }

  /// Returns the hashes of all pieces.
  package func finish() -> Digest {
    let md5 = md5.withLock { Array($0.finalize()) }
    return others.withLock { others in
      Digest(
        md5: md5, sha1: Array(others.sha1.finalize()), sha256: Array(others.sha256.finalize()))
    }
  }
}
