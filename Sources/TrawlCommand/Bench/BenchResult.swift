import Findings

/// Figures of one benchmark, as `trawl bench` writes them.
struct BenchResult: Codable {
  /// Times of several runs in seconds.
  struct Times: Codable {
    var median: Double
    var least: Double
    var greatest: Double

    init(_ seconds: [Double]) {
      let sorted = seconds.sorted()
      median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
      least = sorted.first ?? 0
      greatest = sorted.last ?? 0
    }
  }

  /// Cost of a stage on one thread.
  struct Stage: Codable {
    var name: String
    var items: Int
    var bytes: UInt64
    var seconds: Double
  }

  /// Cost of a rule: the items that the prefilter leaves for it, and libyara's time for it alone.
  struct Rule: Codable {
    var rule: String
    var items: Int
    var bytes: UInt64
    var seconds: Double
  }

  /// Comparison with `yara` on the same rules and files.
  struct Peer: Codable {
    var name: String
    var version: String
    var seconds: Times
    /// Time of `trawl match` with the same arguments.
    var trawl: Times
    /// The peer's median over trawl's: above 1, trawl is faster.
    var ratio: Double
    /// Whether both print the same lines.
    var equal: Bool
  }

  var schema = 1
  var type = "benchmark"
  var tool: String
  var libraries: [String: String]
  var rules: [RuleSetRecord]
  var targets: [String]
  var jobs: Int
  var runs: Int
  /// Time of compiling the rules, without a cache.
  var compile: Double
  /// Wall and processor times of complete scans.
  var scan: Times
  var processor: Times
  /// Counts of a scan, under their names in JSON Lines.
  var items: Int
  var bytes: UInt64
  var bytesRead: UInt64
  var candidates: Int
  var findings: Int
  /// Greatest memory of the process in bytes.
  var memory: UInt64
  var stages: [Stage]
  var ruleCosts: [Rule]
  var peer: Peer?

  private enum CodingKeys: String, CodingKey {
    case schema, type, tool, libraries, rules, targets, jobs, runs, compile, scan, processor, items
    case bytes, candidates, findings, memory, stages, peer
    case bytesRead = "bytes_read"
    case ruleCosts = "rule_costs"
  }
}
