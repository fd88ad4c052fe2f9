import Corpus
import Glibc

/// Where the files that are scanned lie. They stay there: every benchmark runs in a process of its own
/// and finds what an earlier one made.
enum Place {
  /// The folder of the corpus, made if need be. `TRAWL_CORPUS_MB` gives its size.
  static func corpus() throws -> String {
    let corpus = Corpus(
      megabytes: environment("TRAWL_CORPUS_MB").flatMap(Int.init) ?? Corpus.defaultMegabytes)
    let path = base + "/corpus-\(corpus.megabytes)"
    try corpus.prepare(at: path)
    return path
  }

  /// The folder of files of one size, made if need be.
  static func folder(of files: EqualFiles) throws -> String {
    let path = base + "/equal-\(files.size)-\(files.count)"
    try files.prepare(at: path)
    return path
  }

  /// `TRAWL_BENCHMARK_FILES`, or a folder in the system's place for temporary files.
  private static let base =
    environment("TRAWL_BENCHMARK_FILES")
    ?? (environment("TMPDIR") ?? "/tmp") + "/trawl-benchmarks-\(Corpus.version)"

  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
