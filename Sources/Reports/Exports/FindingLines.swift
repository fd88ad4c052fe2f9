package import Results

/// A report in one file that has lines about findings, and nothing else.
package protocol FindingLines: ResultExport {
  init(_ file: ReportFile)

  /// Writes the lines of a finding.
  func write(_ finding: ResultFinding, of scan: ResultScan) throws
}

extension FindingLines {
  package init(_ results: ResultSet, to files: [ReportFile]) { self.init(files[0]) }

  package mutating func add(_ entry: ResultEntry, of scan: ResultScan) throws {
    if case .finding(let finding) = entry.record { try write(finding, of: scan) }
  }

  package mutating func finish() throws {}
}
