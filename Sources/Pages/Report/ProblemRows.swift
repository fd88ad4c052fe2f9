import Bytes
import Evidence
import Reports
import Results

/// The first items that were not scanned, with the remedy.
struct ProblemRows {
  private(set) var rows = [JSON]()

  mutating func add(_ entry: ResultEntry, of scan: ResultScan) {
    guard rows.count < PageSummary.most else { return }
    switch entry.record {
    case .problem(let problem):
      let locator = problem.locator
      let volume = locator.volume.map { "\(locator.evidence.shown), volume \($0.index): " } ?? ""
      add(
        "\(problem.outcome): \(problem.reason.replacing("_", with: " "))",
        volume + locator.path.shown, problem.message, scan)
    case .defect(let defect):
      add("result line", "\(scan.source.shown), line \(defect.line)", defect.message, scan)
    case .finding, .product, .context, .summary, .other: break
    }
  }

  private mutating func add(
    _ reason: String, _ path: String, _ message: String, _ scan: ResultScan
  ) {
    rows.append(
      .object([
        ("reason", .string(reason)), ("path", .string(path)), ("message", .string(message)),
        ("machine", .string(scan.machineName)),
      ]))
  }
}
