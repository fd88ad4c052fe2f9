import Catalogue
import Evidence
import Findings
import Profiles
import TestSupport
import Testing
import Traces

/// A damaged file yields what can be read, and reports the damage.
@Suite struct DamagedHiveTests {
  private let hive = TraceFixture.samples("installed")[0]

  private func reading(_ change: (inout [UInt8]) -> Void) throws -> TraceReading {
    var bytes = try hive.bytes
    change(&bytes)
    return TraceReading(bytes.span.bytes, at: hive.place, VendorProfile.kaspersky.records)
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
        let reading = TraceReading(
          bytes.span.bytes, at: .softwareHive, VendorProfile.kaspersky.records)
        if target == 0 { #expect(reading.problem?.reason == .unreadable) }
      }
    }
  }

  /// Lists of maximal length that all refer to the same list: 4,000 million keys without a limit.
  @Test(.timeLimit(.minutes(5))) func aHiveThatIsAllListsEnds() throws {
    var bytes = try hive.bytes
    let root = Int(bytes[36]) | Int(bytes[37]) << 8
    func put(_ number: Int, _ count: Int, at place: Int) {
      for index in 0..<count {
        bytes[place + index] = UInt8(truncatingIfNeeded: number >> (8 * index))
      }
    }
    // Two cells at the end: an index root of 65,535 leaves, and the leaf, with the root key 65,535
    // times.
    let place = bytes.count
    let length = 65535 * 4 + 12
    bytes += [UInt8](repeating: 0, count: 2 * length)
    for (cell, name) in [(place, "ri"), (place + length, "li")] {
      put(-length, 4, at: cell)
      bytes.replaceSubrange((cell + 4)..<(cell + 6), with: name.utf8)
      put(65535, 2, at: cell + 6)
      for element in 0..<65535 {
        put(name == "ri" ? place + length - 4096 : root, 4, at: cell + 8 + 4 * element)
      }
    }
    put(place - 4096, 4, at: 4096 + root + 4 + 28)
    let reading = TraceReading(bytes.span.bytes, at: .softwareHive, VendorProfile.kaspersky.records)
    #expect(reading.problem?.reason == .unreadable)
    // The root is below itself: the search continues in it until the steps are used up.
    #expect(reading.traces.isEmpty)
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
}
