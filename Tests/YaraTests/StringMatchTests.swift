import Testing
import Yara

@Suite struct StringMatchTests {
  private func places(_ item: [UInt8], _ source: String) throws -> [StringMatch] {
    var scanner = try Scanner(rules(source))
    return try scanner.scan(item).matches.flatMap(\.strings)
  }

  private func places(_ item: String, _ source: String) throws -> [StringMatch] {
    try places(Array(item.utf8), source)
  }

  @Test func rulesComeInTheirOrder() throws {
    let source = """
      rule z { strings: $a = "late" condition: $a }
      rule a { strings: $a = "early" condition: $a }
      rule m { condition: true }
      """
    #expect(try scan("early late", with: source).names == ["z", "a", "m"])
  }

  @Test func stringsComeInTheirOrderThenByOffset() throws {
    let places = try places(
      "ab cd ab cd", "rule a { strings: $z = \"cd\" $a = \"ab\" condition: any of them }")
    #expect(places.map(\.identifier) == ["$z", "$z", "$a", "$a"])
    #expect(places.map(\.offset) == [3, 9, 0, 6])
    #expect(places.map(\.length) == [2, 2, 2, 2])
    #expect(places.map(\.data) == [[0x63, 0x64], [0x63, 0x64], [0x61, 0x62], [0x61, 0x62]])
  }

  @Test func offsetsAscendWhateverTheOrderOfDiscovery() throws {
    let item = (0..<50).map { "x\($0)y" }.joined(separator: "  ")
    let places = try places(item, "rule a { strings: $a = /x[0-9]+y/ condition: $a }")
    #expect(places.count == 50)
    #expect(places.map(\.offset) == places.map(\.offset).sorted())
  }

  @Test func aStringThatDidNotOccurHasNoPlace() throws {
    let places = try places(
      "ab", "rule a { strings: $a = \"ab\" $b = \"cd\" condition: any of them }")
    #expect(places.map(\.identifier) == ["$a"])
  }

  @Test(arguments: [511, 512, 513, 2000])
  func dataIsCutAt512Bytes(count: Int) throws {
    let item = "<" + String(repeating: "x", count: count - 2) + ">"
    let places = try places("  " + item, "rule a { strings: $a = /<x+>/ condition: $a }")
    #expect(places.count == 1)
    #expect(places.first?.offset == 2)
    #expect(places.first?.length == count)
    #expect(places.first?.data == Array(Array(item.utf8).prefix(512)))
  }

  @Test func anonymousStringsAreAllCalledDollar() throws {
    let places = try places(
      "ab cd", "rule a { strings: $ = \"cd\" $ = \"ab\" condition: all of them }")
    #expect(places.map(\.identifier) == ["$", "$"])
    #expect(places.map(\.offset) == [3, 0])
  }

  @Test func aPrivateStringCountsButIsNotShown() throws {
    let places = try places(
      "ab cd", "rule a { strings: $a = \"cd\" $b = \"ab\" private condition: all of them }")
    #expect(places.map(\.identifier) == ["$a"])
  }

  @Test func aChainedStringIsOnePlace() throws {
    let source = "rule a { strings: $a = { 41 41 41 41 [0-300] 42 42 42 42 } condition: $a }"
    let gap = [UInt8](repeating: 0x78, count: 250)
    let item = [0x20, 0x20] + [UInt8](repeating: 0x41, count: 4) + gap
    let places = try places(item + [UInt8](repeating: 0x42, count: 4), source)
    #expect(places.count == 1)
    #expect(places.first?.identifier == "$a")
    #expect(places.first?.offset == 2)
    #expect(places.first?.length == 258)
    #expect(try self.places(item, source) == [], "the head alone is no match")
  }

  @Test func aWideStringCountsBytes() throws {
    let places = try places(
      [0x20, 0x61, 0, 0x62, 0], "rule a { strings: $a = \"ab\" wide condition: $a }")
    #expect(places.map(\.offset) == [1])
    #expect(places.map(\.length) == [4])
    #expect(places.map(\.data) == [[0x61, 0, 0x62, 0]])
  }

  @Test func overlappingPlacesAreAllThere() throws {
    let places = try places("aaaa", "rule a { strings: $a = \"aa\" condition: $a }")
    #expect(places.map(\.offset) == [0, 1, 2])
  }

  @Test func aNULIsAByteLikeAnother() throws {
    let places = try places(
      [1, 0, 2, 0, 0, 3], "rule a { strings: $a = { 00 00 } condition: $a }")
    #expect(places.map(\.offset) == [3])
    #expect(places.map(\.data) == [[0, 0]])
  }
}
