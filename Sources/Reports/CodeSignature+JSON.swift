import Bytes
import Evidence
import Findings
import Results

extension JSON {
  /// A program in a resource, under the keys that docs/output.md lists.
  init(_ program: EmbeddedProgram) {
    self = .object([
      ("resource", .string(program.resource)),
      ("offset", .unsigned(program.offset)),
      ("size", .unsigned(program.size)),
      ("sha256", .string(Hexadecimal.text(of: program.sha256))),
      ("product", program.product.map(JSON.string)),
      ("version", program.version.map(JSON.string)),
      ("proven", .boolean(program.isProven)),
      (
        "code_signatures",
        program.codeSignatures.isEmpty ? nil : .array(program.codeSignatures.map { JSON($0) })
      ),
      ("reasons", .array(program.reasons.map(JSON.string))),
    ])
  }

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
      ("catalogue", signature.catalogue.map(JSON.string)),
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
