package import Evidence
package import Findings

/// First line of a unit's result.
package struct PartHeader: Hashable, Sendable, Codable {
  /// The plan, the unit, its rank and the number of units.
  package let plan: String
  package let unit: String
  package let number: Int
  package let of: Int
  /// Ranks of the evidence that the summary lists, among that of the plan.
  package let ranks: [Int]

  package init(_ plan: PlanHeader, _ unit: WorkUnit) {
    self.plan = plan.id
    self.unit = unit.id
    number = unit.number
    of = plan.units
    ranks = unit.ranks
  }
}

/// Record of a unit's result for the inventory of the whole scan: a finding without the matches of its strings, or a
/// clean file in a folder that may be a product's.
package enum PartPiece: Hashable, Sendable, Codable {
  case finding(Finding)
  case clean(Locator)
}

/// Line before the summary: what is added up.
package struct PartEnd: Hashable, Sendable, Codable {
  /// The ledger, under the names of ``Ledger/counts``.
  package var ledger: [String: UInt64]
  /// Numbers of findings by confidence; `unstated` without one.
  package var findings: [String: UInt64]
  package var notEntered: [NotEntered]
  package var media: [MediumAccount]
  package var wasInterrupted: Bool
  package var seconds: Double
  package var custody: Custody

  package init(_ summary: Summary) {
    ledger = Dictionary(summary.ledger.counts.map { ($0.name, $0.value) }) { $1 }
    findings = Dictionary(
      summary.findings.map { ($0.key?.rawValue ?? Self.unstated, UInt64(clamping: $0.value)) }
    ) { $1 }
    notEntered = summary.notEntered
    media = summary.media
    wasInterrupted = summary.wasInterrupted
    seconds = summary.seconds
    custody = summary.custody
  }

  /// Confidence of findings of rules that state none.
  static let unstated = "unstated"
}

/// Types of the lines that only results of units have.
package enum PartLine {
  package static let header = "part"
  package static let piece = "piece"
  package static let end = "part_end"
}
