internal import CAuthenticode
import Evidence
import Findings

/// A SignedData parsed by libcrypto; owns the C structures.
struct SignedData: ~Copyable {
  private let handle: OpaquePointer

  /// Reads the SignedData at the start of `bytes`; nil if it is not a valid Authenticode
  /// SignedData.
  init?(_ bytes: RawSpan) {
    let handle = bytes.withUnsafeBytes { buffer -> OpaquePointer? in
      guard let base = buffer.baseAddress else { return nil }
      return c_authenticode_read(base.assumingMemoryBound(to: UInt8.self), buffer.count)
    }
    guard let handle else { return nil }
    self.handle = handle
  }

  deinit { c_authenticode_free(handle) }

  private var facts: c_authenticode_facts { c_authenticode_get(handle).pointee }

  /// Algorithm of the signed digest; nil for one that Authenticode files do not use.
  var digestAlgorithm: String? { facts.digest_name.map { String(cString: $0) } }

  /// Digest of the file according to the signer.
  var fileDigest: [UInt8] { Array(facts.file_digest) }

  /// Number of signatures nested directly in this one.
  var nestedCount: Int { c_authenticode_nested_count(handle) }

  /// Signature nested in this one, as DER; empty if it is not one.
  func nested(_ index: Int) -> [UInt8] { Array(c_authenticode_nested(handle, index)) }

  /// Whether it is a catalogue file that lists a file with this digest.
  func lists(_ digest: [UInt8], by algorithm: String) -> Bool {
    c_authenticode_catalogue_lists(handle, algorithm, digest, digest.count)
  }

  /// Signature in the form that findings report.
  func signature(depth: Int, digest: CodeSignature.DigestCheck) -> CodeSignature {
    let facts = facts
    return CodeSignature(
      depth: depth, digestAlgorithm: digestAlgorithm, digest: digest,
      isSignatureValid: facts.content_matches && facts.signature_valid, signer: signer,
      programName: String(facts.program_name), timestamp: timestamp, chain: chain,
      isChainComplete: facts.chain_ends_self_signed)
  }

  private var signer: SigningCertificate? {
    let facts = facts
    guard facts.has_signer else { return nil }
    return SigningCertificate(
      commonName: String(facts.common_name), organization: String(facts.organization),
      issuer: String(facts.issuer) ?? "", serial: Array(facts.serial), sha1: Array(facts.sha1),
      sha256: Array(facts.sha256), validFrom: Timestamp(facts.not_before),
      validUntil: Timestamp(facts.not_after), allowsCodeSigning: facts.allows_code_signing)
  }

  private var chain: [[UInt8]] {
    let all = Array(facts.chain)
    return stride(from: 0, to: all.count, by: 32).map { Array(all[$0..<min($0 + 32, all.count)]) }
  }

  private var timestamp: SigningTime? {
    let facts = facts
    let kind: SigningTime.Kind
    switch facts.timestamp {
    case c_authenticode_timestamp_pkcs9: kind = .pkcs9
    case c_authenticode_timestamp_rfc3161: kind = .rfc3161
    default: return nil
    }
    let check: SigningTime.Check
    switch facts.timestamp_check {
    case c_authenticode_timestamp_valid: check = .valid
    case c_authenticode_timestamp_invalid: check = .invalid
    default: check = .unverified
    }
    return SigningTime(kind: kind, check: check, time: Timestamp(facts.timestamp_time))
  }
}

/// Digest that a signature covers, computed by libcrypto, which supports every algorithm that
/// signers use.
struct FileDigest {
  /// Digest of `ranges` of `bytes`, followed by `padding` zeros; nil if libcrypto refuses the algorithm.
  static func of(
    _ ranges: [Range<Int>], _ bytes: RawSpan, by algorithm: String, padding: Int = 0
  ) -> [UInt8]? {
    guard let hash = c_authenticode_hash_begin(algorithm) else { return nil }
    bytes.withUnsafeBytes { buffer in
      for range in ranges where !range.isEmpty {
        c_authenticode_hash_add(
          hash, UnsafeRawBufferPointer(rebasing: buffer[range]).baseAddress, range.count)
      }
    }
    if padding > 0 {
      c_authenticode_hash_add(hash, [UInt8](repeating: 0, count: padding), padding)
    }
    var digest = [UInt8](repeating: 0, count: Int(c_authenticode_maximum_digest))
    let count = c_authenticode_hash_end(hash, &digest)
    return count == 0 ? nil : Array(digest.prefix(count))
  }
}

extension [UInt8] {
  fileprivate init(_ bytes: c_authenticode_bytes) {
    self.init(UnsafeBufferPointer(start: bytes.bytes, count: bytes.count))
  }
}

extension String {
  /// nil for no text.
  fileprivate init?(_ text: c_authenticode_bytes) {
    guard text.count > 0 else { return nil }
    self.init(decoding: UnsafeBufferPointer(start: text.bytes, count: text.count), as: UTF8.self)
  }
}

extension Timestamp {
  fileprivate init?(_ time: c_authenticode_time) {
    guard time.known else { return nil }
    self.init(seconds: time.seconds, nanoseconds: 0)
  }
}
