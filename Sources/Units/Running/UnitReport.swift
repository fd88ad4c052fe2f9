import Evidence
package import Findings
package import Reports

/// Writes the result of a unit: the lines of JSON Lines, and what joins it with others.
package final class UnitReport: RecordSink {
  private let output: any TextOutput

  /// Begins the result.
  package init(_ plan: PlanHeader, _ unit: WorkUnit, to output: any TextOutput) throws {
    self.output = output
    try write(UnitLine.text(PartLine.header, PartHeader(plan, unit)))
  }

  package func receive(_ record: Record) throws {
    switch record {
    case .finding(var finding):
      try write(JSONLinesReport.line(of: record))
      finding.matches = []
      try write(UnitLine.text(PartLine.piece, PartPiece.finding(finding)))
    case .summary(let summary):
      try write(UnitLine.text(PartLine.end, PartEnd(summary)))
      try write(JSONLinesReport.line(of: record))
    case .problem, .product, .context: try write(JSONLinesReport.line(of: record))
    }
  }

  /// Keeps a clean file that may belong to a product.
  func note(clean locator: Locator) throws {
    try write(UnitLine.text(PartLine.piece, PartPiece.clean(locator)))
  }

  private func write(_ line: String) throws { try output.write(line + "\n") }
}
