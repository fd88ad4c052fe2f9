import Bytes
import Catalogue
import Findings
import Profiles
import Reports
import Results
import Units

/// Joins the results of a plan's units.
struct UnitsMerge {
  private let files: [RawPath]

  /// Numbers of missing units that are named.
  private static let mostNamed = 10

  init(_ files: [RawPath], _ namesByFile: Bool) throws {
    guard !namesByFile else {
      throw Failure("--names-by-file: units belong to one scan; join them first")
    }
    self.files = files
  }

  /// Writes the results of the whole scan; returns whether everything was scanned.
  func write(to destination: OutputFile, _ terminal: Terminal) throws -> Bool {
    var join = UnitJoin(VendorProfile.kaspersky.products)
    for path in files {
      guard let result = try UnitResult(path) else {
        throw Failure(
          "\(path.shown): no result of trawl run; join the units first, then their result with others"
        )
      }
      try join.add(result, say: terminal.message)
    }
    let file = ReportFile(destination)
    var deployments = DeploymentCounter()
    let summary = try join.drain { line in
      try file.write(line + "\n")
      deployments.add(ResultEntry(line: Array(line.utf8), number: 0))
    }
    try file.flush()
    try destination.finish()
    let counts = join.counts
    try StandardOutput().write(DeploymentTable.text(of: deployments.all))
    terminal.message(
      "\(counts.joined) of \(counts.units) units, \(counts.duplicates) of them duplicates;"
        + " \(counts.findings) findings")
    if counts.damaged > 0 { terminal.message("\(counts.damaged) results cannot be read") }
    if counts.missing > 0 {
      let named = join.missing(Self.mostNamed).map(String.init).joined(separator: ", ")
      let more = counts.missing > Self.mostNamed ? " and others" : ""
      terminal.message("units without a result: \(named)\(more); trawl run scans them")
    }
    return summary.isComplete
  }
}
