import Sieve
import TestSupport
import Testing
import Yara

/// Defects that the comparison with libyara found, as regression tests.
@Suite struct FoundByTheProofTests {
  @Test func aCountWithinBoundsDependsOnItsString() throws {
    var sifted = try Sifted(
      #"rule r { strings: $a = "hello" condition: #a in (0..filesize) >= 1 }"#)
    let verdict = sifted.verdict("hello world")
    #expect(verdict == .scan)
    let isSound = sifted.isSound(Array("hello world".utf8))
    #expect(isSound)
  }

  @Test(arguments: [
    "(filesize * 1.5 - @a) != 0.5", "math.entropy(@a, 5) >= 1.0",
    "pe.sections[#a].name == \"x\" or #a",
    "(pe.number_of_sections - #a) == 0",
  ])
  func whatIsNotFollowedDependsOnItsStrings(_ condition: String) throws {
    var sifted = try Sifted(
      "import \"pe\" import \"math\" rule r { strings: $a = \"hello\" condition: \(condition) }")
    for item in [Array("say hello".utf8), SemanticsCase.minimalExecutable + Array("hello".utf8)] {
      let isSound = sifted.isSound(item)
      #expect(isSound)
    }
    let verdict = sifted.verdict(SemanticsCase.minimalExecutable + Array("hello".utf8))
    #expect(verdict == .scan)
  }

  @Test func aRuleWithAnUndefinedConditionIsFalseToOthers() throws {
    var sifted = try Sifted(
      """
      rule a { strings: $a = "absent" condition: @a > 0 }
      rule b { condition: not a }
      """)
    let result = try sifted.scanner.scan([UInt8]("text".utf8).span.bytes)
    #expect(result.matches.map(\.rule.identifier) == ["b"])
    let isSound = sifted.isSound(Array("text".utf8))
    #expect(isSound)
  }

  /// libyara compares the text as it is wherever an atom of the widened text is met.
  @Test func aWideXorStringIsFoundThoughItIsNotWide() throws {
    var sifted = try Sifted(
      #"rule r { strings: $a = "\x00\x00\x00\x00\x00\x00\x00\x00" xor wide condition: $a }"#)
    let item = Array("abc".utf8) + [UInt8](repeating: 0x21, count: 9) + Array("def".utf8)
    let result = try sifted.scanner.scan(item.span.bytes)
    #expect(!result.matches.isEmpty)
    let verdict = sifted.verdict(item)
    #expect(verdict == .scan)
  }

  /// The atom of the widened text reaches beyond the text as it is, or lies behind it, where it says nothing
  /// of the key: libyara takes any.
  @Test(arguments: [
    (#""\x00\x00\x00" xor wide"#, [0, 0, 0, 0, 1]),
    (
      #""\x00\x00\x00\x00abcd" xor(5) wide"#,
      [9, 9, 9, 9, 0x68, 0x6B, 0x6A, 0x6D, 0x64, 5, 0x67, 5] as [UInt8]
    ),
  ])
  func aShortWideXorStringIsFoundUnderAnyKey(_ string: String, _ item: [UInt8]) throws {
    var sifted = try Sifted("rule r { strings: $a = \(string) condition: $a }")
    let result = try sifted.scanner.scan(item.span.bytes)
    #expect(!result.matches.isEmpty)
    let verdict = sifted.verdict(item)
    #expect(verdict == .scan)
  }

  /// The last byte is the text under the key 120, but no atom lies there.
  @Test func aWideXorStringIsNotCertainWhereItsTextIs() throws {
    var sifted = try Sifted(
      #"rule r { strings: $a = "x" xor(107-139) wide condition: not $a at 4 }"#)
    let item: [UInt8] = [1, 1, 1, 1, 0]
    let result = try sifted.scanner.scan(item.span.bytes)
    #expect(!result.matches.isEmpty)
    let isSound = sifted.isSound(item)
    #expect(isSound)
  }

  /// In release builds of Swift 6.3.1, the text of a string was lost: the compiled string counts.
  @Test func aWideExpressionHasNoNarrowFragment() throws {
    var sifted = try Sifted("rule r { strings: $a = /VS_VER.*/ wide condition: $a }")
    let item: [UInt8] = "VS_VERSION".utf8.flatMap { [$0, 0] as [UInt8] }
    let verdict = sifted.verdict(item)
    #expect(verdict == .scan)
  }

  /// Hyperscan 5.4.2 refuses literals that begin with a NUL, and with them the whole database.
  @Test func aLiteralMayBeginWithNUL() throws {
    var sifted = try Sifted(
      "rule r { strings: $a = { 00 00 01 BA 44 } $b = \"plain\" nocase condition: all of them }")
    let both = sifted.verdict([1, 0, 0, 1, 0xBA, 0x44] + Array("PLAIN".utf8))
    #expect(both == .scan)
    let one = sifted.verdict([1, 0, 1, 1, 0xBA, 0x44] + Array("plain".utf8))
    #expect(one == .excludedBySieve)
  }
}
