import Testing

@testable import Sieve

/// The table of searched literals: each is in it once, none is too short or too long.
@Suite struct LiteralTableTests {
  private func literal(_ text: String, ignoresCase: Bool = false) -> LiteralTable.Literal {
    LiteralTable.Literal(bytes: Array(text.utf8), ignoresCase: ignoresCase)
  }

  @Test func equalLiteralsHaveOneNumber() {
    var table = LiteralTable()
    let numbers = [
      table.add(literal("klif")), table.add(literal("klif", ignoresCase: true)),
      table.add(literal("klif")), table.text(Array("klif".utf8), ignoresCase: true),
    ]
    #expect(numbers == [0, 1, 0, 1])
    #expect(table.literals.count == 2 && table[1].ignoresCase)
    #expect(table.number(of: literal("klif")) == 0 && table.number(of: literal("kl")) == nil)
  }

  @Test func shortLiteralsAreNotSearched() {
    var table = LiteralTable()
    let numbers = [
      table.add(literal("MZ")), table.add(literal("")),
      table.add(literal("MZ"), leastLength: LiteralTable.leastLengthOfRare),
    ]
    #expect(numbers == [nil, nil, 0])
  }

  @Test func longLiteralsKeepTheirBeginning() {
    var table = LiteralTable()
    var long = literal(String(repeating: "a", count: 255) + "bc")
    long.context = .init(before: [ByteSet(1)], after: [ByteSet(2)], first: ByteSet(3))
    let numbers = [table.add(long), table.add(literal(String(repeating: "a", count: 256)))]
    #expect(numbers == [0, 1])
    #expect(table[0].bytes.count == 256)
    // What lies behind the cut is no longer next to it.
    #expect(table[0].context == .init(before: [], after: [], first: ByteSet(3)))
  }

  @Test func theExtentIncludesContextAndLayout() {
    var around = literal("abcd")
    around.context = .init(before: [.all], after: [.all, .all])
    #expect(literal("abcd").extent == 4 && around.extent == 7)
    var strided = literal("abcd")
    strided.kind = .strided
    var difference = literal("abcd")
    difference.kind = .difference
    #expect(strided.extent == 8 && difference.extent == 5)
  }

  @Test func versionTextsComeBehindTheirHeader() throws {
    var table = LiteralTable()
    let bytes = Array("Kaspersky".utf8)
    let version = table.implied(by: "pe", ["version_info"], bytes, ignoresCase: true)
    let path = table.implied(by: "pe", ["pdb_path"], bytes, ignoresCase: false)
    #expect(table[try #require(version)].kind == .strided)
    #expect(table[try #require(path)].kind == .plain)
    #expect(table.literals.contains(LiteralTable.versionHeader))
    let others = [
      table.implied(by: "elf", ["type"], bytes, ignoresCase: false),
      table.implied(by: "pe", ["version_info"], [0x41, 0, 0x42], ignoresCase: false),
    ]
    #expect(others == [nil, nil])
  }
}
