import Corpus
import Glibc

/// Folders of the scanned files. They are kept: every benchmark runs in its own process and
/// reuses the files of an earlier one.
enum Place {
  /// Folder of the corpus, created if necessary. `TRAWL_CORPUS_MB` is its size.
  static func corpus() throws -> String {
    let corpus = Corpus(
      megabytes: environment("TRAWL_CORPUS_MB").flatMap(Int.init) ?? Corpus.defaultMegabytes)
    let path = base + "/corpus-\(corpus.megabytes)"
    try corpus.prepare(at: path)
    return path
  }

  /// Folder of files of one size, created if necessary.
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
