import Bytes
import TestSupport
import Testing

@testable import Engine
@testable import TrawlCommand

/// Estimates of the progress line.
@Suite struct ProgressLineTests {
  private func place(_ first: UInt64, _ position: UInt64, of size: UInt64) -> Scan.Place {
    var place = Scan.Place()
    (place.first, place.position, place.size) = (first, position, size)
    return place
  }

  @Test func theRestOfAnImageTakesAsLongAsItsPart() {
    #expect(ProgressLine.secondsLeft(place(0, 25, of: 100), after: 10) == 30)
    // A resumed scan begins in the middle.
    #expect(ProgressLine.secondsLeft(place(50, 75, of: 100), after: 10) == 10)
    #expect(ProgressLine.secondsLeft(place(0, 25, of: 100), after: 0.5) == nil)
    #expect(ProgressLine.secondsLeft(place(0, 0, of: 100), after: 10) == nil)
    #expect(ProgressLine.secondsLeft(place(0, 100, of: 100), after: 10) == nil)
    #expect(ProgressLine.secondsLeft(place(0, 25, of: 0), after: 10) == nil)
  }

  @Test func theRestOfAFileSystemTakesAsLongAsItsPart() {
    #expect(ProgressLine.secondsLeft(2500, of: 10_000, after: 10) == 30)
    #expect(ProgressLine.secondsLeft(999, of: 10_000, after: 10) == nil)
    #expect(ProgressLine.secondsLeft(2500, of: 2500, after: 10) == nil)
    #expect(ProgressLine.secondsLeft(2500, of: 100, after: 10) == nil)
  }

  @Test func durationsAreShort() {
    #expect(ProgressLine.time(59) == "59 s")
    #expect(ProgressLine.time(61) == "1:01 min")
    #expect(ProgressLine.time(3660) == "1:01 h")
  }

  @Test func onlyRootsOfFileSystemsHaveACount() throws {
    let folder = try TemporaryDirectory()
    #expect(try #require(FileSystemSize.entries(of: ["/"])) > 1000)
    #expect(FileSystemSize.entries(of: ["/", RawPath(folder.path)]) == nil)
    #expect(FileSystemSize.entries(of: ["/bin/true"]) == nil)
    #expect(FileSystemSize.entries(of: ["/nonexistent"]) == nil)
    // procfs counts no entries.
    #expect(FileSystemSize.entries(of: ["/proc"]) == nil)
  }
}
