import Benchmark
import Bytes
import Corpus
import Evidence
import Files

/// Reading against mapping, for files of one size: the basis of `ReadingPolicy.bufferCapacity`.
///
/// The engine's `ContentReader` is not public, and behind a `Scan` libyara's pass of 0.7 GB/s
/// would hide the difference. So the items of a `FileSource` are opened and read through the
/// public protocol, as the engine does it, and a cheap pass over the bytes replaces the scan.
enum ReadingBenchmarks {
  /// 4 KiB to 64 MiB.
  private static let sizes = [4 << 10, 64 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20]
  /// Total bytes of the files of one size.
  private static let total = 128 << 20

  static func register() {
    for size in sizes {
      for way in ReadingReceiver.Way.allCases {
        register(EqualFiles(size: size, total: total), way)
      }
    }
  }

  private static func register(_ files: EqualFiles, _ way: ReadingReceiver.Way) {
    // Shared by all iterations: a worker of the engine keeps its buffer, too.
    let receiver = ReadingReceiver(way, capacity: files.size)
    Benchmark(
      "read-\(name(of: files.size))-\(way)",
      configuration: .engine.adding(.megabytesPerSecond)
    ) { benchmark in
      let source = FileSource([RawPath(try Place.folder(of: files))])
      benchmark.measure(as: .megabytesPerSecond) {
        source.push(to: receiver)
        return files.total / 1_000_000
      }
      if let failure = receiver.takeFailure(expecting: files.total) { benchmark.error(failure) }
    } setup: {
      _ = try Place.folder(of: files)
    }
  }

  /// Name of a benchmark, without spaces: the library does not find thresholds under names with
  /// spaces.
  private static func name(of size: Int) -> String {
    size < 1 << 20 ? "\(size >> 10)KiB" : "\(size >> 20)MiB"
  }
}
