internal import Bytes
internal import Crypto

/// Public Ed25519 key (RFC 8032) that proves who made a bundle.
public struct BundleKey: Hashable, Sendable, CustomStringConvertible {
  /// The key, 32 bytes.
  public let bytes: [UInt8]

  /// Creates a key from 64 hexadecimal digits; nil for any other text.
  public init?(hexadecimal text: String) {
    let digits = text.utf8.compactMap { Self.value(of: $0) }
    guard digits.count == 64, text.utf8.count == 64 else { return nil }
    let bytes = (0..<32).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] }
    guard (try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)) != nil
    else { return nil }
    self.bytes = bytes
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// Name in messages and records: the first 16 digits of the SHA-256 of the key.
  public var description: String {
    Hexadecimal.text(of: Digest.sha256(of: bytes).prefix(8))
  }

  /// Whether `signature` is this key's signature of `message`.
  func isSignature(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else {
      return false
    }
    return key.isValidSignature(signature, for: message)
  }
}
