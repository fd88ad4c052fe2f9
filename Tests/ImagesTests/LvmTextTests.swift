import Testing

@testable import Volumes

/// The text format of LVM2: sections, lists, comments and every kind of number.
@Suite struct LvmTextTests {
  private func parse(_ text: String) -> LvmText.Section? { LvmText.parse(Array(text.utf8)) }

  @Test func sectionsHoldValuesAndSections() throws {
    let text = try #require(
      parse(
        #"""
        # comment
        vg { id = "a\"b\\c" size=8192#Megabytes
          list = [ "x", 1 "y" ] empty = []
          pv0 { n = 1 } pv0 { n = 2 }
        }
        contents = "Text Format Volume Group"
        """#))
    let group = try #require(text.section("vg"))
    #expect(group.text("id") == "a\"b\\c" && group.number("size") == 8192)
    #expect(group.values["list"] == [.text("x"), .number(1), .text("y")])
    #expect(group.values["empty"] == [])
    #expect(group.section("pv0")?.number("n") == 1, "the first one of a name")
    #expect(group.sections.map(\.name) == ["pv0", "pv0"])
    #expect(text.text("contents") == "Text Format Volume Group")
    #expect(text.number("contents") == nil && group.text("size") == nil)
  }

  /// lvm2 writes `read_ahead = -1` for a volume that is made with `--readahead none`.
  @Test func numbersThatAreNotUsedDoNotEndTheText() throws {
    let text = try #require(parse("a = -1 b = 1.5 c = 18446744073709551616 d = 7 e = [ -1, 2 ]"))
    #expect(text.number("a") == nil && text.number("b") == nil && text.number("c") == nil)
    #expect(text.number("d") == 7)
    #expect(text.values["e"] == [.otherNumber, .number(2)])
  }

  @Test func aZeroByteEndsTheText() {
    #expect(parse("a = 1\0 garbage }")?.number("a") == 1)
    #expect(parse("")?.sections.isEmpty == true)
  }

  @Test(arguments: [
    "a", "a =", "a = b", "a = inf", "a = \"b", "a = \"b\\", "a { b = 1", "}", "a = [ 1",
    "a = [ x ]",
    "= 1", "a b", "\"a\" = 1", "a = 1 }",
  ])
  func anythingElseIsNil(_ text: String) {
    #expect(parse(text) == nil)
  }

  @Test func nestingIsLimited() {
    func nested(_ depth: Int) -> String {
      String(repeating: "a {", count: depth) + String(repeating: "}", count: depth)
    }
    #expect(parse(nested(15)) != nil)
    #expect(parse(nested(16)) == nil)
    #expect(parse(nested(100_000)) == nil)
  }
}
