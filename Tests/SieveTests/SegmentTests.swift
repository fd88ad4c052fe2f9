import Testing

@testable import Sieve

/// The literal of a segment: its rarest run of certain bytes, with the bytes around it.
@Suite struct SegmentTests {
  /// A segment of a text, in which `?` is any byte.
  private func segment(_ text: String) -> Segment {
    Segment(sets: text.utf8.map { $0 == UInt8(ascii: "?") ? .all : ByteSet($0) })
  }

  private func literal(_ text: String) -> String? {
    segment(text).literal(ignoresCase: false).map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  @Test func theRarestRunIsSearched() {
    #expect(literal("    ?klif.sys") == "klif.sys")
    #expect(literal("abc?kaspersky?abc") == "kaspersky")
  }

  @Test func runsThatAreEverywhereAreNot() {
    #expect(literal("") == nil && literal("????") == nil)
    #expect(literal("a?b?c?d") == nil, "single bytes")
    #expect(
      Segment(sets: Array(repeating: ByteSet(0), count: 4)).literal(ignoresCase: false) == nil)
    #expect(segment("    ").cost(ignoresCase: false) == nil)
  }

  @Test func theBytesAroundAreItsContext() throws {
    let found = try #require(segment("?A?kaspersky??Z").literal(ignoresCase: false))
    #expect(found.context?.before == [ByteSet(0x41), .all])
    #expect(found.context?.after == [.all, .all, ByteSet(0x5A)])
    #expect(segment("kaspersky").literal(ignoresCase: false)?.context == nil)
  }

  @Test func lettersOfEitherCaseAreOneByteIfCaseIsIgnored() {
    let sets = "kaspersky".utf8.map { ByteSet([$0, $0 - 0x20]) }
    #expect(Segment(sets: sets).literal(ignoresCase: false) == nil)
    #expect(Segment(sets: sets).literal(ignoresCase: true)?.bytes == Array("kaspersky".utf8))
  }

  @Test func wideSegmentsHaveZerosBetween() {
    #expect(segment("ab").widened.sets == [ByteSet(0x61), ByteSet(0), ByteSet(0x62), ByteSet(0)])
  }

  @Test func longerSegmentsCostLess() throws {
    let short = try #require(segment("kasper").cost(ignoresCase: false))
    let long = try #require(segment("kaspersky lab").cost(ignoresCase: false))
    #expect(long < short)
    #expect(try #require(segment("kasper?????Z").cost(ignoresCase: false)) < short)
  }
}
