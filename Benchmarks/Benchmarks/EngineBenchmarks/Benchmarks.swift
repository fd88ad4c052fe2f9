import Benchmark

/// Benchmarks: every stage of an item's processing alone, then all of them together.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .engine
  WalkBenchmarks.register()
  ReadingBenchmarks.register()
  MatchBenchmarks.register()
  ScanBenchmarks.register()
}
