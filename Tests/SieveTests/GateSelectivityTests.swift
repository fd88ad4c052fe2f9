import Testing
import Yara

@testable import Sieve

/// Which conditions let most items be excluded unread.
@Suite struct GateSelectivityTests {
  /// Number of pages that the gates of the last rule keep.
  private func kept(_ rules: String) throws -> Int {
    var compiler = try Compiler(includes: .disabled)
    try compiler.add(
      text: "import \"pe\" import \"elf\" import \"hash\" import \"console\"\n" + rules)
    let texts = compiler.texts
    let sieve = try #require(Sieve(try compiler.rules(), texts: texts))
    return try #require(sieve.gateSelectivities().last).kept
  }

  private func kept(condition: String) throws -> Int {
    try kept(
      """
      rule r {
        strings: $a = "needle" $magic = { 7F 45 4C 46 } $any = /[a-z]{3}[0-9]/
        condition: (any of them or true) and (\(condition))
      }
      """)
  }

  /// A magic of two bytes and more keeps no page but by chance; one of a byte keeps one of each family.
  @Test(arguments: [
    "uint16(0) == 0x5A4D", "uint16(0) == 0x5A4D and $a", "$a and uint16(0) == 0x5A4D",
    "(uint16(0) == 0x5A4D or uint32be(0) == 0x7F454C46) and $any", "$magic at 0",
    "$magic in (0..1024)", "uint32be(4) == 0x53434341 and $a",
    "uint8(0) == 0x7B and uint8(1) == 0x22",
    "pe.number_of_sections > 3", "elf.type == elf.ET_EXEC and $a", "pe.is_pe",
    "filesize < 64KB", "filesize <= 64KB and $any", "filesize < 64KB or uint16(0) == 0x5A4D",
    "filesize == 4096", "for all i in (0..3) : (uint8(0) == 0x4D and uint8(1) == 0x5A)",
    "uint16(0) == 0x5A4D and console.log(\"met\")",
  ])
  func bytesOfTheFirstPageOrASmallSizeAreSelective(condition: String) throws {
    #expect(try kept(condition: condition) <= 2)
  }

  @Test func aByteIsSelectiveAndAClassOfThemIsNot() throws {
    #expect(try kept(condition: "uint8(0) == 0x7B and $a") == 1)
    #expect(try kept(condition: "uint8(0) >= 0x20 and uint8(0) < 0x7F") == 95)
    // No noise is text, but a page of one letter is.
    let text = (0..<16).map { "uint8(\($0)) >= 0x20 and uint8(\($0)) < 0x7F" }
    #expect(try kept(condition: text.joined(separator: " and ")) == 95)
  }

  @Test(arguments: [
    "true", "$a", "$any", "#a > 3", "filesize > 100", "filesize < 64KB + 2",
    "filesize < 10MB and $a",
    "not uint16(0) == 0x5A4D", "uint16(0) == 0x5A4D or $a", "uint16(filesize - 2) == 0x5A4D",
    "$magic in (0..filesize)", "$a at 1000000", "not pe.is_pe", "hash.md5(0, filesize) == \"\"",
    "defined uint16(0)", "console.log(\"met\") and uint16(0) == 0x5A4D",
    "uint32be(0) == 0x4D5A9000 or filesize > 1MB",
  ])
  func whatTheFirstPageSaysNothingOfIsNot(condition: String) throws {
    #expect(try kept(condition: condition) > GateSelectivity.mostKept)
  }

  @Test func otherRulesCount() throws {
    let magic = "private rule magic { condition: uint16(0) == 0x5A4D }\n"
    #expect(try kept(magic + "rule r { condition: magic }") <= 1)
    #expect(try kept(magic + "rule r { condition: not magic }") >= 255)
    #expect(
      try kept("global rule magic { condition: uint16(0) == 0x5A4D }\nrule r { condition: true }")
        <= 1)
  }

  /// Agreement of the figure with sessions: they exclude by the gate as many pages as it states.
  @Test func aSessionAgrees() throws {
    for (condition, isSelective) in [("uint16(0) == 0x5A4D", true), ("filesize > 10", false)] {
      var sifted = try Sifted("rule r { strings: $a = \"needle\" condition: $a and \(condition) }")
      let item = [UInt8](repeating: 0x20, count: GateSelectivity.smallSize + 1)
      let verdict = sifted.session.begin(
        size: UInt64(item.count), head: item.span.bytes.extracting(first: SieveSession.headSize))
      #expect((verdict == .excludedByGate) == isSelective)
    }
  }
}
