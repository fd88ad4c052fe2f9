import Benchmark
import Bytes
import Evidence
import Files
import Findings
import Trawl

/// The engine without a file system: a part of the corpus in memory, the built-in signatures.
enum MatchBenchmarks {
  /// Bytes of the corpus held in memory, which count as the benchmark's.
  private static let capacity = 64 << 20

  static func register() {
    Benchmark("match", configuration: .engine.slow.adding(.megabytesPerSecond)) { benchmark in
      let prepared = try Prepared.shared.get()
      try benchmark.measure(as: .megabytesPerSecond) {
        let summary = try Scan([prepared.source], with: prepared.ruleSet).run(sink: NoSink())
        return Int(summary.ledger.bytesRead) / 1_000_000
      }
    } setup: {
      _ = try Prepared.shared.get()
    }
  }

  /// Prepared once per process, before anything is measured.
  private struct Prepared: Sendable {
    let source: MemorySource
    let ruleSet: RuleSet

    static let shared = Result { try Prepared() }

    init() throws {
      let collector = ContentCollector(capacity: capacity)
      FileSource([RawPath(try Place.corpus())]).push(to: collector)
      source = MemorySource(collector.contents)
      ruleSet = try RuleSet(.kaspersky)
    }
  }
}
