import Bytes
import Evidence
import Findings

/// Sum of the summaries of units. Numbers from outside may be anything: none overflows.
struct Totals {
  private var ledger = [String: UInt64]()
  private var findings = [String: UInt64]()
  private var notEntered = [NotEntered]()
  private var media = [(rank: Int, account: MediumAccount)]()
  private var evidence = [Int: EvidenceDescription]()
  private var wasInterrupted = false
  private var seconds = 0.0
  /// Custody of the unit with the least number, with the first start and the last end of all.
  private var custody: (number: Int, custody: Custody)?
  private var start: Timestamp?
  private var end: Timestamp?

  /// Places listed in a summary at most, as in that of a scan.
  private static let mostNotEntered = 1000
  /// Greatest count: sums of several are computed, too.
  private static let greatest = UInt64(1) << 55

  mutating func add(_ part: PartEnd, _ header: PartHeader) {
    for (name, count) in part.ledger { Self.add(count, to: &ledger[name, default: 0]) }
    for (name, count) in part.findings { Self.add(count, to: &findings[name, default: 0]) }
    if !part.notEntered.isEmpty {
      notEntered = Array(
        Set(notEntered + part.notEntered).sorted {
          ($0.path, $0.kind.rawValue) < ($1.path, $1.kind.rawValue)
        }.prefix(Self.mostNotEntered))
    }
    for account in part.media { media.append((header.ranks.first ?? 0, account)) }
    for (rank, description) in zip(header.ranks, part.custody.evidence) {
      evidence[rank] = description
    }
    wasInterrupted = wasInterrupted || part.wasInterrupted
    seconds += part.seconds
    if custody.map({ header.number < $0.number }) ?? true {
      custody = (header.number, part.custody)
    }
    start = [start, part.custody.start].compactMap(\.self).min()
    end = [end, part.custody.end].compactMap(\.self).max()
  }

  private static func add(_ count: UInt64, to sum: inout UInt64) {
    let (total, isTooLarge) = sum.addingReportingOverflow(count)
    sum = isTooLarge ? greatest : min(total, greatest)
  }

  func summary(isComplete: Bool) -> Summary {
    var block =
      custody?.custody
      ?? Custody(
        tool: "", libraries: [:], ruleSets: [], commandLine: [], host: "",
        start: Timestamp(seconds: 0, nanoseconds: 0), end: Timestamp(seconds: 0, nanoseconds: 0),
        evidence: [])
    block.start = start ?? block.start
    block.end = end ?? block.end
    block.evidence = evidence.sorted { $0.key < $1.key }.map(\.value)
    return Summary(
      ledger: Ledger(counts: ledger),
      findings: Dictionary(findings.map { (Confidence(rawValue: $0.key), Int(clamping: $0.value)) })
      { $0 &+ $1 },
      notEntered: notEntered,
      media: media.sorted { ($0.rank, $0.account.evidence) < ($1.rank, $1.account.evidence) }
        .map(\.account),
      wasInterrupted: wasInterrupted || !isComplete, seconds: seconds, custody: block)
  }
}

extension PartEnd {
  /// Whether a scan can end like this.
  func isPlausible(_ header: PartHeader) -> Bool {
    seconds.isFinite && seconds >= 0 && custody.evidence.count <= header.ranks.count
      && ledger.count <= 1000 && findings.count <= 1000
  }
}
