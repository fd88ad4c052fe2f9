import Testing

@testable import FileSystems

/// Clusters in order, as runs and as extents.
@Suite struct FatChainTests {
  @Test func clustersThatFollowEachOtherAreOneRun() {
    var chain = FatChain()
    for cluster: UInt32 in [5, 6, 7, 3, 4, 9] { chain.append(cluster) }
    #expect(chain.runs.map(\.first) == [5, 3, 9])
    #expect(chain.runs.map(\.count) == [3, 2, 1])
    #expect(chain.count == 6)
  }

  @Test func extentsEndWithTheSize() throws {
    let geometry = try #require(FatGeometryTests.fat())
    var chain = FatChain()
    for cluster: UInt32 in [2, 3, 10] { chain.append(cluster) }
    let start = 1000 + geometry.clusterStart
    let whole = chain.extents(geometry, at: 1000, size: 2500)
    #expect(whole.map(\.offset) == [start, start + 8 * 1024])
    #expect(whole.map(\.length) == [2048, 452])
    #expect(chain.extents(geometry, at: 0, size: 0).isEmpty)
    #expect(chain.extents(geometry, at: 0, size: .max).map(\.length) == [2048, 1024])
  }

  @Test(arguments: [
    (FatChain.Ending.free, "a free cluster"), (.bad, "a bad cluster"), (.circular, "a cycle"),
    (.tooShort, "too early"), (.impossible, "outside"), (.overdrawn, "longer"),
  ])
  func theProblemNamesTheEnd(_ ending: FatChain.Ending, _ words: String) {
    var chain = FatChain(contiguous: 2, count: 7)
    chain.ending = ending
    let problem = chain.problem("file")
    #expect(problem.contains(words) && problem.contains("of the file"))
    #expect(problem.contains("7 clusters"))
  }
}
