import Benchmark

extension Benchmark.Configuration {
  /// Measurement of every benchmark, and tolerances of a check.
  static var engine: Self {
    Self(
      metrics: [.wallClock, .throughput, .peakMemoryResident],
      warmupIterations: 1,
      maxDuration: .seconds(3),
      maxIterations: 200,
      thresholds: [
        // Time is compared between two runs on one machine, which others may share.
        .wallClock: BenchmarkThresholds(relative: [.p90: 40]),
        .throughput: BenchmarkThresholds(relative: [.p90: 40]),
        // Memory is much the same on every machine. It is sampled: short peaks may be missed.
        .peakMemoryResident: BenchmarkThresholds(relative: [.p90: 30]),
      ])
  }

  /// The same for a benchmark whose iterations take seconds.
  var slow: Self {
    var configuration = self
    configuration.maxDuration = .seconds(20)
    configuration.maxIterations = 10
    return configuration
  }

  /// The same with a further metric, such as ``BenchmarkMetric/megabytesPerSecond``.
  func adding(_ metric: BenchmarkMetric) -> Self {
    var configuration = self
    configuration.metrics.append(metric)
    return configuration
  }
}

extension BenchmarkMetric {
  /// Millions of bytes per second. The library's own `throughput` counts whole iterations.
  static let megabytesPerSecond = BenchmarkMetric.custom(
    "megabytesPerSecond", polarity: .prefersLarger, useScalingFactor: false)

  /// Files per second.
  static let filesPerSecond = BenchmarkMetric.custom(
    "filesPerSecond", polarity: .prefersLarger, useScalingFactor: false)
}

extension Benchmark {
  /// Measures `body`, which returns the amount of its work, and records the amount per second as
  /// `metric`.
  func measure(as metric: BenchmarkMetric, _ body: () throws -> Int) rethrows {
    let start = ContinuousClock.now
    startMeasurement()
    let amount = try body()
    stopMeasurement()
    let time = (ContinuousClock.now - start) / Duration.seconds(1)
    measurement(metric, Int(Double(amount) / time))
  }
}
