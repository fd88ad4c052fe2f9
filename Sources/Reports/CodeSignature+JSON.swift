import Bytes
import Evidence
import Findings

extension JSON {
  /// A code signature, under the keys that docs/output.md lists.
  init(_ signature: CodeSignature) {
    let signer = signature.signer
    func hexadecimal(_ bytes: [UInt8]?) -> JSON? { bytes.map { .string(Hexadecimal.text(of: $0)) } }
    let claimed: [(key: String, value: JSON?)] = [
      ("depth", .integer(Int64(signature.depth))),
      ("digest", .string(signature.digest.rawValue)),
      ("digest_algorithm", signature.digestAlgorithm.map(JSON.string)),
      ("signature_valid", .boolean(signature.isSignatureValid)),
      ("program_name", signature.programName.map(JSON.string)),
    ]
    let certificate: [(key: String, value: JSON?)] = [
      ("signer", signer?.commonName.map(JSON.string)),
      ("organization", signer?.organization.map(JSON.string)),
      ("issuer", signer.map { .string($0.issuer) }),
      ("serial", hexadecimal(signer?.serial)),
      ("sha1", hexadecimal(signer?.sha1)),
      ("sha256", hexadecimal(signer?.sha256)),
      ("valid_from", signer?.validFrom?.rfc3339.map(JSON.string)),
      ("valid_until", signer?.validUntil?.rfc3339.map(JSON.string)),
    ]
    self = .object(
      claimed + certificate + [
        ("chain", .array(signature.chain.map { .string(Hexadecimal.text(of: $0)) })),
        ("chain_complete", .boolean(signature.isChainComplete)),
        ("timestamp", signature.timestamp.map { .string($0.kind.rawValue) }),
        ("timestamp_check", signature.timestamp.map { .string($0.check.rawValue) }),
        ("timestamp_time", signature.timestamp?.time?.rfc3339.map(JSON.string)),
      ])
  }
}
