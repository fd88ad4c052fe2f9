import Evidence
import Findings
import TestSupport
import Testing
import Traces

/// A damaged file gives what can be read, and says that it is damaged.
@Suite struct DamagedHiveTests {
  private let hive = TraceFixture.samples("installed")[0]

  private func reading(_ change: (inout [UInt8]) -> Void) throws -> TraceReading {
    var bytes = try hive.bytes
    change(&bytes)
    return TraceReading(bytes.span.bytes, at: hive.place)
  }

  @Test func sequenceNumbersThatDifferSayThatLogsAreNotApplied() throws {
    let reading = try reading { bytes in
      // The primary sequence number, and the checksum that goes with it.
      bytes[4] ^= 1
      bytes[508] ^= 1
    }
    #expect(reading.traces.count == 9)
    #expect(reading.problem?.reason == .unsupported)
    #expect(reading.problem?.message.contains(".LOG1") == true)
  }

  @Test func aChecksumThatDoesNotHoldSaysTheSame() throws {
    #expect(try reading { $0[60] ^= 0x10 }.problem?.reason == .unsupported)
  }

  @Test func aHiveThatIsCutOffIsDamaged() throws {
    let reading = try reading { $0.removeLast(4096) }
    #expect(reading.problem?.reason == .unreadable)
    #expect(reading.problem?.message.contains("4096 bytes are missing") == true)
  }

  @Test func aHiveWithoutARootHasNothingButAProblem() throws {
    for length in [0, 4, 48, 511, 512, 4096, 4200] {
      let reading = try reading { $0.removeLast($0.count - length) }
      #expect(reading.traces.isEmpty)
      #expect(reading.problem?.reason == .unreadable)
    }
  }

  @Test func aListThatLeadsInCirclesEnds() throws {
    let shapes = try TraceFixture.shapes.bytes
    // Each offset of the index root leads to the root itself, then to a leaf again and again.
    for element in 0..<3 {
      for target in [0, 4, 8] {
        var bytes = shapes
        let list = try #require(bytes.firstRange(of: Array("ri".utf8) + [3, 0]))
        let from = list.lowerBound + 4 + target
        let root = Array(bytes[36..<40])
        let place = list.lowerBound + 4 + 4 * element
        bytes.replaceSubrange(
          place..<(place + 4), with: target == 0 ? root[...] : bytes[from..<(from + 4)])
        let reading = TraceReading(bytes.span.bytes, at: .softwareHive)
        if target == 0 { #expect(reading.problem?.reason == .unreadable) }
      }
    }
  }

  @Test func everyCutAndManyChangesAreSurvived() throws {
    for sample in try TraceFixture.samples.map({ ($0.place, try $0.bytes) }) {
      let (place, bytes) = sample
      for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 50)) {
        let reading = TraceReading(Array(bytes.prefix(length)).span.bytes, at: place)
        // Never silently less.
        if place != .dpkgStatus { #expect(reading.problem != nil, "\(place) cut at \(length)") }
      }
      for seed in 0..<300 {
        var random = SeededGenerator(seed: UInt64(seed))
        let damaged = TraceFixture.damaged(bytes, &random)
        #expect(TraceReading(damaged.span.bytes, at: place).traces.count <= 1000)
      }
    }
  }
}
