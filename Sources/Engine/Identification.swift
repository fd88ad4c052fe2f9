import Bytes
import Evidence
import Findings
import Identity
import Profiles
import Traces
import Yara

/// The identity of a matched item, as its bytes prove it: signatures are verified and hashes computed while
/// they are in memory.
struct Identification {
  let attribution: Attribution
  /// Bytes that were read, of which the digest is.
  let size: UInt64
  let digest: Digest
  /// Programs in its resources.
  private(set) var contents: [EmbeddedProgram] = []
  /// Digests by which a catalogue file may sign it; nil if it is signed itself, or no program.
  private(set) var catalogueDigests: CatalogueDigests?

  /// The identity of an item in which rules match.
  /// `borrowed` are the rules that hold only by bytes that are no code of the item; `mayBeMixed`: it is no live file.
  init(
    _ result: ScanResult, borrowed: BorrowedIdentity, mayBeMixed: Bool, _ bytes: RawSpan,
    _ identifier: Identifier
  ) {
    var attribution = identifier.attribution(
      of: result.matches, resource: VersionResource(bytes), signatures: CodeSignatureReader(bytes),
      borrowed: borrowed, mayBeMixed: mayBeMixed)
    attribution.version = attribution.version ?? StatedVersion.of(bytes)
    let contents = identifier.programs(in: bytes, of: attribution)
    for program in contents {
      guard program.isProven, let proof = program.reasons.first else { continue }
      attribution.reasons.append("has in its resource \(program.resource) a program that \(proof)")
    }
    self.init(attribution, bytes)
    self.contents = contents
    if attribution.vendor != nil, attribution.codeSignatures.isEmpty {
      catalogueDigests = CatalogueDigests(of: bytes)
    }
  }

  /// The identity of an item that records installed software; nil if it records none.
  init?(_ traces: [Trace], at place: KnownPlace, _ profile: VendorProfile, _ bytes: RawSpan) {
    guard let attribution = Attribution(of: traces, at: place, profile) else { return nil }
    self.init(attribution, bytes)
  }

  private init(_ attribution: Attribution, _ bytes: RawSpan) {
    self.attribution = attribution
    size = UInt64(bytes.byteCount)
    digest = Digest(of: bytes)
  }
}
