import Bytes
package import Findings

/// Digests of an unsigned program, as a catalogue file that signs it lists them.
///
/// Authenticode_PE.docx, "Calculating the PE Image Hash": of all bytes but the checksum and the entry of the
/// certificate table.
package struct CatalogueDigests: Hashable, Sendable {
  /// Digests by algorithm; two where the size of the file is no multiple of eight, with and without padding.
  package let digests: [String: [[UInt8]]]

  /// Algorithms of catalogue files.
  private static let algorithms = ["sha1", "sha256"]

  /// Computes the digests of a PE without a certificate table; nil for anything else.
  package init?(of bytes: RawSpan) {
    guard let executable = PortableExecutable(bytes), executable.table == nil else { return nil }
    let ranges = executable.signedRanges(tableStart: bytes.byteCount)
    guard ranges.allSatisfy({ $0.upperBound <= bytes.byteCount }) else { return nil }
    let padding = (8 - bytes.byteCount % 8) % 8
    var digests = [String: [[UInt8]]]()
    for algorithm in Self.algorithms {
      for padding in Set([0, padding]) {
        guard let digest = FileDigest.of(ranges, bytes, by: algorithm, padding: padding) else {
          continue
        }
        digests[algorithm, default: []].append(digest)
      }
    }
    self.digests = digests
  }
}

/// Signatures of programs in catalogue files (`.cat`).
package struct CatalogueReader {
  private let wanted: [CatalogueDigests]
  /// Programs by the first bytes of their digests.
  private var places: [UInt64: [Place]] = [:]

  private struct Place {
    let program: Int
    let algorithm: String
    let digest: [UInt8]
  }

  /// Size limit of a catalogue in bytes: libcrypto needs up to fifty times its size. Real ones have up to 2 MB.
  private static let maximumSize = 8 << 20
  /// Limit of the programs that are looked up in one catalogue.
  private static let maximumCandidates = 1000

  /// Creates a reader that looks for these programs.
  package init(_ wanted: [CatalogueDigests]) {
    self.wanted = wanted
    for (program, digests) in wanted.enumerated() {
      for (algorithm, digests) in digests.digests {
        for digest in digests {
          guard let key = digest.key else { continue }
          places[key, default: []].append(
            Place(program: program, algorithm: algorithm, digest: digest))
        }
      }
    }
  }

  /// Signatures of the wanted programs that the catalogue in `bytes` lists, by their numbers; `path` is its path.
  package func signatures(in bytes: RawSpan, at path: String) -> [(program: Int, CodeSignature)] {
    guard bytes.byteCount <= Self.maximumSize else { return [] }
    // Most catalogues list none: a search for the digests is much cheaper than their parsing.
    let candidates = candidates(in: bytes)
    guard !candidates.isEmpty, let catalogue = SignedData(bytes) else { return [] }
    var found: [Int: CodeSignature] = [:]
    for place in candidates.prefix(Self.maximumCandidates)
    where found[place.program] == nil && catalogue.lists(place.digest, by: place.algorithm) {
      var signature = catalogue.signature(depth: 0, digest: .valid)
      signature.digestAlgorithm = place.algorithm
      signature.catalogue = path
      found[place.program] = signature
    }
    return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Programs of which a digest is anywhere in `bytes` as an OCTET STRING.
  private func candidates(in bytes: RawSpan) -> [Place] {
    let octets: UInt8 = 4
    return bytes.withUnsafeBytes { bytes in
      var candidates = [Place]()
      guard bytes.count > 22 else { return [] }
      for offset in 0..<(bytes.count - 22) where bytes[offset] == octets {
        let count = Int(bytes[offset + 1])
        guard count == 20 || count == 32, let key: UInt64 = bytes.little(offset + 2),
          let places = places[key]
        else { continue }
        candidates += places.filter { bytes[(offset + 2)...].starts(with: $0.digest) }
      }
      return candidates
    }
  }
}

extension [UInt8] {
  /// First bytes of a digest.
  fileprivate var key: UInt64? { withUnsafeBytes { $0.little(0) } }
}
