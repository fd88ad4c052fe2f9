import Evidence
import TestSupport
import Testing

@testable import FileSystems

/// Data runs: of a volume that libntfs-3g wrote, compared with it and with istat; and damaged ones.
@Suite struct NtfsRunsTests {
  /// The data stream with this name of a file.
  private func stream(_ file: String, _ name: String, _ image: NtfsImage) throws -> NtfsStream {
    let table = try image.table()
    let attributes = try image.attributes(of: try image.entry(of: file), table)
    let wide = name.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    return try #require(
      attributes.streams(of: NtfsAttribute.Kind.data).first { $0.name == wide })
  }

  @Test(arguments: [("packed/text", ""), ("many", "large")])
  func placesAreThoseOfLibntfs(_ file: String, _ name: String) throws {
    let image = try NtfsImage.shared()
    let stored = try stream(file, name, image).runs.stored(try image.geometry())
    let answer = try #require(
      try image.asked("runs\t\(file)" + (name.isEmpty ? "" : ":" + name)).first)
    let theirs = answer.split(separator: " ").filter { $0.contains("+") }.map(String.init)
    #expect(stored.map { "\($0.offset)+\($0.length)" } == theirs)
    #expect(theirs.count > (name.isEmpty ? 100 : 0))
  }

  /// istat prints the clusters of a stream in order, 0 for a hole.
  @Test func clustersAndHolesAreThoseOfIstat() throws {
    let image = try NtfsImage.shared()
    let runs = try stream("packed/text", "", image).runs
    let ours = runs.runs.flatMap { run in
      (0..<run.count).map { run.cluster.map { $0 } == nil ? 0 : run.cluster! + $0 }
    }
    let lines = try image.istat(try image.entry(of: "packed/text"))
      .drop { !$0.hasPrefix("Type: $DATA") }.dropFirst().prefix { !$0.hasPrefix("Type: ") }
    let theirs = lines.flatMap { $0.split(separator: " ").compactMap { UInt64($0) } }
    #expect(theirs.contains(0) && theirs.count > 1000)
    // The last compression unit is stored as a whole.
    #expect(Array(ours.prefix(theirs.count)) == theirs)
    #expect(ours.dropFirst(theirs.count).allSatisfy { $0 == 0 })
  }

  private func runs(_ bytes: [UInt8], firstCluster: UInt64 = 0) -> NtfsRuns {
    var runs = NtfsRuns()
    bytes.withUnsafeBytes {
      runs.append(
        $0,
        NtfsAttribute.ClusterContent(
          firstCluster: firstCluster, runs: 0..<bytes.count, compressionUnit: 0, size: 0,
          written: 0))
    }
    return runs
  }

  @Test func distancesAreSignedAndHolesHaveNone() {
    // 2 clusters at 0x100, a hole of 3, 1 cluster 0x10 before the first.
    let found = runs([0x21, 2, 0x00, 0x01, 0x01, 3, 0x11, 1, 0xF0, 0])
    #expect(found.runs.map(\.cluster) == [0x100, nil, 0xF0])
    #expect(found.runs.map(\.count) == [2, 3, 1])
    #expect(found.nextCluster == 6 && !found.isDamaged)
  }

  @Test(
    "Damaged runs end the stream",
    arguments: [
      [0x10, 1],  // no number of clusters
      [0x19, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1],  // a number of nine bytes
      [0x91, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],  // a distance of nine bytes
      [0x11, 0, 1],  // no clusters
      [0x11, 1, 0xFF],  // before the volume
      [0x41, 1, 0, 0],  // longer than its attribute
      [0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1],  // more clusters than exist
      [0x81, 1, 0, 0, 0, 0, 0, 0, 0, 0x7F],  // behind every volume
    ] as [[UInt8]])
  func damage(_ bytes: [UInt8]) {
    let found = runs(bytes)
    #expect(found.isDamaged && found.runs.isEmpty)
  }

  @Test func runsThatDoNotContinueTheStreamAreDamage() {
    #expect(runs([0x11, 1, 1, 0], firstCluster: 7).isDamaged)
  }

  @Test func contentIsCutAndFilledWithZeros() throws {
    let geometry = try NtfsImage.shared().geometry()
    let found = runs([0x11, 2, 8, 0])
    let extents = try #require(found.extents(size: 2000, written: 700, geometry))
    #expect(extents.map(\.offset) == [8 * 512, nil])
    #expect(extents.map(\.length) == [700, 1300])
    #expect(found.extents(size: 1025, written: 1025, geometry) == nil, "the runs are too short")
  }
}
