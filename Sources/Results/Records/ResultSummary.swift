package import Bytes
package import Evidence

/// The summary of a scan: ledger, media and custody.
package struct ResultSummary: Hashable, Sendable {
  /// Counts of items: `seen`, `matched`, `clean`, `skipped`, `failed`.
  package var items: [String: Int]
  /// Items skipped and failed, by reason.
  package var skipped: [String: Int]
  package var failed: [String: Int]
  package var partlyRead: Int
  package var ignored: [String: Int]
  package var media: [ResultMedium]
  /// Findings by confidence.
  package var findings: [String: Int]
  package var isComplete: Bool
  package var wasInterrupted: Bool
  package var bytesPresent: UInt64
  package var bytesRead: UInt64
  package var seconds: Double
  package var custody: ResultCustody

  init(_ fields: Fields) throws(FieldError) {
    items = try fields.counts("items")
    skipped = try fields.counts("skipped")
    failed = try fields.counts("failed")
    partlyRead = try fields.count("partly_read")
    ignored = try fields.counts("ignored")
    media = try fields.objects("media", ResultMedium.init)
    findings = try fields.counts("findings")
    isComplete = try fields.required("complete", fields.flag("complete"))
    wasInterrupted = try fields.flag("interrupted") ?? false
    bytesPresent = try fields.unsigned("bytes_present") ?? 0
    bytesRead = try fields.unsigned("bytes_read") ?? 0
    seconds = try fields.number("seconds") ?? 0
    custody = try ResultCustody(fields.required("custody", fields.object("custody")))
  }
}

/// The account of a disk image in bytes.
package struct ResultMedium: Hashable, Sendable {
  package var evidence: RawPath
  package var size: UInt64
  /// The parts that add up to the size, by key, in the order of docs/output.md.
  package var parts: [(key: String, bytes: UInt64)]
  package var knownZeros: UInt64
  package var verification: ResultVerification?

  package static let keys = [
    "items", "metadata", "slack", "carved", "unallocated", "gaps", "unread",
  ]

  init(_ fields: Fields) throws(FieldError) {
    evidence = try fields.required("evidence", fields.path("evidence"))
    size = try fields.unsigned("size") ?? 0
    parts = []
    for key in Self.keys { parts.append((key, try fields.unsigned(key) ?? 0)) }
    knownZeros = try fields.unsigned("known_zeros") ?? 0
    verification = try fields.object("verification").map(ResultVerification.init)
  }

  package static func == (left: ResultMedium, right: ResultMedium) -> Bool {
    left.evidence == right.evidence && left.size == right.size
      && left.parts.map(\.bytes) == right.parts.map(\.bytes) && left.knownZeros == right.knownZeros
      && left.verification == right.verification
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(evidence)
    hasher.combine(size)
    hasher.combine(parts.map(\.bytes))
  }
}

/// Digests of a medium, compared with those stored in its image.
package struct ResultVerification: Hashable, Sendable {
  package var md5: String?
  package var sha1: String?
  package var sha256: String?
  /// Algorithms of the stored digests, and whether each equals the medium's.
  package var stored: [String: Bool]
  package var unreadable: [Run]

  init(_ fields: Fields) throws(FieldError) {
    md5 = try fields.digest("md5", bytes: 16)
    sha1 = try fields.digest("sha1", bytes: 20)
    sha256 = try fields.digest("sha256", bytes: 32)
    stored = [:]
    let digests = try fields.objects("stored") { fields throws(FieldError) in
      (try fields.text("algorithm") ?? "", try fields.flag("equal") ?? false)
    }
    for (algorithm, isEqual) in digests { stored[algorithm] = isEqual }
    unreadable = try fields.runs("unreadable")
  }
}

/// Custody block: user, evidence, tool and times of a scan.
package struct ResultCustody: Hashable, Sendable {
  package var tool: String
  package var libraries: [String: String]
  package var ruleSets: [RuleSet]
  package var commandLine: [String]
  package var host: String
  package var start: Timestamp?
  package var end: Timestamp?
  package var evidence: [Evidence]
  package var withoutSieve: String?
  /// Head of the chain of a case file; absent without one.
  package var chainHead: String?

  package struct RuleSet: Hashable, Sendable {
    package var name: String
    package var sha256: String
  }

  package struct Evidence: Hashable, Sendable {
    package var name: RawPath
    /// One of `EvidenceDescription.Kind`; a later version may add some.
    package var kind: String
    package var size: UInt64?
  }

  init(_ fields: Fields) throws(FieldError) {
    tool = try fields.text("tool") ?? ""
    libraries = try fields.names("libraries")
    ruleSets = try fields.objects("rule_sets") { fields throws(FieldError) in
      RuleSet(name: try fields.text("name") ?? "", sha256: try fields.text("sha256") ?? "")
    }
    commandLine = try fields.texts("command_line")
    host = try fields.text("host") ?? ""
    start = try fields.time("start")
    end = try fields.time("end")
    evidence = try fields.objects("evidence") { fields throws(FieldError) in
      Evidence(
        name: try fields.required("name", fields.path("name")),
        kind: try fields.text("kind") ?? "other", size: try fields.unsigned("size"))
    }
    withoutSieve = try fields.text("without_sieve")
    chainHead = try fields.object("case")?.text("head")
  }
}
