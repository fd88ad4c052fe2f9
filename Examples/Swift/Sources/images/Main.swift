import Images
import Reports
import Targets
import Trawl

/// Scans targets as `trawl scan` does, disk images included, and prints JSON Lines.
@main
struct Main {
  static func main() throws {
    // The same program parses file systems, in processes of its own.
    ImageHelper.runIfRequested()
    FaultGuard.install()

    let paths = CommandLine.arguments.dropFirst().map { RawPath($0) }
    let targets = Targets(paths, as: .auto)
    let scan = Scan(targets.sources(), with: try RuleSet(.builtIn))
    let summary = try scan.run { print(JSONLinesReport.line(of: $0)) }

    // An own medium with the bytes of the first target must give the same findings.
    guard let path = paths.first else { return }
    let again = try Scan(
      [ImageSource(HostDisk(path), named: path)], with: try RuleSet(.builtIn)
    ).run { _ in }
    precondition(again.ledger.matched == summary.ledger.matched)
  }
}
