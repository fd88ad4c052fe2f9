import Bytes
internal import FoundationEssentials
import Results

/// Benchmarks as JSON.
enum BenchFile {
  /// Benchmark as an object on one line.
  static func text(of result: BenchResult) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(result), as: UTF8.self) + "\n"
  }

  /// Reads a benchmark that `trawl bench` wrote.
  static func read(_ path: RawPath) throws -> BenchResult {
    var reader = try LineReader(path)
    guard case .text(let line, _)? = try reader.next(), (try? JSON(parsing: line)) != nil,
      let result = try? JSONDecoder().decode(BenchResult.self, from: Data(line)),
      result.schema == 1, result.type == "benchmark"
    else { throw Failure("\(path.shown): no benchmark of trawl bench --format json") }
    return result
  }
}
