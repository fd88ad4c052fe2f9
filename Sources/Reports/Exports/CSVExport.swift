import Bytes
import Evidence
import Findings
package import Results

/// Comma-separated values (RFC 4180), one file for each kind of record. Cells cannot become
/// formulas of a spreadsheet.
package struct CSVExport: ResultExport {
  package static let fileNames = ["findings.csv", "products.csv", "problems.csv", "endpoints.csv"]

  private let results: ResultSet
  private let files: [ReportFile]
  private var isStarted = false

  package init(_ results: ResultSet, to files: [ReportFile]) {
    self.results = results
    self.files = files
  }

  package mutating func add(_ entry: ResultEntry, of scan: ResultScan) throws {
    try start()
    switch entry.record {
    case .finding(let finding):
      try write(cells(of: finding, in: scan), to: 0)
    case .product(let product): try write(cells(of: product, in: scan), to: 1)
    case .problem(let problem):
      let endpoint = scan.endpoint(
        of: problem.locator.evidence, isImage: problem.locator.volume != nil)
      try write(
        [endpoint.name] + place(problem.locator) + [
          problem.outcome, problem.reason, problem.message,
        ], to: 2)
    case .defect(let defect):
      try write(
        [
          scan.machineName, scan.source.shown, "", "", "", "", "", "failed", "result_line",
          "line \(defect.line) of the results: \(defect.message)",
        ], to: 2)
    case .context, .summary, .other: break
    }
  }

  package mutating func finish() throws {
    try start()
    for row in Deployment.all(in: results) {
      try write(
        [
          row.product, row.version ?? "", row.vendor ?? "", row.isEmbedded ? "true" : "false",
          row.state.rawValue, row.confidence.rawValue, String(row.endpoints.count),
          row.endpoints.sorted().map(\.name).joined(separator: "; "),
        ], to: 3)
    }
  }

  private mutating func start() throws {
    guard !isStarted else { return }
    isStarted = true
    try write(Self.findingTitles, to: 0)
    try write(Self.productTitles, to: 1)
    try write(
      [
        "endpoint", "evidence", "volume", "path", "path_base64", "stream", "state", "outcome",
        "reason", "message",
      ], to: 2)
    try write(
      ["product", "version", "vendor", "embedded", "state", "confidence", "endpoints", "names"],
      to: 3)
  }

  private static let findingTitles = [
    "endpoint", "evidence", "volume", "path", "path_base64", "stream", "state", "confidence",
    "product", "product_version", "version", "vendor", "component", "platform", "embedded", "size",
    "md5", "sha1", "sha256", "modified", "created", "accessed", "changed", "time_zone", "inode",
    "offset", "rules", "reasons",
  ]

  private func cells(of finding: ResultFinding, in scan: ResultScan) -> [String] {
    let locator = finding.locator
    let endpoint = scan.endpoint(of: locator.evidence, isImage: locator.volume != nil)
    let times = finding.times
    let what = [
      finding.confidence?.rawValue ?? "", finding.product ?? "", finding.productVersion ?? "",
      finding.version ?? "", finding.vendor ?? "", finding.component ?? "",
      finding.platform ?? "", finding.isEmbedded ? "true" : "false", String(finding.size),
      finding.md5 ?? "", finding.sha1 ?? "", finding.sha256 ?? "",
    ]
    let when = [times.modified, times.created, times.accessed, times.changed].map {
      $0?.rfc3339 ?? ""
    }
    return [endpoint.name] + place(locator) + what + when + [
      times.areLocal ? "unknown" : "UTC", finding.inode ?? "",
      locator.runs.first.map { String($0.offset) } ?? "",
      finding.matches.map(\.rule).joined(separator: "; "),
      finding.reasons.joined(separator: "; "),
    ]
  }

  private static let productTitles = [
    "endpoint", "evidence", "volume", "product", "versions", "vendor", "edition", "installation",
    "installation_base64", "state", "confidence", "embedded", "components", "first_time",
    "last_time",
  ]

  private func cells(of product: ResultProduct, in scan: ResultScan) -> [String] {
    let components = product.components.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    return [
      scan.endpoint(of: product).name, product.evidence.shown,
      product.volume.map { String($0.index) } ?? "", product.product,
      product.versions.joined(separator: "; "), product.vendor ?? "", product.edition ?? "",
      product.installation.shown, base64(product.installation), product.state.rawValue,
      product.confidence.rawValue, product.isEmbedded ? "true" : "false",
      components.joined(separator: "; "), product.first?.rfc3339 ?? "", product.last?.rfc3339 ?? "",
    ]
  }

  /// Evidence, volume, path, its exact bytes if it is not UTF-8, stream and state.
  private func place(_ locator: Locator) -> [String] {
    [
      locator.evidence.shown, locator.volume.map { String($0.index) } ?? "", locator.path.shown,
      base64(locator.path), locator.stream?.shown ?? "", locator.state?.rawValue ?? "",
    ]
  }

  private func base64(_ path: RawPath) -> String {
    guard path.utf8 == nil, case .string(let text) = JSON.base64(path.bytes) else { return "" }
    return text
  }

  private func write(_ cells: [String], to index: Int) throws {
    // Only the first file is wanted on stdout.
    guard index < files.count else { return }
    try files[index].write(cells.map(Self.cell).joined(separator: ",") + "\r\n")
  }

  /// A cell without control characters, quoted where RFC 4180 section 2 requires that. A cell that
  /// a spreadsheet would treat as a formula gets an apostrophe in front.
  static func cell(_ text: String) -> String {
    var text = Printable.text(text)
    if let first = text.unicodeScalars.first, "=+-@＝＋－＠".unicodeScalars.contains(first) {
      text = "'" + text
    }
    guard text.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" }) else { return text }
    return "\"" + text.replacing(scalar: "\"", with: "\"\"") + "\""
  }
}
