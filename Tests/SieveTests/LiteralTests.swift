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
    // Neighbours of one byte are compared, those of widened words are not; neither proves the word.
    #expect(try verdict(#""hello" fullword"#, Array("xhello".utf8)).isExcluded)
    #expect(try verdict(#""hello" fullword wide"#, wide("xhello")) == .scan)
    #expect(try verdict(#""hello" fullword"#, Array("hello".utf8), "not $a") == .scan)
    #expect(try verdict(#""hello" fullword wide"#, wide("xhello"), "not $a") == .scan)
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

  // MARK: What lies around

  @Test func wildcardsAroundALiteralAreCompared() throws {
    let string = "{ 11 4? ?? 41 42 43 44 [2] 7? }"
    let found: [UInt8] = [0x11, 0x45, 0x99, 0x41, 0x42, 0x43, 0x44, 1, 2, 0x7A]
    #expect(try isLeft(string, found))
    for (position, byte) in [(0, 0x12), (1, 0x55), (9, 0x8A)] as [(Int, UInt8)] {
      var other = found
      other[position] = byte
      #expect(try !isLeft(string, other), "byte \(position)")
      // A first one that is none does not hide a second one.
      #expect(try isLeft(string, other + found))
    }
  }

  @Test func classesAroundALiteralAreCompared() throws {
    #expect(try isLeft(#"/[0-9]{2}\.needle[a-f]/"#, "12.needlea"))
    #expect(try !isLeft(#"/[0-9]{2}\.needle[a-f]/"#, "1x.needlea"))
    #expect(try !isLeft(#"/[0-9]{2}\.needle[a-f]/"#, "12.needlez"))
    #expect(try isLeft(#"/[0-9]\.needle/ wide"#, wide("1.needle")))
    #expect(try !isLeft(#"/[0-9]\.needle/ wide"#, wide("x.needle")))
    #expect(try isLeft(#"/[a-c]needle/ nocase"#, "BNEEDLE"))
    #expect(try isLeft(#"/[^a]needle/i"#, "bneedle"))
  }

  @Test func wordsHaveNeighbours() throws {
    #expect(try isLeft(#""needle" fullword"#, "a needle."))
    #expect(try isLeft(#""needle" fullword"#, "needle"))
    #expect(try isLeft(#""needle" fullword"#, "_needle_"))
    #expect(try !isLeft(#""needle" fullword"#, "aneedle"))
    #expect(try !isLeft(#""needle" fullword"#, "needles"))
    #expect(try isLeft(#""needle" fullword"#, "needles needle"))
  }

  // MARK: Segments

  /// The literal that is looked for of an expression, and how many bytes around it are compared.
  private func fragment(_ pattern: String) -> String? {
    RegularExpressionSegments.of(Array(pattern.utf8))
      .max { $0.weight(ignoresCase: false) < $1.weight(ignoresCase: false) }?
      .literal(ignoresCase: false).map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  @Test func fragmentsOfExpressionsAreInEveryMatch() {
    #expect(fragment("abcdef") == "abcdef")
    #expect(fragment("abc.defg") == "defg")
    #expect(fragment("abcdex?fgh") == "abcde")
    #expect(fragment("abcdx*") == "abcd")
    #expect(fragment("abcdx+y") == "abcdx")
    #expect(fragment("abcdx{0,3}") == "abcd")
    #expect(fragment("abcdx{2}y") == "abcdxxy")
    #expect(fragment("abcdx{2,}y") == "abcdxx")
    #expect(fragment("abcdx{2,3}?y") == "abcdxx")
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
    #expect(fragment("abcd{}e") == nil)
    #expect(fragment("abcd{,}e") == nil)
  }

  @Test func setsOfBytes() {
    var set = ByteSet(0x30...0x39)
    #expect(set.contains(0x35) && !set.contains(0x3A) && set.single == nil)
    set.subtract(ByteSet(0x31...0x39))
    #expect(set.single == 0x30)
    #expect(ByteSet(0xFF).single == 0xFF && ByteSet.none.single == nil)
    #expect(ByteSet([0x41, 0x61]).singleInAnyCase == 0x61)
    #expect(ByteSet([0x40, 0x60]).singleInAnyCase == nil)
    #expect(ByteSet(0x41).inAnyCase == ByteSet([0x41, 0x61]))
    #expect(ByteSet(value: 0x4A, mask: 0xF0) == ByteSet(0x40...0x4F))
    #expect(ByteSet.outsideWords.contains(UInt8(ascii: "_")))
    #expect(ByteSet.all.inverted == .none)
  }

  // MARK: Strides

  private func isFound(_ text: String, ignoresCase: Bool = false, in bytes: [UInt8]) -> Bool {
    let literal = LiteralTable.Literal(
      bytes: Array(text.utf8), ignoresCase: ignoresCase, kind: .strided)
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
