import Testing

@testable import Images

/// Number of carved files that may share a byte.
@Suite struct CarvingOverlapTests {
  private func file(_ range: Range<UInt64>, isWhole: Bool) -> CarvedFile {
    CarvedFile(range: range, kind: .portableExecutable, isWhole: isWhole)
  }

  @Test func headersThatClaimTheRestAreBoundedAndCounted() {
    var overlap = CarvingOverlap()
    let admitted = (0..<100 as Range<UInt64>).count {
      overlap.admits(file($0 * 512..<100_000, isWhole: false))
    }
    #expect(admitted == 8)
    #expect(overlap.refused == 92)
    #expect(overlap.range?.lowerBound == 4096)
    #expect(overlap.range?.upperBound == 100_000)
    // A complete file among them is carved nevertheless, and so are those that follow.
    let inside = overlap.admits(file(60_000..<61_000, isWhole: true))
    let behind = overlap.admits(file(100_000..<200_000, isWhole: false))
    #expect(inside && behind)
  }

  @Test func filesOneBehindTheOtherAreNeverRefused() {
    var overlap = CarvingOverlap()
    for number in 0..<1000 as Range<UInt64> {
      let isAdmitted = overlap.admits(file(number * 512..<(number + 1) * 512, isWhole: true))
      #expect(isAdmitted)
    }
    #expect(overlap.range == nil)
  }
}
