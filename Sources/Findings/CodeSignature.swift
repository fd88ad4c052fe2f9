public import Evidence

/// One Authenticode signature of a binary: its claims, and which of them were verified.
///
/// Verification uses the file alone. It does *not* establish that a chain leads to a trusted
/// root, that no certificate was revoked, or that a timestamp comes from a trusted authority.
/// Texts are truncated to 1024 bytes.
public struct CodeSignature: Hashable, Sendable, Codable {
  /// Result of comparing the file with the signed digest.
  public enum DigestCheck: String, Hashable, Sendable, Codable {
    /// The file is the one that was signed.
    case valid
    /// The file was changed after signing, or the signature is that of another file.
    case mismatch
    /// No digest can be read, or its algorithm is not MD5, SHA-1, SHA-256, SHA-384 or SHA-512.
    case unsupported
  }

  /// Nesting depth: 0 for a signature in the certificate table, 1 for one nested in that, and so
  /// on.
  public var depth: Int
  /// `md5`, `sha1`, `sha256`, `sha384` or `sha512`; nil for another one, or none.
  public var digestAlgorithm: String?
  /// Result of the digest check.
  public var digest: DigestCheck
  /// Whether the signer's key signed it, over attributes that contain the signed digest.
  public var isSignatureValid: Bool
  /// Certificate that the signature names; nil if the file does not contain it.
  public var signer: SigningCertificate?
  /// Name of the program according to the signer (SpcSpOpusInfo). For drivers that Microsoft
  /// signs, this is the name of the company that submitted the driver.
  public var programName: String?
  /// Path of the catalogue file that contains the signature; nil for one in the file itself.
  public var catalogue: String?
  /// Evidence of the time of signing; nil without a timestamp.
  public var timestamp: SigningTime?
  /// SHA-256 of the certificates from the signer's upwards, each signed with the key of the next,
  /// as far as the file contains them.
  public var chain: [[UInt8]]
  /// Whether the chain ends in a self-signed certificate of the file.
  public var isChainComplete: Bool

  /// Creates a signature from its parts.
  public init(
    depth: Int = 0, digestAlgorithm: String?, digest: DigestCheck, isSignatureValid: Bool,
    signer: SigningCertificate?, programName: String? = nil, timestamp: SigningTime? = nil,
    chain: [[UInt8]] = [], isChainComplete: Bool = false
  ) {
    self.depth = depth
    self.digestAlgorithm = digestAlgorithm
    self.digest = digest
    self.isSignatureValid = isSignatureValid
    self.signer = signer
    self.programName = programName
    self.timestamp = timestamp
    self.chain = chain
    self.isChainComplete = isChainComplete
  }

  /// Whether digest and signature are valid: the owner of the signer's key signed this very file.
  public var isValid: Bool { digest == .valid && isSignatureValid }
}

/// Certificate of a signer as contained in the file.
public struct SigningCertificate: Hashable, Sendable, Codable {
  /// CN of the subject.
  public var commonName: String?
  /// O of the subject.
  public var organization: String?
  /// Full name of the issuer (RFC 2253).
  public var issuer: String
  /// Contents of the DER INTEGER, in two's complement because negative ones exist. At most 64
  /// bytes; RFC 5280 allows 20.
  public var serial: [UInt8]
  /// The SHA-1 thumbprint, 20 bytes.
  public var sha1: [UInt8]
  /// The SHA-256 thumbprint, 32 bytes.
  public var sha256: [UInt8]
  /// Start of its validity.
  public var validFrom: Timestamp?
  /// End of its validity.
  public var validUntil: Timestamp?
  /// Whether its extended key usage names code signing.
  public var allowsCodeSigning: Bool

  /// Creates a certificate from its parts.
  public init(
    commonName: String?, organization: String?, issuer: String, serial: [UInt8], sha1: [UInt8],
    sha256: [UInt8], validFrom: Timestamp? = nil, validUntil: Timestamp? = nil,
    allowsCodeSigning: Bool = false
  ) {
    self.commonName = commonName
    self.organization = organization
    self.issuer = issuer
    self.serial = serial
    self.sha1 = sha1
    self.sha256 = sha256
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.allowsCodeSigning = allowsCodeSigning
  }
}

/// Timestamp of a signature. It proves nothing about the vendor, and a time only to those who
/// trust its authority.
public struct SigningTime: Hashable, Sendable, Codable {
  /// Format of the timestamp.
  public enum Kind: String, Hashable, Sendable, Codable {
    /// Countersignature (RFC 2985), the older Authenticode format.
    case pkcs9
    /// A token of a time-stamping authority.
    case rfc3161
  }

  /// Result of checking the timestamp with the certificates of the file.
  public enum Check: String, Hashable, Sendable, Codable {
    /// The timestamp belongs to this signature, and the key of a time-stamping certificate signed it. Anyone
    /// can make such a certificate.
    case valid
    /// The timestamp belongs to something else, was changed, or has a certificate that is not for time stamping.
    case invalid
    /// The timestamp cannot be checked: the file does not contain its certificate, or an algorithm is unknown.
    case unverified
  }

  /// Format of the timestamp.
  public var kind: Kind
  /// Result of its verification.
  public var check: Check
  /// Time that it states; nil if it cannot be read.
  public var time: Timestamp?

  /// Creates a timestamp from its parts.
  public init(kind: Kind, check: Check, time: Timestamp?) {
    self.kind = kind
    self.check = check
    self.time = time
  }
}
