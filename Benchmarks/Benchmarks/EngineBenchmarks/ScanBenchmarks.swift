import Benchmark
import Bytes
import Files
import Findings
import Reports
import Trawl

/// Complete scans: the work of `trawl scan --format jsonl` on the corpus, without starting a
/// process and writing to a file.
enum ScanBenchmarks {
  static func register() {
    Benchmark("scan", configuration: .engine.slow.adding(.megabytesPerSecond)) { benchmark in
      let source = FileSource([RawPath(try Place.corpus())])
      let ruleSet = try RuleSet(.kaspersky)
      try benchmark.measure(as: .megabytesPerSecond) {
        let summary = try Scan([source], with: ruleSet).run(sink: JSONLinesReport(NoOutput()))
        return Int(summary.ledger.bytesRead) / 1_000_000
      }
    } setup: {
      _ = try Place.corpus()
      // As in the command: without it nothing is mapped.
      FaultGuard.install()
    }
  }
}
