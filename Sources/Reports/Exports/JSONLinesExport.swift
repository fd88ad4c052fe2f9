package import Results

/// JSON Lines again: the same records with the same keys, each written as this version writes it.
/// Lines that are not JSON become records of the type `defect`.
package struct JSONLinesExport: ResultExport {
  package static let fileNames = ["results.jsonl"]

  private let file: ReportFile

  package init(_ results: ResultSet, to files: [ReportFile]) { file = files[0] }

  package mutating func add(_ entry: ResultEntry, of scan: ResultScan) throws {
    try file.write(entry.line + "\n")
  }

  package mutating func finish() throws {}
}
