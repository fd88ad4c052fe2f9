public import Findings

/// Reads and checks every Authenticode signature of a PE, primary and nested, without any network.
///
/// Modern drivers are signed by Microsoft first, and the vendor's signatures are nested in that
/// (unsigned attribute 1.3.6.1.4.1.311.2.4.1), so all of them are read.
public struct CodeSignatureReader {
  /// The signatures, each before those nested in it, in the order of the file.
  public private(set) var signatures: [CodeSignature] = []
  /// What kept signatures from being read, in words.
  public private(set) var problems: [String] = []

  /// So deep signatures may nest; real ones nest once.
  public static let maximumDepth = 4
  /// So many signatures are looked at in one file, readable or not; real ones have four.
  public static let maximumSignatures = 64
  /// Larger signatures are not read: libcrypto needs up to fifty times their size in memory. Real
  /// ones have some ten kilobytes, or with page hashes of very large files some hundred.
  public static let maximumSize = 4 << 20

  /// What signatures cover; nil when the file is not as a signer leaves it.
  private var ranges: [Range<Int>]?
  private var attempts = 0
  private var digests: [String: [UInt8]] = [:]

  /// Reads the signatures of `bytes`; none for what is not a PE, or is not signed.
  public init(_ bytes: RawSpan) {
    guard let executable = PortableExecutable(bytes),
      let table = CertificateTable(executable, bytes)
    else { return }
    if let problem = table.problem { problems.append(problem) }
    // A table that is pushed in between would leave the digest as it was and move what sections hold.
    if table.range.upperBound < bytes.byteCount {
      note("data follows the certificate table")
    } else {
      ranges = executable.signedRanges(tableStart: table.range.lowerBound)
    }
    for entry in table.entries { read(bytes.extracting(entry), depth: 0, of: bytes) }
  }

  private mutating func read(_ data: RawSpan, depth: Int, of file: RawSpan) {
    guard attempts < Self.maximumSignatures else {
      note("there are more than \(Self.maximumSignatures) code signatures")
      return
    }
    attempts += 1
    // What is cut off here is either padding or makes the signature unreadable.
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
    // One more than may be read, so that the limit is noted.
    for index in 0..<min(count, Self.maximumSignatures + 1) {
      read(signed.nested(index).span.bytes, depth: depth + 1, of: file)
    }
  }

  /// The file is hashed once for each algorithm, however many signatures there are.
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
