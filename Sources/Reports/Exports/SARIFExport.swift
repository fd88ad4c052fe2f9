import Bytes
import Evidence
import Findings
package import Results

/// SARIF 2.1.0: one run for each scan, one result for each finding; items that were not scanned are
/// notifications of the run.
package struct SARIFExport: ResultExport {
  package static let fileNames = ["results.sarif"]

  private let results: ResultSet
  private let file: ReportFile
  private let ruleRanks: [String: Int]
  private var scan: Int?
  private var list = JSONArrayWriter()
  private var notifications = [JSON]()
  /// A run with more problems than this counts the others, so that memory stays bounded.
  private static let mostNotifications = 100_000
  private var omitted = 0

  package init(_ results: ResultSet, to files: [ReportFile]) {
    self.results = results
    file = files[0]
    ruleRanks = Dictionary(
      uniqueKeysWithValues: results.rules.enumerated().map { ($0.element, $0.offset) })
  }

  package mutating func add(_ entry: ResultEntry, of scan: ResultScan) throws {
    try begin(scan)
    switch entry.record {
    case .finding(let finding): try list.add(result(finding, in: scan), to: file)
    case .problem(let problem):
      note(
        "\(problem.outcome) (\(problem.reason)): \(problem.message)", level: "warning",
        at: problem.locator)
    case .defect(let defect):
      note("line \(defect.line) of the results: \(defect.message)", level: "error", at: nil)
    case .product, .context, .summary, .other: break
    }
  }

  package mutating func finish() throws {
    guard scan != nil else {
      try file.write(Self.head + "\n]}\n")
      return
    }
    try endRun()
    try file.write("\n]}\n")
  }

  private static let head =
    "{\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    + "sarif-schema-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":["

  private mutating func begin(_ scan: ResultScan) throws {
    guard self.scan != scan.index else { return }
    if self.scan == nil {
      try file.write(Self.head + "\n")
    } else {
      try endRun()
      try file.write(",\n")
    }
    self.scan = scan.index
    list = JSONArrayWriter()
    let version = scan.summary?.custody.tool.split(separator: " ").last.map(String.init)
    let rules = results.rules.map { JSON.object([("id", .string(Printable.text($0)))]) }
    try file.write("{\"tool\":{\"driver\":")
    try file.write(
      JSON.object([
        ("name", .string("trawl")), ("version", version.map { .string(Printable.text($0)) }),
        ("rules", .array(rules)),
      ]))
    try file.write("},\"results\":[")
  }

  private mutating func endRun() throws {
    let summary = scan.flatMap { results.scans[$0].summary }
    let custody = summary?.custody
    if omitted > 0 { notifications.append(Self.notification("\(omitted) more", "warning", nil)) }
    let invocation = JSON.object([
      ("executionSuccessful", .boolean(scan.map { results.scans[$0].isComplete } ?? false)),
      ("startTimeUtc", custody?.start?.rfc3339.map(JSON.string)),
      ("endTimeUtc", custody?.end?.rfc3339.map(JSON.string)),
      ("machine", scan.map { .string(Printable.text(results.scans[$0].machineName)) }),
      (
        "arguments",
        (custody?.commandLine.dropFirst()).map { .array($0.map { .string(Printable.text($0)) }) }
      ),
      ("toolExecutionNotifications", .array(notifications)),
    ])
    try file.write("\n],\"invocations\":[")
    try file.write(invocation)
    try file.write("]}")
    notifications = []
    omitted = 0
  }

  private mutating func note(_ text: String, level: String, at locator: Locator?) {
    guard notifications.count < Self.mostNotifications else {
      omitted += 1
      return
    }
    notifications.append(Self.notification(text, level, locator))
  }

  private static func notification(_ text: String, _ level: String, _ locator: Locator?) -> JSON {
    .object([
      ("level", .string(level)), ("message", message(text)),
      ("locations", locator.map { .array([location($0, region: nil)]) }),
    ])
  }

  private func result(_ finding: ResultFinding, in scan: ResultScan) -> JSON {
    let string = finding.matches.lazy.flatMap(\.strings).first
    let region = string.map { string in
      JSON.object([
        ("byteOffset", .unsigned(string.offset)), ("byteLength", .unsigned(string.length)),
      ])
    }
    let what = [finding.product, finding.productVersion ?? finding.version].compactMap(\.self)
    let endpoint = scan.endpoint(
      of: finding.locator.evidence, isImage: finding.locator.volume != nil)
    return .object([
      ("ruleId", .string(Printable.text(finding.rule))),
      ("ruleIndex", ruleRanks[finding.rule].map { .integer(Int64($0)) }),
      ("level", .string(Self.level(finding.confidence))),
      (
        "message",
        Self.message(
          ([what.joined(separator: " ")].filter { !$0.isEmpty } + finding.reasons)
            .joined(separator: ": "))
      ),
      ("locations", .array([Self.location(finding.locator, region: region)])),
      (
        "partialFingerprints", finding.sha256.map { .object([("sha256/v1", .string($0))]) }
      ),
      (
        "properties",
        .object([
          ("endpoint", .string(Printable.text(endpoint.name))),
          ("confidence", finding.confidence.map { .string($0.rawValue) }),
          ("product", finding.product.map { .string(Printable.text($0)) }),
          ("productVersion", finding.productVersion.map { .string(Printable.text($0)) }),
          ("version", finding.version.map { .string(Printable.text($0)) }),
          ("vendor", finding.vendor.map { .string(Printable.text($0)) }),
          ("component", finding.component.map { .string(Printable.text($0)) }),
          ("embedded", .boolean(finding.isEmbedded)),
          ("state", finding.locator.state.map { .string($0.rawValue) }),
          ("stream", finding.locator.stream.map { .string($0.shown) }),
          ("size", .unsigned(finding.size)),
          ("md5", finding.md5.map(JSON.string)), ("sha1", finding.sha1.map(JSON.string)),
          ("sha256", finding.sha256.map(JSON.string)),
          ("matchedRules", .array(finding.matches.map { .string(Printable.text($0.rule)) })),
        ])
      ),
    ])
  }

  /// A message of SARIF must not be empty, and braces in it are placeholders (section 3.11.5).
  private static func message(_ text: String) -> JSON {
    let text = text.isEmpty ? "a rule matched" : Printable.text(text)
    return .object([
      ("text", .string(text.replacing(scalar: "{", with: "{{").replacing(scalar: "}", with: "}}")))
    ])
  }

  private static func level(_ confidence: Confidence?) -> String {
    switch confidence {
    case .confirmed?, .strong?: "error"
    case .claimed?, nil: "warning"
    case .weak?: "note"
    }
  }

  /// Path in the evidence. The bytes of a name are percent-encoded, so a URI holds any name exactly.
  private static func location(_ locator: Locator, region: JSON?) -> JSON {
    var uri = "file://" + PercentEncoding.path(locator.path)
    if let volume = locator.volume {
      uri =
        PercentEncoding.path(locator.evidence) + "/volume" + String(volume.index)
        + PercentEncoding.path(locator.path)
      if locator.evidence.bytes.first == UInt8(ascii: "/") { uri = "file://" + uri }
    }
    if let stream = locator.stream { uri += "#" + PercentEncoding.path(stream) }
    return .object([
      (
        "physicalLocation",
        .object([("artifactLocation", .object([("uri", .string(uri))])), ("region", region)])
      )
    ])
  }
}
