public import Evidence

/// One Authenticode signature of a binary: what it claims and what of it was checked.
///
/// Everything is checked with the file alone. That a chain leads to a root that somebody trusts, that
/// no certificate was revoked, and that a timestamp is of an authority that somebody trusts is *not*
/// said. Texts are cut at 1024 bytes.
public struct CodeSignature: Hashable, Sendable {
  /// What comparing the file with the signed digest came to.
  public enum DigestCheck: String, Hashable, Sendable {
    /// The file is what was signed.
    case valid
    /// The file was changed after, or the signature is that of another file.
    case mismatch
    /// No digest can be read, or it is not by MD5, SHA-1, SHA-256, SHA-384 or SHA-512.
    case unsupported
  }

  /// 0 for a signature that stands in the certificate table, 1 for one nested in that, and so on.
  public var depth: Int
  /// `md5`, `sha1`, `sha256`, `sha384` or `sha512`; nil for another one, or none.
  public var digestAlgorithm: String?
  /// Whether the file is what was signed.
  public var digest: DigestCheck
  /// Whether the signature is the signer's, over attributes that name the signed digest.
  public var isSignatureValid: Bool
  /// The certificate that the signature names; nil when the file does not carry it.
  public var signer: SigningCertificate?
  /// What the signer says the program is called (SpcSpOpusInfo). Microsoft writes the name of the
  /// company there that submitted a driver.
  public var programName: String?
  /// What says when it was signed; nil without a timestamp.
  public var timestamp: SigningTime?
  /// SHA-256 of the signer's certificate, its issuer and so on, each signed with the key of the next:
  /// as far as the file's own certificates go.
  public var chain: [[UInt8]]
  /// Whether the chain ends in a self-signed certificate of the file.
  public var isChainComplete: Bool

  /// A signature of these parts.
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

  /// Whether digest and signature hold: the owner of the signer's key signed this very file.
  public var isValid: Bool { digest == .valid && isSignatureValid }
}

/// The certificate of a signer, as the file carries it.
public struct SigningCertificate: Hashable, Sendable {
  /// CN of the subject.
  public var commonName: String?
  /// O of the subject.
  public var organization: String?
  /// The whole name of the issuer (RFC 2253).
  public var issuer: String
  /// The contents of the DER INTEGER: two's complement, for there are negative ones. At most 64
  /// bytes; RFC 5280 allows 20.
  public var serial: [UInt8]
  /// The SHA-1 thumbprint, 20 bytes.
  public var sha1: [UInt8]
  /// The SHA-256 thumbprint, 32 bytes.
  public var sha256: [UInt8]
  /// The first moment of its validity.
  public var validFrom: Timestamp?
  /// The last moment of its validity.
  public var validUntil: Timestamp?
  /// Whether its extended key usage names code signing.
  public var allowsCodeSigning: Bool

  /// A certificate of these parts.
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

/// A timestamp of a signature. It proves nothing of the vendor, and no time to who does not trust its
/// authority.
public struct SigningTime: Hashable, Sendable {
  /// How it is made.
  public enum Kind: String, Hashable, Sendable {
    /// A countersignature (RFC 2985), as Authenticode had it first.
    case pkcs9
    /// A token of a time-stamping authority.
    case rfc3161
  }

  /// What checking it with the certificates of the file came to.
  public enum Check: String, Hashable, Sendable {
    /// It is one of this signature, and the key of a certificate for time stamping signed it. Anybody
    /// can make such a certificate.
    case valid
    /// It is one of something else, was changed, or its certificate is not for time stamping.
    case invalid
    /// It cannot be checked: the file does not carry its certificate, or an algorithm is not known.
    case unverified
  }

  /// How it is made.
  public var kind: Kind
  /// Whether it is one of this signature.
  public var check: Check
  /// The moment it states; nil if it cannot be read.
  public var time: Timestamp?

  /// A timestamp of these parts.
  public init(kind: Kind, check: Check, time: Timestamp?) {
    self.kind = kind
    self.check = check
    self.time = time
  }
}
