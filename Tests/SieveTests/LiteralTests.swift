import Testing
import Yara
import YaraSyntax

@testable import Sieve

/// Literals that are searched for strings of every kind.
@Suite struct LiteralTests {
  /// The verdict on a rule that requires one string.
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
    #expect(try !isLeft("{ 41 42 4? 44 45 }", "ABC and more"))
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

  /// Literals of a pattern, one of which is required, as text, in order; nil if there are none.
  private func literals(_ pattern: String) throws -> [String]? {
    let text = "rule r { strings: $a = \(pattern) condition: $a }"
    guard case .rule(let rule)? = SourceFile(parsing: Array(text.utf8)).items.first,
      let segments = RequiredSegments.of(rule.strings[0], ignoresCase: false)
    else { return nil }
    return try segments.map { segment in
      String(decoding: try #require(segment.literal(ignoresCase: false)).bytes, as: UTF8.self)
    }.sorted()
  }

  private func fragments(_ expression: String) throws -> [String]? {
    try literals("/" + expression + "/")
  }

  @Test func fragmentsOfExpressionsAreInEveryMatch() throws {
    #expect(try fragments("abcdef") == ["abcdef"])
    #expect(try fragments("abc.defg") == ["defg"])
    #expect(try fragments("abcdex?fgh") == ["abcdefgh", "abcdexfgh"])
    #expect(try fragments("abcdx*") == ["abcd"])
    #expect(try fragments("abcdx+y") == ["abcdx"])
    #expect(try fragments("abcdx{0,3}") == ["abcd"])
    #expect(try fragments("abcdx{2}y") == ["abcdxxy"])
    #expect(try fragments("abcdx{2,}y") == ["abcdxx"])
    #expect(try fragments("abcdx{2,3}?y") == ["abcdxx"])
    #expect(try fragments("a+(xyz){2,}vwxyz") == ["xyzxyzvwxyz"])
    #expect(try fragments("[longest text]abcd") == ["abcd"])
    #expect(try fragments("[]a]abcd") == ["abcd"])
    #expect(try fragments("[^]a]abcd") == ["abcd"])
    #expect(try fragments("a\\x62cd\\.e") == ["abcd.e"])
    #expect(try fragments("\\bword\\b") == ["word"])
    #expect(try fragments("\\d\\w\\sab") == nil)
    #expect(try fragments("abcd{,}e") == nil)
  }

  @Test func everyAlternativeHasALiteral() throws {
    #expect(try fragments("abcd|efgh") == ["abcd", "efgh"])
    #expect(try fragments("(abcd|.*)") == nil)
    #expect(try fragments("(longest|x)abcd") == ["longestabcd", "xabcd"])
    #expect(try fragments("(longest text)?abcd") == ["abcd", "longest textabcd"])
    #expect(
      try fragments("(ab|cde):\\/\\/[a-z]+(first\\.example|second\\.example)") == [
        "first.example", "second.example",
      ])
    #expect(
      try literals("{ 4D 5A [4-8] ( 6E 65 65 64 6C 65 | 70 69 6E 73 21 21 ) [2-9] 00 00 00 }") == [
        "needle", "pins!!",
      ])
    #expect(try isLeft("/x(needle|pins)y/", "a xpinsy"))
    #expect(try isLeft("/x(needle|pins)y/", "a xneedley"))
    #expect(try !isLeft("/x(needle|pins)y/", "a xneedlesy"))
    #expect(try isLeft("/(needle|pins)/ wide", wide("pins")))
    #expect(try isLeft("/(needle|pins)/ nocase", "PINS"))
  }

  /// Common bytes are not searched where rarer ones are necessary, too.
  @Test func rareBytesAreChosen() throws {
    #expect(try literals("{ 00 00 00 [4-9] 6B 6C 69 66 }") == ["klif"])
    #expect(try literals("{ ?? ?? 00 00 00 }") == nil)
    #expect(
      try literals("{ EB 01 ?? E8 ?? 00 00 00 }") == [String(decoding: [0xEB, 1], as: UTF8.self)])
    let rare = ByteRarity.halfBits(of: Array("Qz~".utf8), ignoresCase: false)
    #expect(rare > 2 * ByteRarity.halfBits(of: [0, 0, 0], ignoresCase: false))
    #expect(
      ByteRarity.halfBits(of: Array("word".utf8), ignoresCase: true)
        < ByteRarity.halfBits(of: Array("word".utf8), ignoresCase: false))
  }

  /// Each hit of a literal is checked; items with too many hits are left to libyara.
  @Test func contentFullOfALiteralIsScanned() throws {
    let string = "{ 41 4E 45 45 44 4C 45 ?? 42 }"
    let needle = Array("ANEEDLE..".utf8)
    let some = [[UInt8]](repeating: needle, count: 100).flatMap(\.self)
    #expect(try verdict(string, some).isExcluded)
    let many = [[UInt8]](repeating: needle, count: 100_000).flatMap(\.self)
    #expect(try verdict(string, many) == .scan)
  }

  /// Every place is compared in an item that fits in the first page.
  @Test func shortStringsAreLookedForInSmallItems() throws {
    let item = [UInt8](repeating: 0x2E, count: 3000)
    for (string, found) in [
      (#""ab""#, "ab"), (#""a1" nocase"#, "A1"), (#""ab" wide"#, "a\0b\0"), ("{ 6? 62 }", "ab"),
      ("{ 61 [1-9] 62 }", "a..b"), ("{ 61 ?? }", "a."),
    ] {
      #expect(try verdict(string, item).isExcluded, "\(string)")
      #expect(try isLeft(string, item + Array(found.utf8)), "\(string)")
      #expect(try isLeft(string, Array(found.utf8) + item), "\(string)")
      #expect(try isLeft(string, Array(found.utf8)), "\(string)")
    }
    #expect(try verdict(#""ab""#, item + [0x61]).isExcluded)
    #expect(try verdict(#""ab""#, item, "#a == 0") == .evaluate)
    #expect(try verdict(#""ab""#, []).isExcluded)
    let long = [UInt8](repeating: 0x2E, count: 5000)
    #expect(try verdict(#""ab""#, long) == .scan)
  }

  // MARK: Places

  @Test func placesNearTheEndAreLookedAt() throws {
    let filler = [UInt8](repeating: 0x2E, count: 20_000)
    let near = "$a in (filesize-100..filesize)"
    #expect(try verdict(#""ab""#, filler, near).isExcluded)
    #expect(try verdict(#""ab""#, filler + Array("ab".utf8), near) == .scan)
    #expect(try verdict(#""ab""#, Array("ab".utf8) + filler, near).isExcluded)
    #expect(try verdict("{ 61 ?? 62 }", filler, near).isExcluded)
    #expect(try verdict("{ 61 ?? 62 }", filler + Array("a.b".utf8), near) == .scan)
    #expect(
      try verdict(#""ab""#, filler, "#a in (filesize-100..filesize) > 0").isExcluded
        == (Library.semantics == .v45))
    #expect(
      try verdict(#""ab""#, filler + [0x61], "any of them in (filesize-9..filesize)").isExcluded)
    // Both bounds are inclusive, and the start alone counts.
    let last = Array("ab".utf8) + [UInt8](repeating: 0x2E, count: 98)
    #expect(try verdict(#""ab""#, filler + last, near) == .scan)
    #expect(try verdict(#""ab""#, filler + last + [0x2E], near).isExcluded)
  }

  @Test func integersNearTheEndAreRead() throws {
    let filler = [UInt8](repeating: 0x2E, count: 20_000)
    func verdict(_ condition: String, _ item: [UInt8]) throws -> SieveSession.Verdict {
      try self.verdict(#""needle""#, item, condition)
    }
    let last = "(not $a) and uint16be(filesize - 2) == 0x4142"
    #expect(try verdict(last, filler).isExcluded)
    #expect(try verdict(last, filler + Array("AB".utf8)) == .evaluate)
    #expect(try verdict(last, filler + Array("AB.".utf8)).isExcluded)
    #expect(try verdict(last, Array("AB".utf8) + filler).isExcluded)
    // The bytes before the last ones are not known.
    #expect(
      try verdict("(not $a) and uint16be(filesize - 9000) == 0x4142", filler) == .evaluate)
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
    // Hits of one item do not count for another.
    let none = sifted.verdict([UInt8](repeating: 0x2E, count: 700))
    #expect(none.isExcluded)
  }
}
