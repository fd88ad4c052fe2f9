package import Evidence
package import Findings

/// A finding as results state it.
package struct ResultFinding: Hashable, Sendable {
  package var locator: Locator
  package var rule: String
  package var confidence: Confidence?
  package var vendor: String?
  package var product: String?
  package var productVersion: String?
  package var version: String?
  /// One of the components of docs/output.md; a later version may add some.
  package var component: String?
  package var platform: String?
  package var isEmbedded: Bool
  package var reasons: [String]
  package var codeSignatures: [ResultCodeSignature]
  package var itemID: String
  package var inode: String?
  package var size: UInt64
  /// The digests in hexadecimal; nil if the content was not read completely.
  package var md5: String?
  package var sha1: String?
  package var sha256: String?
  package var times: FileTimes
  package var matches: [MatchedRule]
  package var traces: [ResultTrace]
  package var contents: [ResultContent]

  init(_ fields: Fields) throws(FieldError) {
    locator = try fields.locator()
    rule = try fields.required("rule", fields.text("rule"))
    confidence = try fields.choice("confidence", Confidence.self)
    vendor = try fields.text("vendor")
    product = try fields.text("product")
    productVersion = try fields.text("product_version")
    version = try fields.text("version")
    component = try fields.text("component")
    platform = try fields.text("platform")
    isEmbedded = try fields.flag("embedded") ?? false
    reasons = try fields.texts("reasons")
    codeSignatures = try fields.objects("code_signatures", ResultCodeSignature.init)
    itemID = try fields.text("item_id") ?? ""
    inode = try fields.text("inode")
    size = try fields.required("size", fields.unsigned("size"))
    md5 = try fields.digest("md5", bytes: 16)
    sha1 = try fields.digest("sha1", bytes: 20)
    sha256 = try fields.digest("sha256", bytes: 32)
    times = FileTimes(
      modified: try fields.time("modified"), created: try fields.time("created"),
      accessed: try fields.time("accessed"), changed: try fields.time("changed"),
      areLocal: try fields.text("time_zone") == "unknown")
    matches = try fields.objects("matches", Self.match)
    traces = try fields.objects("traces", ResultTrace.init)
    contents = try fields.objects("contents", ResultContent.init)
  }

  private static func match(_ fields: Fields) throws(FieldError) -> MatchedRule {
    MatchedRule(
      rule: try fields.required("rule", fields.text("rule")),
      namespace: try fields.text("namespace") ?? "", tags: try fields.texts("tags"),
      strings: try fields.objects("strings") { fields throws(FieldError) in
        MatchedString(
          identifier: try fields.text("identifier") ?? "",
          offset: try fields.unsigned("offset") ?? 0, length: try fields.unsigned("length") ?? 0,
          data: try fields.bytes("data"))
      })
  }

  /// Whether the finding counts as evidence of a product: weak ones do not.
  package var isEvidence: Bool { confidence != .weak }
}

/// One Authenticode signature of a finding.
package struct ResultCodeSignature: Hashable, Sendable {
  package var depth: Int
  package var digest: String
  package var digestAlgorithm: String?
  package var isSignatureValid: Bool
  package var programName: String?
  package var signer: String?
  package var organization: String?
  package var issuer: String?
  package var serial: String?
  package var sha1: String?
  package var sha256: String?
  package var timestamp: String?
  package var timestampCheck: String?
  package var timestampTime: Timestamp?

  init(_ fields: Fields) throws(FieldError) {
    depth = try fields.count("depth")
    digest = try fields.text("digest") ?? "unsupported"
    digestAlgorithm = try fields.text("digest_algorithm")
    isSignatureValid = try fields.flag("signature_valid") ?? false
    programName = try fields.text("program_name")
    signer = try fields.text("signer")
    organization = try fields.text("organization")
    issuer = try fields.text("issuer")
    serial = try fields.text("serial")
    sha1 = try fields.digest("sha1", bytes: 20)
    sha256 = try fields.digest("sha256", bytes: 32)
    timestamp = try fields.text("timestamp")
    timestampCheck = try fields.text("timestamp_check")
    timestampTime = try fields.time("timestamp_time")
  }

  /// Whether digest and signature are valid.
  package var isValid: Bool { digest == "valid" && isSignatureValid }
}

/// A record of installed software in a finding.
package struct ResultTrace: Hashable, Sendable {
  package var kind: String
  package var place: String
  package var product: String?
  package var edition: String?
  package var version: String?
  package var folder: String?
  package var program: String?
  package var isActive: Bool?
  package var written: Timestamp?

  init(_ fields: Fields) throws(FieldError) {
    kind = try fields.required("kind", fields.text("kind"))
    place = try fields.required("place", fields.text("place"))
    product = try fields.text("product")
    edition = try fields.text("edition")
    version = try fields.text("version")
    folder = try fields.text("folder")
    program = try fields.text("program")
    isActive = try fields.flag("active")
    written = try fields.time("written")
  }
}

/// A program in the resources of an item.
package struct ResultContent: Hashable, Sendable {
  package var resource: String
  package var size: UInt64
  package var sha256: String?
  package var isProven: Bool
  package var product: String?
  package var version: String?

  init(_ fields: Fields) throws(FieldError) {
    resource = try fields.required("resource", fields.text("resource"))
    size = try fields.unsigned("size") ?? 0
    sha256 = try fields.digest("sha256", bytes: 32)
    isProven = try fields.flag("proven") ?? false
    product = try fields.text("product")
    version = try fields.text("version")
  }
}
