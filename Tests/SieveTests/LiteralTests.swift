import Testing
import Yara

@testable import Sieve

/// What is looked for of strings of every kind.
@Suite struct LiteralTests {
  /// The verdict of a rule that asks for one string.
  private func verdict(_ string: String, _ item: [UInt8], _ condition: String = "$a") throws
    -> SieveSession.Verdict
  {
    var sifted = try Sifted("rule r { strings: $a = \(string) condition: \(condition) }")
    let isSound = sifted.isSound(item)
    #expect(isSound, "\(string)")
    return sifted.verdict(item)
  }

  private func isLeft(_ string: String, _ item: [UInt8]) throws -> Bool {
    try !verdict(string, item).isExcluded
  }

  private func isLeft(_ string: String, _ text: String) throws -> Bool {
    try isLeft(string, Array(text.utf8))
  }

  private func wide(_ text: String) -> [UInt8] { text.utf8.flatMap { [$0, 0] } }

  @Test func texts() throws {
    #expect(try isLeft(#""hello""#, "say hello"))
    #expect(try !isLeft(#""hello""#, "say hellO"))
    #expect(try isLeft(#""hello" nocase"#, "say hellO"))
    #expect(try !isLeft(#""hello" nocase"#, "say hell0"))
    #expect(try isLeft(#""h\x00llo""#, Array("h\0llo".utf8)))
  }

  @Test func wideTexts() throws {
    #expect(try isLeft(#""hello" wide"#, wide("hello")))
    #expect(try !isLeft(#""hello" wide"#, "hello"))
    #expect(try isLeft(#""hello" wide ascii"#, "hello"))
    #expect(try isLeft(#""hello" wide nocase"#, wide("HELLO")))
    #expect(try !isLeft(#""hello" wide"#, [0] + wide("hell")))
    // Bytes are widened, not characters.
    #expect(try isLeft("\"\u{41A}\u{430}\" wide", [0xD0, 0, 0x9A, 0, 0xD0, 0, 0xB0, 0]))
  }

  @Test func xoredTexts() throws {
    func xored(_ bytes: [UInt8], _ key: UInt8) -> [UInt8] { bytes.map { $0 ^ key } }
    let text = Array("hello".utf8)
    for key: UInt8 in [0, 1, 0x20, 0xFF] {
      #expect(try isLeft(#""hello" xor"#, xored(text, key)))
      #expect(try isLeft(#""hello" xor wide"#, xored(wide("hello"), key)))
      #expect(try isLeft(#""hello" xor wide ascii"#, xored(text, key)))
    }
    #expect(try isLeft(#""hello" xor(1-31)"#, xored(text, 31)))
    #expect(try !isLeft(#""hello" xor(1-31)"#, xored(text, 32)))
    #expect(try !isLeft(#""hello" xor(1-31)"#, text))
    #expect(try isLeft(#""hello" xor(5)"#, xored(text, 5)))
    #expect(try !isLeft(#""hello" xor(5)"#, xored(text, 6)))
  }

  @Test func base64() throws {
    #expect(try isLeft(#""Kaspersky" base64"#, "S2FzcGVyc2t5"))
    #expect(try isLeft(#""Kaspersky" base64wide"#, wide("S2FzcGVyc2t5")))
    #expect(try !isLeft(#""Kaspersky" base64"#, "Kaspersky"))
  }

  @Test func fullWordsMayBeNone() throws {
    #expect(try verdict(#""hello" fullword"#, Array("xhello".utf8)) == .scan)
    #expect(try verdict(#""hello" fullword"#, Array("xhello".utf8), "not $a") == .scan)
    #expect(try verdict(#""hello""#, Array("xhello".utf8), "not $a") == .excludedBySieve)
  }

  @Test func chainsNeedAllParts() throws {
    let string = "{ 41 41 41 41 [0-300] 42 42 42 42 }"
    #expect(try !isLeft(string, "AAAA"))
    #expect(try !isLeft(string, "BBBB"))
    #expect(try isLeft(string, "AAAA....BBBB"))
    #expect(
      try verdict(
        string, Array("AAAA".utf8 + [UInt8](repeating: 0, count: 400) + "BBBB".utf8), "not $a")
        == .scan)
  }

  @Test func hexadecimalStrings() throws {
    #expect(try isLeft("{ 41 42 4? 44 45 }", "ABCDE"))
    #expect(try !isLeft("{ 41 42 4? 44 45 }", "ABC"))
    #expect(try isLeft("{ 41 42 43 ( 44 | 45 46 ) 47 48 }", "ABCEFGH"))
    #expect(try isLeft("{ 41 42 43 [1-3] 47 48 }", "ABC..GH"))
  }

  @Test func longTextsAreLookedForByTheirBeginning() throws {
    let text = String(repeating: "abcdefghij", count: 40)
    let item = Array(text.utf8)
    #expect(try verdict("\"\(text)\"", item) == .scan)
    #expect(try verdict("\"\(text)\"", item.dropLast() + [0]) == .scan)
    // The beginning is there, and the text is not.
    #expect(try verdict("\"\(text)\"", item.dropLast() + [0], "not $a") == .scan)
    #expect(try verdict("\"\(text)\"", Array(item.prefix(200))).isExcluded)
  }

  // MARK: Fragments

  private func fragment(_ pattern: String) -> String? {
    RegularExpressionFragment.longest(in: Array(pattern.utf8)).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  @Test func fragmentsOfExpressionsAreInEveryMatch() {
    #expect(fragment("abcdef") == "abcdef")
    #expect(fragment("abc.defg") == "defg")
    #expect(fragment("abcdex?fgh") == "abcde")
    #expect(fragment("abcdx*") == "abcd")
    #expect(fragment("abcdx+y") == "abcd")
    #expect(fragment("abcdx{0,3}") == "abcd")
    #expect(fragment("(longest text)?abcd") == "abcd")
    #expect(fragment("(longest|x)abcd") == "abcd")
    #expect(fragment("[longest text]abcd") == "abcd")
    #expect(fragment("[]a]abcd") == "abcd")
    #expect(fragment("[^]a]abcd") == "abcd")
    #expect(fragment("abcd|efgh") == nil)
    #expect(fragment("a\\x62cd\\.e") == "abcd.e")
    #expect(fragment("\\bword\\b") == "word")
    #expect(fragment("\\d\\w\\sab") == nil)
    #expect(fragment("abcd\\") == nil)
    #expect(fragment("(abcd") == nil)
  }

  // MARK: Strides

  private func isFound(_ text: String, ignoresCase: Bool = false, in bytes: [UInt8]) -> Bool {
    let literal = LiteralTable.Literal(
      bytes: Array(text.utf8), ignoresCase: ignoresCase, isStrided: true)
    return bytes.withUnsafeBytes { StridedSearch.contains(literal, $0) }
  }

  @Test func stridesHaveAnyByteBetween() {
    #expect(isFound("abc", in: [0x61, 0, 0x62, 0, 0x63, 0]))
    #expect(isFound("abc", in: [0x61, 9, 0x62, 8, 0x63]))
    #expect(isFound("abc", in: [0x61, 0x61, 9, 0x62, 8, 0x63]))
    #expect(!isFound("abc", in: [0x61, 0x62, 0x63, 0, 0, 0]))
    #expect(!isFound("abc", in: [0x61, 0, 0x62, 0]))
    #expect(!isFound("abc", in: []))
    #expect(isFound("abc", ignoresCase: true, in: [0x41, 0, 0x62, 0, 0x43]))
    #expect(!isFound("abc", in: [0x41, 0, 0x62, 0, 0x43]))
  }

  // MARK: Pieces

  @Test func piecesHideNothing() throws {
    var sifted = try Sifted(
      """
      rule a { strings: $a = "a literal of some length" $b = "short" wide condition: all of them }
      rule b { strings: $a = "another one" nocase condition: not $a and filesize > 5000 }
      """)
    let item =
      [UInt8](repeating: 0x2E, count: 700) + Array("a literal of some length".utf8)
      + [UInt8](repeating: 0x2E, count: 50) + wide("short") + Array("ANOTHER ONE".utf8)
    let whole = sifted.verdict(item)
    #expect(whole == .scan)
    for size in 1...60 {
      let verdict = sifted.verdict(item, pieces: size)
      #expect(verdict == whole, "pieces of \(size)")
    }
    // And what one item has another has not.
    let none = sifted.verdict([UInt8](repeating: 0x2E, count: 700))
    #expect(none.isExcluded)
  }
}
