import Catalogue
import Evidence
import Findings
import Profiles
import TestSupport
import Testing

@testable import Traces

/// Records in files at known places, with the problems that kept them from being read to the end.
@Suite struct TraceReadingTests {
  @Test(arguments: TraceFixture.samples("near-miss"))
  func othersAreNotAccused(_ sample: TraceFixture.Sample) throws {
    let bytes = try sample.bytes
    let reading = TraceReading(bytes.span.bytes, at: sample.place, VendorProfile.kaspersky.records)
    #expect(reading.traces == [])
    #expect(reading.problem == nil)
  }

  @Test func everyCutAndManyChangesAreSurvived() throws {
    for sample in try TraceFixture.samples.map({ ($0.place, try $0.bytes) }) {
      let (place, bytes) = sample
      for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 50)) {
        let reading = TraceReading(
          Array(bytes.prefix(length)).span.bytes, at: place, VendorProfile.kaspersky.records)
        // Never silently less.
        if place != .dpkgStatus { #expect(reading.problem != nil, "\(place) cut at \(length)") }
      }
      for seed in 0..<300 {
        var random = SeededGenerator(seed: UInt64(seed))
        let damaged = TraceFixture.damaged(bytes, &random)
        #expect(
          TraceReading(damaged.span.bytes, at: place, VendorProfile.kaspersky.records).traces.count
            <= 1000)
      }
    }
  }

  private static let names: RecordNames = {
    var names = RecordNames()
    names.registry.key = "Acme"
    return names
  }()

  private func read(
    _ bytes: [UInt8], _ logs: [RecordLog.Kind: [UInt8]]? = nil, at place: KnownPlace
  )
    -> TraceReading
  {
    guard let logs else { return TraceReading(bytes.span.bytes, at: place, Self.names) }
    return TraceReading(bytes, logs, at: place, Self.names)
  }

  private static let clean = HiveBuilder.hive([HiveBuilder.Key("Acme")])
  /// The same hive, whose last write was not completed.
  private static let dirty: [UInt8] = {
    var bytes = clean
    bytes.write(little: UInt32(2), at: 4)
    return HiveBuilder.seal(bytes)
  }()

  @Test func aCleanHiveHasNoProblem() {
    let found = read(Self.clean, at: .softwareHive)
    #expect(found.traces.map(\.place) == [#"HKLM\SOFTWARE\Acme"#])
    #expect(found.problem == nil && !found.needsLogs && found.appliedLogs.isEmpty)
    #expect(read(Self.clean, [:], at: .softwareHive).problem == nil)
    // The same keys are none of the company's elsewhere.
    #expect(read(Self.clean, at: .systemHive).traces.isEmpty)
    #expect(read(Self.clean, at: .userHive).traces.isEmpty)
  }

  @Test func aDirtyHiveNeedsItsLogs() {
    let alone = read(Self.dirty, at: .softwareHive)
    #expect(alone.needsLogs && alone.problem?.reason == .unsupported && alone.traces.count == 1)
    let none = read(Self.dirty, [:], at: .softwareHive)
    #expect(none.needsLogs && none.problem == alone.problem)
    let unfit = read(Self.dirty, [.first: [1, 2, 3]], at: .softwareHive)
    #expect(unfit.needsLogs && unfit.problem?.reason == .unreadable && unfit.traces.count == 1)
  }

  @Test func damageOfADirtyHiveNamesTheLogs() {
    var bytes = Self.dirty
    bytes.removeLast(100)
    let found = read(bytes, at: .softwareHive)
    #expect(found.problem?.reason == .unreadable && found.needsLogs)
    #expect(found.problem?.message.contains("100 bytes are missing") == true)
    #expect(found.problem?.message.contains(".LOG1") == true)
    let clean = read(Array(Self.clean.dropLast(100)), at: .softwareHive)
    #expect(clean.problem?.message.contains("RegBack") == true && !clean.needsLogs)
    let empty = read(Array(Self.dirty.prefix(512)), at: .softwareHive)
    #expect(empty.traces.isEmpty && empty.needsLogs && empty.problem?.reason == .unreadable)
  }

  @Test func aLogWithoutItsDatabaseIsSaid() throws {
    let log = try #require(TraceFixture.loggedDatabases.first).log
    let found = read(log, at: .databaseLog)
    #expect(found.problem == TraceReading.logHasNoDatabase && found.needsLogs)
    let empty = read([], at: .databaseLog)
    #expect(empty.problem == nil && !empty.needsLogs)
  }

  @Test func recordsComeInTheOrderOfTheirKinds() {
    let kinds: [Trace.Kind] = [.settings, .service, .package, .installation, .package]
    let traces = kinds.enumerated().map { Trace(kind: $1, place: "\($0)") }
    let found = TraceReading(traces, nil)
    #expect(found.traces.map(\.place) == ["3", "2", "4", "1", "0"])
  }

  @Test func aDatabaseWithoutALogKindReadsItAlone() throws {
    // dpkg has no logs: what is beside it is not read with it.
    let text = Array("Package: x\nStatus: install ok installed\nVersion: 1\n".utf8)
    let found = read(text, [.first: Self.clean, .writeAhead: Self.clean], at: .dpkgStatus)
    #expect(found.traces.isEmpty && found.problem == nil && found.appliedLogs.isEmpty)
  }
}
