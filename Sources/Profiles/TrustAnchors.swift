/// Certificates that prove a valid signature to be the vendor's, by SHA-256 in lower-case
/// hexadecimal.
public struct TrustAnchors: Hashable, Sendable, Codable {
  /// The vendor's own certificates.
  public var leaves: Set<String>
  /// Authorities whose statement of a signer's organisation is trusted.
  public var authorities: Set<String>

  /// Creates a set of certificates.
  public init(leaves: Set<String> = [], authorities: Set<String> = []) {
    self.leaves = leaves
    self.authorities = authorities
  }
}
