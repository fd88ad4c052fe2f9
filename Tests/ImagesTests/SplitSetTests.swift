import Bytes
import Evidence
import TestSupport
import Testing

@testable import Containers

/// Sets of split raw images, and what is missing of them.
@Suite struct SplitSetTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func path(_ name: String) -> RawPath { folder.raw.appending(RawPath(name)) }

  private func write(_ names: [String], size: Int = 8) throws {
    for name in names { try folder.write([UInt8](zeros: size), to: name) }
  }

  private func segments(_ name: String) -> [RawPath] {
    SplitSet.segments(containing: path(name)).map(\.lastComponent)
  }

  @Test func aSetBeginsWithZeroOrOne() throws {
    try write(["a.001", "a.002", "b.000", "b.001", "b.002", "c.0001", "c.0002"])
    #expect(segments("a.002") == ["a.001", "a.002"])
    #expect(segments("b.001") == ["b.000", "b.001", "b.002"])
    #expect(segments("c.0002") == ["c.0001", "c.0002"])
  }

  @Test func numbersGrowBeyondTheirWidthNowhere() throws {
    try write(["a.999", "a.1000", "x.01", "x.02", "n.1234567890"])
    #expect(segments("a.999") == ["a.999"])
    #expect(segments("x.01") == ["x.01"], "two digits are an extension")
    #expect(segments("n.1234567890") == ["n.1234567890"])
    #expect(segments("no") == ["no"])
  }

  @Test func aLaterPartLacksItsFirst() throws {
    try write(["a.003", "b.001"])
    #expect(SplitSet.lacksFirst(path("a.003")))
    #expect(SplitSet.beginning(of: path("a.003"))?.reason == .truncated)
    #expect(!SplitSet.lacksFirst(path("b.001")))
    #expect(SplitSet.beginning(of: path("b.001")) == nil)
  }

  @Test func partsBehindAGapAreReported() throws {
    try write(["a.001", "a.002", "a.004"])
    let found = SplitSet.segments(containing: path("a.001"))
    let problem = try #require(SplitSet.missing(found))
    #expect(problem.reason == .truncated && problem.message.contains("a.004"))
    try write(["b.001", "b.002"])
    #expect(SplitSet.missing(SplitSet.segments(containing: path("b.001"))) == nil)
    #expect(SplitSet.missing([]) == nil)
  }

  @Test func aShortPartBeforeTheLastIsReported() throws {
    try write(["a.001", "a.003"], size: 8)
    try write(["a.002"], size: 7)
    let problem = try #require(SplitSet.missing(SplitSet.segments(containing: path("a.001"))))
    #expect(problem.message.contains("a.002 has 7 bytes"))
    // The last part may be shorter.
    try write(["b.001"], size: 8)
    try write(["b.002"], size: 1)
    #expect(SplitSet.missing(SplitSet.segments(containing: path("b.001"))) == nil)
  }
}
