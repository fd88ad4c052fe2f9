import Bytes
import Evidence
import Findings

/// Summary for people: findings, bytes read, and items not scanned.
package enum SummaryText {
  static func text(of summary: Summary) -> String {
    let ledger = summary.ledger
    var lines = [findings(of: summary)]
    lines.append(
      "\(ledger.seen) items: \(ledger.matched) matched, \(ledger.clean) clean, "
        + "\(ledger.skippedCount) skipped, \(ledger.failedCount) failed; "
        + "\(bytes(ledger.bytesRead)) of \(bytes(ledger.bytesPresent)) read in "
        + "\(hundredths(summary.seconds)) s")
    lines.append(
      "excluded by size and first bytes: \(ledger.excludedByGate), by a search: "
        + "\(ledger.excludedBySieve); condition-only: \(ledger.evaluatedWithoutScan); "
        + "scanned whole: \(ledger.scannedByLibyara)")
    if let reason = summary.custody.withoutSieve {
      lines.append("prefilter not used: \(reason)")
    }
    if ledger.verified > 0 {
      lines.append(
        "exclusions checked with libyara: \(ledger.verified), "
          + (ledger.sieveDifferences == 0
            ? "no difference" : "DIFFERENT: \(ledger.sieveDifferences), a defect of Trawl"))
    }
    lines += reasons("skipped", ledger.skipped) + reasons("failed", ledger.failed)
    let ignored = IgnoredKind.allCases.compactMap { kind in
      ledger.ignored[kind].map { "\($0) \(kind.rawValue.replacing("_", with: " "))" }
    }
    if !ignored.isEmpty { lines.append("ignored: \(ignored.joined(separator: ", "))") }
    if !ledger.left.isEmpty {
      let kinds = ledger.left.sorted { $0.key.rawValue < $1.key.rawValue }
      lines.append(
        "archives not opened: \(kinds.map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", "))"
      )
    }
    lines += summary.media.map(text)
    if let file = summary.custody.caseFile {
      lines.append("case \(file.file.shown), chain head \(file.head)")
    }
    if summary.wasInterrupted { lines.append("INTERRUPTED: the scan was stopped early.") }
    lines.append(
      summary.isComplete
        ? "Complete: every item was read to its end."
        : "INCOMPLETE: what was not scanned is not clean.")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func text(of medium: MediumAccount) -> String {
    let parts: [(String, UInt64)] = [
      ("in items", medium.items), ("metadata", medium.metadata), ("slack", medium.slack),
      ("carved", medium.carved), ("unallocated", medium.unallocated),
      ("unpartitioned", medium.gaps), ("not read", medium.unread),
    ]
    let shown = parts.filter { $0.1 > 0 }.map { "\(bytes($0.1)) \($0.0)" }
    var text = "\(medium.evidence.shown): \(bytes(medium.size)): \(shown.joined(separator: ", "))"
    if medium.knownZeros > 0 { text += "; \(bytes(medium.knownZeros)) of it known to be zeros" }
    if let chunks = medium.chunks {
      text +=
        "; \(chunks.needed) chunks decoded \(chunks.decoded) times, plus \(chunks.decodedByHelpers) for"
        + " file system metadata"
    }
    return text
  }

  private static func findings(of summary: Summary) -> String {
    let total = summary.findings.values.reduce(0, +)
    guard total > 0 else { return "No finding." }
    let parts = Confidence.allCases.reversed().compactMap { confidence in
      summary.findings[confidence].map { "\($0) \(confidence.rawValue)" }
    }
    let unstated = summary.findings[nil].map { ["\($0) without a stated confidence"] } ?? []
    return "\(total) \(total == 1 ? "finding" : "findings"): "
      + (parts + unstated).joined(separator: ", ")
  }

  private static func reasons(_ title: String, _ counts: [ItemProblem.Reason: Int]) -> [String] {
    counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { reason, count in
      "\(title): \(count) \(reason.rawValue.replacing("_", with: " "))"
    }
  }

  /// Formats bytes in the largest decimal unit that leaves a whole number before the point.
  package static func bytes(_ count: UInt64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
    var value = Double(count)
    var unit = 0
    // A size that hundredths round up to 1000 belongs to the next unit.
    while (value * 100).rounded() >= 100_000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return unit == 0 ? "\(count) B" : "\(hundredths(value)) \(units[unit])"
  }

  private static func hundredths(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
