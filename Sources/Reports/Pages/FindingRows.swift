import Bytes
import Evidence
import Findings
import Results

/// Findings as data for the script of the page: rows with what is sorted and filtered, and the
/// evidence behind them in blocks that are parsed only when one of their findings is opened.
struct FindingRows {
  /// Findings in a block; the script knows the number.
  static let chunk = 2000
  static let confidences = ["weak", "claimed", "strong", "confirmed", "unstated"]
  /// Matches of strings that are shown for one finding.
  private static let mostStrings = 20

  private var texts = [String]()
  private var ranks = [String: Int]()
  private var rows = [JSON]()
  private var details = [JSON]()
  private var chunks = 0

  init() { _ = rank(of: "") }

  mutating func add(_ finding: ResultFinding, of scan: ResultScan, to file: ReportFile) throws {
    rows.append(row(finding, of: scan))
    details.append(detail(finding))
    if rows.count == Self.chunk { try flush(to: file) }
  }

  mutating func finish(to file: ReportFile) throws {
    try flush(to: file)
    let strings = JSON.object([
      ("confidence", .array(Self.confidences.map(JSON.string))),
      ("texts", .array(texts.map(JSON.string))),
    ])
    try file.write("<script type=\"application/json\" id=\"strings\">")
    try file.write(HTMLText.data(strings) + "</script>\n")
  }

  private mutating func flush(to file: ReportFile) throws {
    guard !rows.isEmpty else { return }
    try file.write("<script type=\"application/json\" class=\"rows\">")
    try file.write(HTMLText.data(.array(rows)) + "</script>\n")
    try file.write("<script type=\"application/json\" id=\"d\(chunks)\">")
    try file.write(HTMLText.data(.array(details)) + "</script>\n")
    rows = []
    details = []
    chunks += 1
  }

  /// Rank in the table of texts, in which each text is once.
  private mutating func rank(of text: String) -> Int {
    let text = Printable.text(text)
    if let rank = ranks[text] { return rank }
    ranks[text] = texts.count
    texts.append(text)
    return texts.count - 1
  }

  private mutating func text(_ text: String?) -> JSON { .integer(Int64(rank(of: text ?? ""))) }

  private mutating func row(_ finding: ResultFinding, of scan: ResultScan) -> JSON {
    let locator = finding.locator
    let endpoint = scan.endpoint(of: locator.evidence, isImage: locator.volume != nil)
    let confidence = finding.confidence?.rawValue ?? "unstated"
    return .array([
      .integer(Int64(Self.confidences.firstIndex(of: confidence) ?? 0)),
      .string(locator.path.shown + (locator.stream.map { ":" + $0.shown } ?? "")),
      text(finding.product), text(finding.productVersion ?? finding.version),
      text(finding.component), text(endpoint.name), text(locator.state?.rawValue),
      // Numbers of JavaScript are exact up to 2^53.
      .unsigned(min(finding.size, 1 << 53)),
      .string(finding.times.modified?.rfc3339.map { String($0.prefix(19)) } ?? ""),
      .string(finding.sha256 ?? ""),
    ])
  }

  private mutating func detail(_ finding: ResultFinding) -> JSON {
    let locator = finding.locator
    let zone = finding.times.areLocal ? " (time zone unknown)" : ""
    func time(_ time: Timestamp?) -> String? { time?.rfc3339.map { $0 + zone } }
    let more: [(String, String?)] = [
      ("Evidence", locator.evidence.shown),
      (
        "Volume",
        locator.volume.map { "\($0.index): \($0.type), \($0.length) bytes at byte \($0.start)" }
      ),
      ("State", locator.state?.rawValue), ("Inode", finding.inode),
      (
        "Place",
        locator.runs.first.map { run in
          "byte \(run.offset)" + (locator.runs.count > 1 ? ", in \(locator.runs.count) runs" : "")
        }
      ),
      ("File version", finding.version), ("Vendor", finding.vendor),
      ("Embedded", finding.isEmbedded ? "in another vendor's product" : nil),
      ("Size", "\(finding.size) bytes"), ("MD5", finding.md5), ("SHA-1", finding.sha1),
      ("SHA-256", finding.sha256 ?? "not known: part of the content could not be read"),
      ("Created", time(finding.times.created)), ("Modified", time(finding.times.modified)),
      ("Accessed", time(finding.times.accessed)), ("Changed", time(finding.times.changed)),
    ]
    let pairs = more.compactMap { name, value in
      value.map { JSON.array([.string(name), .string(Printable.text($0))]) }
    }
    var reasons = [JSON]()
    for reason in finding.reasons { reasons.append(text(reason)) }
    var rules = [JSON]()
    for match in finding.matches { rules.append(text(match.rule)) }
    let strings = finding.matches.lazy.flatMap(\.strings).prefix(Self.mostStrings).map { string in
      JSON.array([
        .string(Printable.text(string.identifier)), .string(String(string.offset)),
        .string(String(string.length)), .string(Hexadecimal.text(of: string.data)),
      ])
    }
    let signatures = finding.codeSignatures.map { Self.text($0) }
    let traces = finding.traces.map { Self.text($0) }
    return .object([
      ("reasons", .array(reasons)), ("rules", .array(rules)), ("more", .array(pairs)),
      ("strings", strings.isEmpty ? nil : .array(Array(strings))),
      ("signatures", signatures.isEmpty ? nil : .array(signatures)),
      ("traces", traces.isEmpty ? nil : .array(traces)),
    ])
  }

  private static func text(_ signature: ResultCodeSignature) -> JSON {
    let parts: [String?] = [
      signature.organization ?? signature.signer ?? "signer not in the file",
      signature.isValid ? "valid" : "NOT VALID (digest \(signature.digest))",
      signature.programName.map { "program \($0)" }, signature.issuer.map { "issuer \($0)" },
      signature.timestampTime?.rfc3339.map { "timestamp \($0)" },
    ]
    return .string(Printable.text(parts.compactMap(\.self).joined(separator: "; ")))
  }

  private static func text(_ trace: ResultTrace) -> JSON {
    let parts: [String?] = [
      "\(trace.kind) \(trace.place)", trace.product, trace.version, trace.folder, trace.program,
      trace.isActive.map { $0 ? "active" : "not active" }, trace.written?.rfc3339,
    ]
    return .string(Printable.text(parts.compactMap(\.self).joined(separator: "; ")))
  }
}
