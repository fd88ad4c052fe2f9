import Catalogue
import Findings
import Foundation
import Profiles
import TestSupport
import Traces

/// Fuzzer of registry hives, package databases, the logs of both, indexes of quarantines and prefetch files: TraceFuzz SECONDS [SEED]. A crash ends it,
/// and the last line names the seed to continue from. A round of more than two seconds is
/// reported and counts as a failure.
@main struct TraceFuzz {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 1, let seconds = Int(arguments[1]) else {
      print("usage: TraceFuzz SECONDS [SEED]")
      exit(64)
    }
    let first = arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : 1
    let samples = try TraceFixture.samples.map { (bytes: try $0.bytes, place: $0.place) }
    let logged = try TraceFixture.loggedHives.map { (hive: try $0.hive, logs: try $0.logs) }
    let databases = try (TraceFixture.loggedDatabases + TraceFixture.restoredDatabases).map {
      (bytes: try $0.database.bytes, kind: $0.kind, log: try $0.log, place: $0.place)
    }
    let end = ContinuousClock.now + .seconds(seconds)
    var seed = first
    var tally = (files: 0, traces: 0, problems: 0, slow: 0)
    while ContinuousClock.now < end {
      if (seed - first).isMultiple(of: 50_000) {
        print("seed \(seed): \(tally)")
        fflush(nil)
      }
      var random = SeededGenerator(seed: seed)
      let begin = ContinuousClock.now
      let reading: TraceReading
      if random.oneIn(8) {
        let sample = random.pick(databases)
        let database =
          random.oneIn(2) ? sample.bytes : TraceFixture.damaged(sample.bytes, &random)
        reading = TraceReading(
          database, [sample.kind: TraceFixture.damaged(sample.log, &random)], at: sample.place,
          VendorProfile.kaspersky.records)
      } else if random.oneIn(4) {
        let sample = random.pick(logged)
        let hive = random.oneIn(2) ? sample.hive : TraceFixture.damaged(sample.hive, &random)
        var logs = sample.logs
        for (kind, log) in logs { logs[kind] = TraceFixture.damaged(log, &random) }
        reading = TraceReading(hive, logs, at: .softwareHive, VendorProfile.kaspersky.records)
      } else {
        let sample = random.pick(samples)
        let bytes = TraceFixture.damaged(sample.bytes, &random)
        reading = TraceReading(
          bytes.span.bytes, at: sample.place, VendorProfile.kaspersky.records)
      }
      tally.files += 1
      tally.traces += reading.traces.count
      tally.problems += reading.problem == nil ? 0 : 1
      if ContinuousClock.now - begin > .seconds(2) {
        print("seed \(seed) took \(ContinuousClock.now - begin)")
        tally.slow += 1
      }
      seed += 1
    }
    print("seeds \(first)..<\(seed): \(tally)")
    exit(tally.slow == 0 ? 0 : 1)
  }
}
