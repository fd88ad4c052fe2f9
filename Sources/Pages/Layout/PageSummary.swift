import Bytes
import Evidence
import Findings
import Reports
import Results

/// The beginning of all pages: the verdict, products, items that were not scanned, and the scans.
struct PageSummary {
  /// Rows of a table without a script of its own; a fleet has many more.
  static let most = 500

  let title: String
  let verdict: JSON
  let products: [JSON]
  let moreProducts: JSON?
  let endpoints: Int
  /// Items that were not scanned, by reason.
  let reasons: [JSON]
  let scans: [JSON]
  let moreScans: JSON?
  let moreProblems: JSON?

  init(_ results: ResultSet) {
    let deployments = Deployment.all(in: results)
    let names = Set(deployments.filter { $0.state != .remnants }.map(\.product))
    let remnants = Set(deployments.map(\.product)).subtracting(names)
    endpoints = results.endpoints.count
    let affected = deployments.reduce(into: Set<Endpoint>()) { $0.formUnion($1.endpoints) }
    let findings = results.scans.reduce(0) { $0 + $1.findings.values.reduce(0, +) }
    let incomplete = results.scans.filter { !$0.isComplete }.count
    let machines = Self.count(affected.count, "endpoint")
    title = "Scan report: \(Self.count(results.endpoints.count, "endpoint"))"
    var sentences = [String]()
    if names.isEmpty, remnants.isEmpty {
      sentences.append(
        findings == 0
          ? "Nothing was found." : "No product was found; \(findings) findings are listed below.")
    } else {
      if !names.isEmpty {
        sentences.append("\(Self.count(names.count, "product")) found, on \(machines).")
      }
      if !remnants.isEmpty {
        sentences.append(
          "Of \(Self.count(remnants.count, names.isEmpty ? "product" : "further product")) only remnants"
            + " are left: records, settings or deleted files.")
      }
    }
    sentences.append(
      incomplete == 0
        ? "Everything was scanned."
        : "NOT everything was scanned (\(incomplete) of \(Self.count(results.scans.count, "scan")));"
          + " what was not scanned may hold more.")
    verdict = .object([
      ("sentences", .array(sentences.map(JSON.string))),
      (
        "class",
        .string(
          names.isEmpty && remnants.isEmpty ? (incomplete == 0 ? "clear" : "open") : "found")
      ),
    ])
    products = deployments.prefix(Self.most).map(Self.values)
    moreProducts = Self.more(deployments.count)
    var counts = [String: Int]()
    for scan in results.scans {
      // The summary also counts problems without a line: items that were still queued.
      for (outcome, reasons) in [
        ("skipped", scan.summary?.skipped ?? [:]), ("failed", scan.summary?.failed ?? [:]),
      ] {
        for (reason, count) in reasons { counts["\(outcome): \(reason)", default: 0] += count }
      }
      if scan.summary == nil {
        for (reason, count) in scan.problems { counts[reason, default: 0] += count }
        counts["results that were cut off", default: 0] += 1
      }
      if scan.defects > 0 {
        counts["lines of results that cannot be read", default: 0] += scan.defects
      }
    }
    reasons = counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map {
      .object([
        ("reason", .string($0.key.replacing("_", with: " "))), ("count", .integer(Int64($0.value))),
      ])
    }
    let problems = results.scans.reduce(0) { $0 + $1.problems.values.reduce(0, +) + $1.defects }
    moreProblems = Self.more(problems)
    scans = results.scans.prefix(Self.most).map(Self.values)
    moreScans = Self.more(results.scans.count)
  }

  private static func more(_ count: Int) -> JSON? {
    count > most ? .integer(Int64(count - most)) : nil
  }

  static func count(_ count: Int, _ word: String) -> String {
    "\(count) \(word)\(count == 1 ? "" : "s")"
  }

  private static func values(_ row: Deployment) -> JSON {
    let names = row.endpoints.sorted().prefix(5).map(\.name)
    let rest = row.endpoints.count - names.count
    return .object([
      ("product", .string(row.product)), ("version", .string(row.version ?? "not stated")),
      ("vendor", row.vendor.map(JSON.string)), ("state", .string(row.state.rawValue)),
      ("embedded", .boolean(row.isEmbedded)), ("confidence", .string(row.confidence.rawValue)),
      ("count", .integer(Int64(row.endpoints.count))),
      (
        "names",
        .string(names.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : ""))
      ),
    ])
  }

  private static func values(_ scan: ResultScan) -> JSON {
    let summary = scan.summary
    let ledger: [(key: String, value: JSON?)] = ["seen", "matched", "clean", "skipped", "failed"]
      .map {
        ($0, .integer(Int64(summary?.items[$0] ?? 0)))
      }
    let read = SummaryText.bytes(summary?.bytesRead ?? 0)
    let present = SummaryText.bytes(summary?.bytesPresent ?? 0)
    let head: [(key: String, value: JSON?)] = [
      ("machine", .string(scan.machineName)), ("source", .string(scan.source.shown)),
      ("identifier", scan.identifier.map(JSON.string)),
      ("complete", .string(completeness(of: scan))),
      ("partly", .integer(Int64(summary?.partlyRead ?? 0))),
      ("read", .string(read)), ("present", .string(present)),
    ]
    return .object(head + ledger + values(summary?.custody))
  }

  private static func completeness(of scan: ResultScan) -> String {
    if scan.isComplete { return "complete" }
    guard let summary = scan.summary else { return "CUT OFF" }
    return summary.wasInterrupted ? "INTERRUPTED" : "INCOMPLETE"
  }

  private static func values(_ custody: ResultCustody?) -> [(key: String, value: JSON?)] {
    guard let custody else { return [] }
    let libraries = custody.libraries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let rules = custody.ruleSets.map { rules in
      JSON.object([("name", .string(rules.name)), ("sha256", .string(rules.sha256))])
    }
    let evidence = custody.evidence.prefix(20).map { evidence in
      JSON.object([("name", .string(evidence.name.shown)), ("kind", .string(evidence.kind))])
    }
    return [
      ("tool", .string(custody.tool)),
      ("libraries", .string(libraries.joined(separator: ", "))), ("rules", .array(rules)),
      ("command", .string(custody.commandLine.joined(separator: " "))),
      ("start", .string(custody.start?.rfc3339 ?? "")),
      ("end", .string(custody.end?.rfc3339 ?? "")),
      ("head", custody.chainHead.map(JSON.string)), ("evidence", .array(evidence)),
    ]
  }
}
