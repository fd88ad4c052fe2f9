import Bytes
import Evidence
public import Findings
import Results

/// Report with one JSON object per line, `schema` 1: findings and problems as they occur,
/// products, one summary. docs/output.md documents every key; a key that does not apply is
/// absent.
public final class JSONLinesReport: RecordSink {
  private let output: any TextOutput

  /// A report to `output`.
  public init(_ output: any TextOutput) { self.output = output }

  /// Writes one line.
  public func receive(_ record: Record) throws { try output.write(Self.line(of: record) + "\n") }

  /// The object of a record as text, without a line end.
  public static func line(of record: Record) -> String {
    let (type, members) =
      switch record {
      case .finding(let finding): ("finding", members(of: finding))
      case .problem(let problem): ("problem", members(of: problem))
      case .product(let product): ("product", members(of: product))
      case .context(let file): ("context", members(of: file))
      case .summary(let summary): ("summary", members(of: summary))
      }
    let head: [(key: String, value: JSON?)] = [("schema", .integer(1)), ("type", .string(type))]
    return JSON.object(head + members).line
  }

  typealias Members = [(key: String, value: JSON?)]

  // MARK: Findings

  private static func members(of finding: Finding) -> Members {
    let claim = finding.attribution
    let what: Members = [
      ("rule", .string(claim.rule)),
      ("confidence", claim.confidence.map { .string($0.rawValue) }),
      ("vendor", claim.vendor.map(JSON.string)),
      ("product", claim.product.map(JSON.string)),
      ("product_version", claim.productVersion.map(JSON.string)),
      ("version", claim.version.map(JSON.string)),
      ("component", claim.component.map { .string($0.rawValue) }),
      ("platform", claim.platform.map(JSON.string)),
      ("embedded", .boolean(claim.isEmbedded)),
      (
        "code_signatures",
        claim.codeSignatures.isEmpty ? nil : .array(claim.codeSignatures.map { JSON($0) })
      ),
      ("reasons", .array(claim.reasons.map(JSON.string))),
    ]
    let digest = finding.isPartial ? nil : finding.digest
    let hashes: Members = [
      ("item_id", .string(finding.itemID)),
      ("inode", finding.inode.map(JSON.string)),
      ("size", .unsigned(finding.size)),
      ("md5", digest.map { .string(Hexadecimal.text(of: $0.md5)) }),
      ("sha1", digest.map { .string(Hexadecimal.text(of: $0.sha1)) }),
      ("sha256", digest.map { .string(Hexadecimal.text(of: $0.sha256)) }),
      ("modified", finding.times.modified?.rfc3339.map(JSON.string)),
      ("created", finding.times.created?.rfc3339.map(JSON.string)),
      ("accessed", finding.times.accessed?.rfc3339.map(JSON.string)),
      ("changed", finding.times.changed?.rfc3339.map(JSON.string)),
      ("time_zone", finding.times.areLocal ? .string("unknown") : nil),
    ]
    return what + members(of: finding.locator) + hashes
      + [
        ("matches", .array(finding.matches.map(match))),
        ("traces", finding.traces.isEmpty ? nil : .array(finding.traces.map(trace))),
        ("contents", finding.contents.isEmpty ? nil : .array(finding.contents.map { JSON($0) })),
      ]
  }

  private static func trace(_ trace: Trace) -> JSON {
    .object([
      ("kind", .string(trace.kind.rawValue)),
      ("place", .string(trace.place)),
      ("product", trace.product.map(JSON.string)),
      ("edition", trace.edition.map(JSON.string)),
      ("version", trace.version.map(JSON.string)),
      ("folder", trace.folder.map(JSON.string)),
      ("program", trace.program.map(JSON.string)),
      ("active", trace.isActive.map(JSON.boolean)),
      ("written", trace.written?.rfc3339.map(JSON.string)),
    ])
  }

  private static func match(_ match: MatchedRule) -> JSON {
    .object([
      ("rule", .string(match.rule)),
      ("namespace", .string(match.namespace)),
      ("tags", .array(match.tags.map(JSON.string))),
      (
        "strings",
        .array(
          match.strings.map { string in
            .object([
              ("identifier", .string(string.identifier)),
              ("offset", .unsigned(string.offset)),
              ("length", .unsigned(string.length)),
              ("data", .string(Hexadecimal.text(of: string.data))),
            ])
          })
      ),
    ])
  }

  private static func members(of locator: Locator) -> Members {
    place(locator.evidence, locator.volume) + path("path", locator.path)
      + (locator.archive.map { path("archive", $0) } ?? [])
      + (locator.stream.map { path("stream", $0) } ?? [])
      + [
        ("state", locator.state.map { .string($0.rawValue) }),
        ("offset", locator.runs.first.map { .unsigned($0.offset) }),
        (
          "runs",
          locator.runs.isEmpty
            ? nil
            : .array(locator.runs.map { .array([.unsigned($0.offset), .unsigned($0.length)]) })
        ),
      ]
  }

  private static func place(_ evidence: RawPath, _ volume: Volume?) -> Members {
    path("evidence", evidence) + [
      (
        "volume",
        volume.map { volume in
          .object([
            ("index", .integer(Int64(volume.index))), ("start", .unsigned(volume.start)),
            ("length", .unsigned(volume.length)), ("type", .string(volume.type)),
            ("name", volume.name.map(JSON.string)),
          ])
        }
      )
    ]
  }

  /// Encodes a path under `key`. A path that is not UTF-8 is shown there with escapes, and
  /// completely in base64 under `key` followed by `_base64`.
  private static func path(_ key: String, _ path: RawPath) -> Members {
    guard let text = path.utf8 else {
      return [(key, .string(path.shown)), (key + "_base64", JSON.base64(path.bytes))]
    }
    return [(key, .string(text))]
  }

  // MARK: Problems, products, summary

  private static func members(of problem: Problem) -> Members {
    members(of: problem.locator) + [
      ("outcome", .string(problem.cause.reason.isSkip ? "skipped" : "failed")),
      ("reason", .string(problem.cause.reason.rawValue)),
      ("message", .string(problem.cause.message)),
    ]
  }

  private static func members(of product: Product) -> Members {
    place(product.evidence, product.volume) + path("installation", product.installation) + [
      ("product", .string(product.product)),
      ("vendor", product.vendor.map(JSON.string)),
      ("edition", product.edition.map(JSON.string)),
      ("version", product.versions.count == 1 ? .string(product.versions[0]) : nil),
      ("versions", .array(product.versions.map(JSON.string))),
      ("components", counts(product.components.map { ($0.key.rawValue, $0.value) })),
      ("confidence", .string(product.confidence.rawValue)),
      ("state", .string(product.state.rawValue)),
      ("embedded", .boolean(product.isEmbedded)),
      ("first_time", product.first?.rfc3339.map(JSON.string)),
      ("last_time", product.last?.rfc3339.map(JSON.string)),
      ("item_ids", .array(product.itemIDs.map(JSON.string))),
    ]
  }

  private static func members(of file: OtherFile) -> Members {
    members(of: file.locator) + [("product", .string(file.product))]
  }

  private static func members(of summary: Summary) -> Members {
    let ledger = summary.ledger
    return [
      (
        "items",
        .object([
          ("seen", .integer(Int64(ledger.seen))), ("matched", .integer(Int64(ledger.matched))),
          ("clean", .integer(Int64(ledger.clean))),
          ("skipped", .integer(Int64(ledger.skippedCount))),
          ("failed", .integer(Int64(ledger.failedCount))),
        ])
      ),
      ("skipped", counts(ledger.skipped.map { ($0.key.rawValue, $0.value) })),
      ("failed", counts(ledger.failed.map { ($0.key.rawValue, $0.value) })),
      ("partly_read", .integer(Int64(ledger.partlyRead))),
      ("ignored", counts(IgnoredKind.allCases.map { ($0.rawValue, ledger.ignored[$0] ?? 0) })),
      (
        "archives",
        ledger.left.isEmpty ? nil : counts(ledger.left.map { ($0.key.rawValue, $0.value) })
      ),
      (
        "not_entered",
        .array(
          summary.notEntered.map {
            .object(path("path", $0.path) + [("kind", .string($0.kind.rawValue))])
          })
      ),
      ("media", summary.media.isEmpty ? nil : .array(summary.media.map(medium))),
      (
        "findings",
        counts(summary.findings.map { ($0.key?.rawValue ?? "unstated", $0.value) })
      ),
      ("complete", .boolean(summary.isComplete)),
      ("interrupted", .boolean(summary.wasInterrupted)),
      ("excluded_by_gate", .integer(Int64(ledger.excludedByGate))),
      ("excluded_by_sieve", .integer(Int64(ledger.excludedBySieve))),
      ("evaluated_without_scan", .integer(Int64(ledger.evaluatedWithoutScan))),
      ("scanned_by_libyara", .integer(Int64(ledger.scannedByLibyara))),
      ("sieve_verified", .integer(Int64(ledger.verified))),
      ("sieve_differences", .integer(Int64(ledger.sieveDifferences))),
      ("bytes_present", .unsigned(ledger.bytesPresent)),
      ("bytes_read", .unsigned(ledger.bytesRead)),
      ("seconds", .number((summary.seconds * 1000).rounded() / 1000)),
      ("custody", custody(summary.custody)),
    ]
  }

  private static func medium(_ medium: MediumAccount) -> JSON {
    .object(
      path("evidence", medium.evidence) + [
        ("size", .unsigned(medium.size)), ("items", .unsigned(medium.items)),
        ("metadata", .unsigned(medium.metadata)), ("slack", .unsigned(medium.slack)),
        ("carved", .unsigned(medium.carved)), ("unallocated", .unsigned(medium.unallocated)),
        ("unowned", .unsigned(medium.unowned)),
        ("gaps", .unsigned(medium.gaps)), ("unread", .unsigned(medium.unread)),
        ("known_zeros", .unsigned(medium.knownZeros)),
        ("chunks_needed", (medium.chunks?.needed).map(JSON.unsigned)),
        ("chunks_decoded", (medium.chunks?.decoded).map(JSON.unsigned)),
        ("chunks_decoded_by_helpers", (medium.chunks?.decodedByHelpers).map(JSON.unsigned)),
        ("verification", medium.verification.map(verification)),
      ])
  }

  private static func verification(_ verification: MediumVerification) -> JSON {
    func runs(_ runs: [Run]) -> JSON {
      .array(runs.map { .array([.unsigned($0.offset), .unsigned($0.length)]) })
    }
    return .object([
      ("md5", .string(Hexadecimal.text(of: verification.digest.md5))),
      ("sha1", .string(Hexadecimal.text(of: verification.digest.sha1))),
      ("sha256", .string(Hexadecimal.text(of: verification.digest.sha256))),
      (
        "stored",
        .array(
          verification.stored.map {
            .object([
              ("algorithm", .string($0.algorithm)),
              ("digest", .string(Hexadecimal.text(of: $0.bytes))), ("equal", .boolean($0.isEqual)),
            ])
          })
      ),
      ("unreadable", runs(verification.unreadable)),
      ("unreadable_at_acquisition", runs(verification.unreadableAtAcquisition)),
    ])
  }

  private static func custody(_ custody: Custody) -> JSON {
    .object([
      ("tool", .string("trawl \(custody.tool)")),
      (
        "libraries",
        .object(
          custody.libraries.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) })
      ),
      ("without_sieve", custody.withoutSieve.map(JSON.string)),
      (
        "rule_sets",
        .array(
          custody.ruleSets.map {
            .object([("name", .string($0.name)), ("sha256", .string($0.sha256))])
          })
      ),
      ("command_line", .array(custody.commandLine.map(JSON.string))),
      ("host", .string(custody.host)),
      (
        "case",
        custody.caseFile.map {
          .object(path("file", $0.file) + [("head", .string($0.head))])
        }
      ),
      ("start", custody.start.rfc3339.map(JSON.string)),
      ("end", custody.end.rfc3339.map(JSON.string)),
      (
        "evidence",
        .array(
          custody.evidence.map {
            .object(
              path("name", $0.name) + [
                ("kind", .string($0.kind.rawValue)), ("size", $0.size.map(JSON.unsigned)),
              ])
          })
      ),
    ])
  }

  /// Counts in order of their names.
  private static func counts(_ counts: [(String, Int)]) -> JSON {
    .object(counts.sorted { $0.0 < $1.0 }.map { ($0.0, .integer(Int64($0.1))) })
  }
}
