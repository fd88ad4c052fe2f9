import Benchmark
import Bytes
import Evidence
import Files

/// Only the walk: directories are read and items pushed; nothing is opened.
enum WalkBenchmarks {
  static func register() {
    Benchmark("walk", configuration: .engine.adding(.filesPerSecond)) { benchmark in
      let source = FileSource([RawPath(try Place.corpus())])
      benchmark.measure(as: .filesPerSecond) {
        let receiver = CountingReceiver()
        source.push(to: receiver)
        return receiver.count
      }
    } setup: {
      _ = try Place.corpus()
    }
  }
}
