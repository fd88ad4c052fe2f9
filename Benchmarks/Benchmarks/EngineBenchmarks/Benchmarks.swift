import Benchmark

/// What the benchmark library runs: every stage of an item's way alone, then all of them together.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .engine
  WalkBenchmarks.register()
  ReadingBenchmarks.register()
  MatchBenchmarks.register()
  ScanBenchmarks.register()
}
