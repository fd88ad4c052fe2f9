package import Findings

/// Reads and verifies every Authenticode signature of a PE, primary and nested, without network
/// access.
///
/// Microsoft signs modern drivers as the first signer and nests the vendor's signatures
/// (unsigned attribute 1.3.6.1.4.1.311.2.4.1), so all of them are read.
package struct CodeSignatureReader {
  /// Signatures in file order, each before those nested in it.
  package private(set) var signatures: [CodeSignature] = []
  /// Reasons why signatures could not be read, as text for the user.
  package private(set) var problems: [String] = []

  /// Nesting depth limit; real signatures nest once.
  package static let maximumDepth = 4
  /// Limit of signatures examined in one file, readable or not; real files have four.
  package static let maximumSignatures = 64
  /// Size limit of a signature in bytes: libcrypto needs up to fifty times its size in memory.
  /// Real ones have some ten kilobytes, or some hundred with page hashes of very large files.
  package static let maximumSize = 4 << 20

  /// File ranges covered by the signatures; nil when the file's layout is not that of a signer.
  private var ranges: [Range<Int>]?
  private var attempts = 0
  private var digests: [String: [UInt8]] = [:]

  /// Reads the signatures of `bytes`; none if it is not a PE or not signed.
  package init(_ bytes: RawSpan) {
    guard let executable = PortableExecutable(bytes),
      let table = CertificateTable(executable, bytes)
    else { return }
    if let problem = table.problem { problems.append(problem) }
    // Inserting a table in between would keep the digest and move the sections' content.
    if table.range.upperBound < bytes.byteCount {
      note("data follows the certificate table")
    } else {
      ranges = executable.signedRanges(tableStart: table.range.lowerBound)
    }
    for entry in table.entries { read(bytes.extracting(entry), depth: 0, of: bytes) }
  }

  private mutating func read(_ data: RawSpan, depth: Int, of file: RawSpan) {
    guard attempts < Self.maximumSignatures else {
      note("more than \(Self.maximumSignatures) code signatures")
      return
    }
    attempts += 1
    // The truncated rest is either padding, or the signature is unreadable without it.
    guard let signed = SignedData(data.extracting(first: Self.maximumSize)) else {
      note("a code signature cannot be read")
      return
    }
    signatures.append(signed.signature(depth: depth, digest: check(signed, of: file)))
    let count = signed.nestedCount
    guard count == 0 || depth + 1 < Self.maximumDepth else {
      note("code signatures nest deeper than \(Self.maximumDepth)")
      return
    }
    // Read one beyond the limit, so that exceeding it is noted.
    for index in 0..<min(count, Self.maximumSignatures + 1) {
      read(signed.nested(index).span.bytes, depth: depth + 1, of: file)
    }
  }

  /// Hash the file once per algorithm, however many signatures there are.
  private mutating func check(_ signed: borrowing SignedData, of file: RawSpan)
    -> CodeSignature.DigestCheck
  {
    guard let algorithm = signed.digestAlgorithm else { return .unsupported }
    guard let ranges else { return .mismatch }
    let digest = digests[algorithm] ?? FileDigest.of(ranges, file, by: algorithm)
    guard let digest else { return .unsupported }
    digests[algorithm] = digest
    return digest == signed.fileDigest ? .valid : .mismatch
  }

  private mutating func note(_ problem: String) {
    if !problems.contains(problem) { problems.append(problem) }
  }
}
