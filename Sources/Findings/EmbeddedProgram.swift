/// Program in a resource of another program: content of the outer file, with signatures of its own.
public struct EmbeddedProgram: Hashable, Sendable, Codable {
  /// Path of the resource: its type and name (`RCDATA/101`), after those of the programs around it.
  public var resource: String
  /// Offset of its first byte in the outer file.
  public var offset: UInt64
  /// Its size in bytes.
  public var size: UInt64
  /// SHA-256 of its bytes.
  public var sha256: [UInt8]
  /// Product according to its version resource.
  public var product: String?
  /// Version according to its version resource.
  public var version: String?
  /// Whether a code signature proves that it is the vendor's.
  public var isProven: Bool
  /// Its code signatures, each before those nested in it.
  public var codeSignatures: [CodeSignature]
  /// Reasons as text, from its code signatures.
  public var reasons: [String]

  /// Creates a program in a resource; omitted values are unknown.
  public init(
    resource: String, offset: UInt64, size: UInt64, sha256: [UInt8], product: String? = nil,
    version: String? = nil, isProven: Bool = false, codeSignatures: [CodeSignature] = [],
    reasons: [String] = []
  ) {
    self.resource = resource
    self.offset = offset
    self.size = size
    self.sha256 = sha256
    self.product = product
    self.version = version
    self.isProven = isProven
    self.codeSignatures = codeSignatures
    self.reasons = reasons
  }
}
