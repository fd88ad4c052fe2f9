import Bytes
internal import CAuthenticode

/// Which certificates prove that a valid signature is the vendor's.
public struct TrustAnchors: Hashable, Sendable {
  /// SHA-256 (hexadecimal) of the vendor's own certificates.
  let leaves: Set<String>
  /// SHA-256 (hexadecimal) of authorities whose word on a signer's organisation counts.
  private(set) var authorities: Set<String>

  /// The certificates that genuine binaries of the vendor carry.
  public static let builtIn = TrustAnchors(
    leaves: Set(PinnedCertificates.leaves), authorities: Set(PinnedCertificates.authorities))

  /// Adds the certificates of a PEM text as authorities; answers how many they are, or nil when
  /// there is none or one cannot be read.
  public mutating func add(pem: [UInt8]) -> Int? {
    let beginning = Array("-----BEGIN CERTIFICATE-----".utf8)
    let stated = pem.ranges(of: beginning).count
    var digest = [UInt8](repeating: 0, count: 32)
    var added = Set<String>()
    for index in 0..<stated {
      guard c_authenticode_pem_certificate(pem, pem.count, index, &digest) else { return nil }
      added.insert(Hexadecimal.text(of: digest))
    }
    authorities.formUnion(added)
    return stated == 0 ? nil : stated
  }
}
