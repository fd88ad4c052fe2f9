import Evidence
import TestSupport
import Testing

@testable import FileSystems

/// Free clusters, compared with those of libntfs-3g.
@Suite struct NtfsFreeSpaceTests {
  @Test func freeClustersAreThoseOfLibntfs() throws {
    let image = try NtfsImage.shared()
    let table = try image.table()
    var free = [UInt64]()
    var end: UInt64?
    try table.forEachFreeRun { run in
      guard run.length < 1 << 40 else {
        end = run.offset
        return
      }
      free += stride(from: run.offset, to: run.offset + run.length, by: 512)
    }
    let theirs = try image.asked("free\t1").compactMap { UInt64($0) }
    #expect(theirs.count > 1000)
    #expect(free == theirs)
    #expect(end == table.geometry.clusterCount * 512, "the space behind the last cluster")
  }
}
