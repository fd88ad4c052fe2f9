import Testing
import YaraSyntax

@testable import Sieve

/// Segments one of which every match of a pattern contains.
@Suite struct RequiredSegmentsTests {
  /// The segments of a string as written in a rule, bytes of several values as `?`; sorted.
  private func segments(_ text: String, ignoresCase: Bool = false) throws -> [String]? {
    let file = SourceFile(parsing: Array("rule r { strings: $a = \(text) condition: $a }".utf8))
    let rules = file.items.compactMap { item in
      if case .rule(let rule) = item { rule } else { nil }
    }
    let string = try #require(rules.first?.strings.first)
    return RequiredSegments.of(string, ignoresCase: ignoresCase)?.map { segment in
      String(
        decoding: segment.sets.map { $0.single ?? $0.singleInAnyCase ?? UInt8(ascii: "?") },
        as: UTF8.self)
    }.sorted()
  }

  @Test func adjacentPartsAreOneSegment() throws {
    #expect(try segments("/kaspersky/") == ["kaspersky"])
    #expect(try segments("/kasp.rsky/") == ["kasp?rsky"])
    #expect(try segments("{ 6B 61 73 ?? 6B 79 }") == ["kas?ky"])
    #expect(try segments("{ 6B 61 73 [2] 6B 79 }") == ["kas??ky"])
  }

  @Test func alternativesAreWrittenOut() throws {
    #expect(
      try segments("/https?:\\/\\/(one|two)\\.example/")
        == [
          "http://one.example", "http://two.example", "https://one.example", "https://two.example",
        ])
    #expect(try segments("{ 6B 61 ( 73 | 74 75 ) 70 65 72 }") == ["kasper", "katuper"])
    #expect(try segments("/kaspersky|northwind/") == ["kaspersky", "northwind"])
  }

  @Test func theRarestPartIsChosenAcrossAGap() throws {
    #expect(try segments("/abc.*kaspersky lab/") == ["kaspersky lab"])
    #expect(try segments("{ 61 62 63 [4-8] 6B 61 73 70 65 72 }") == ["kasper"])
    #expect(try segments("/(abc)?.*kaspersky/") == ["kaspersky"])
    // Of each alternative its own.
    #expect(try segments("/abc.*kaspersky|abc.*northwind/") == ["kaspersky", "northwind"])
  }

  @Test func whatMayBeMissingIsNotRequired() throws {
    #expect(try segments("/(kaspersky)*/") == nil && segments("/(kaspersky)?/") == nil)
    #expect(try segments("/kaspersky|/") == nil, "an empty alternative")
    #expect(try segments("/kaspersky|a/") == nil, "one that is too short")
    #expect(try segments("/(kaspersky){0,3}northwind/") == ["northwind"])
    #expect(try segments("/(kaspersky )+/") == ["kaspersky "])
  }

  @Test func repetitionsAreWrittenOutUpToTheirLeast() throws {
    #expect(try segments("/(ab1){3}/") == ["ab1ab1ab1"])
    #expect(try segments("/(ab1){2,}/") == ["ab1ab1"])
  }

  @Test func lettersMayHaveEitherCase() throws {
    #expect(try segments("/KasperSky/i") == ["kaspersky"])
    #expect(try segments("/kaspersky/", ignoresCase: true) == ["kaspersky"])
    #expect(try segments("/KasperSky/") == ["KasperSky"])
  }

  @Test func whatIsNotUnderstoodRequiresNothing() throws {
    #expect(try segments("/(?:kaspersky)/") == nil)
    let deep = String(repeating: "(", count: 40) + "kaspersky" + String(repeating: ")", count: 40)
    #expect(try segments("/\(deep)/") == nil)
    #expect(try segments("\"kaspersky\"") == nil, "a text has forms of its own")
  }
}
