import Findings
import Testing

/// Findings, and the strings of their matches.
@Suite struct FindingTests {
  @Test func dataIsCutAtSixtyFourBytes() {
    let string = MatchedString(
      identifier: "$a", offset: 0, length: 100, data: Array(repeating: 1, count: 100))
    #expect(string.data.count == MatchedString.maximumData)
    #expect(string.length == 100)
  }
}
