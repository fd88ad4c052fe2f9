import Bytes
import Evidence
import Findings
package import Results

/// JSON Lines for Timesketch: one event for each time of a finding, with the three keys that its
/// importer requires (`message`, `datetime`, `timestamp_desc`) and `timestamp` in microseconds.
package struct TimesketchExport: FindingLines {
  package static let fileNames = ["timesketch.jsonl"]

  private let file: ReportFile

  package init(_ file: ReportFile) { self.file = file }

  package func write(_ finding: ResultFinding, of scan: ResultScan) throws {
    let times = finding.times
    for (time, description) in [
      (times.created, "Creation Time"), (times.modified, "Content Modification Time"),
      (times.changed, "Metadata Modification Time"), (times.accessed, "Last Access Time"),
    ] {
      if let time { try write(time, description, finding, finding.locator.path.shown, scan) }
    }
    for trace in finding.traces {
      if let written = trace.written {
        try write(
          written, "Recorded Time", finding, "\(trace.kind) \(Printable.text(trace.place))", scan)
      }
    }
  }

  private func write(
    _ time: Timestamp, _ description: String, _ finding: ResultFinding, _ subject: String,
    _ scan: ResultScan
  ) throws {
    guard let datetime = time.microsecondText else { return }
    let locator = finding.locator
    let endpoint = scan.endpoint(of: locator.evidence, isImage: locator.volume != nil)
    let name = finding.product ?? finding.component ?? finding.rule
    let line = JSON.object([
      ("message", .string("\(Printable.text(name)): \(subject)")),
      ("datetime", .string(datetime)),
      ("timestamp", .integer(time.microseconds)),
      ("timestamp_desc", .string(description)),
      ("time_zone", times(finding)),
      ("data_type", .string("trawl:finding")),
      ("hostname", .string(Printable.text(endpoint.name))),
      ("filename", .string(locator.path.shown)),
      ("evidence", .string(locator.evidence.shown)),
      ("confidence", finding.confidence.map { .string($0.rawValue) }),
      ("product", finding.product.map { .string(Printable.text($0)) }),
      ("product_version", finding.productVersion.map { .string(Printable.text($0)) }),
      ("component", finding.component.map { .string(Printable.text($0)) }),
      ("rule", .string(Printable.text(finding.rule))),
      ("state", locator.state.map { .string($0.rawValue) }),
      ("inode", finding.inode.map { .string(Printable.text($0)) }),
      ("md5_hash", finding.md5.map(JSON.string)),
      ("sha1_hash", finding.sha1.map(JSON.string)),
      ("sha256_hash", finding.sha256.map(JSON.string)),
    ])
    try file.write(line.line + "\n")
  }

  private func times(_ finding: ResultFinding) -> JSON? {
    finding.times.areLocal ? .string("unknown") : nil
  }
}

extension Timestamp {
  /// Microseconds from 1970-01-01; clamped, since a time in evidence may be any number.
  fileprivate var microseconds: Int64 {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    let (sum, isOver) = product.addingReportingOverflow(Int64(nanoseconds / 1000))
    return isOver ? .max : sum
  }

  /// ISO 8601 with six fractional digits and an offset; nil for a year of more than four digits.
  fileprivate var microsecondText: String? {
    guard let whole = Timestamp(seconds: seconds, nanoseconds: 0).rfc3339 else { return nil }
    let digits = String(nanoseconds / 1000)
    return whole.dropLast() + "." + String(repeating: "0", count: 6 - digits.count) + digits
      + "+00:00"
  }
}
