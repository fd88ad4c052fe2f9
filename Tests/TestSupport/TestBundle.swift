package import Bundles
package import Crypto
import Foundation

/// Bundles that tests sign.
package enum TestBundle {
  /// The public part of a key.
  package static func publicKey(of key: Curve25519.Signing.PrivateKey) -> BundleKey {
    let digits = key.publicKey.rawRepresentation.map { String(format: "%02x", $0) }.joined()
    return BundleKey(hexadecimal: digits)!
  }

  /// A bundle with this content and a valid signature.
  package static func signed(
    _ content: [UInt8], by key: Curve25519.Signing.PrivateKey
  ) throws -> [UInt8] {
    let magic = Array("trawl-bundle 1\n".utf8)
    let signature = try key.signature(for: Data(magic + content))
    return magic + Array((signature.base64EncodedString() + "\n").utf8) + content
  }
}
