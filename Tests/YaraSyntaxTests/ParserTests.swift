import Testing

@testable import YaraSyntax

@Suite("Parsing rule texts")
struct ParserTests {
  @Test("An empty text has no parts")
  func empty() {
    #expect(SourceFile(parsing: []).items.isEmpty)
    #expect(items(" \n\t // nothing\n /* at all */ ").isEmpty)
  }

  @Test("The parts of a file, in order, and their places")
  func parts() {
    let text = "import \"pe\" include \"a\\b.yar\" rule a { condition: true }"
    let found = items(text)
    #expect(found.count == 3)
    #expect(found[0] == .moduleImport("pe", 0..<11))
    // A path has no escapes in libyara.
    #expect(found[1] == .include(Array("a\\b.yar".utf8), 12..<29))
    #expect(rules(text).map(\.range) == [30..<text.utf8.count])
  }

  @Test("Modifiers of rules", arguments: ["global private", "private global", "private\nglobal"])
  func ruleModifiers(modifiers: String) {
    let rule = rules("\(modifiers) rule a { condition: true }").first
    #expect(rule?.isGlobal == true && rule?.isPrivate == true && rule?.range.lowerBound == 0)
    let plain = rules("rule a : x y { meta: a = \"}\" b = -1 c = true condition: true }").first
    #expect(plain?.isGlobal == false && plain?.isPrivate == false && plain?.identifier == "a")
  }

  @Test("Metadata")
  func metadata() {
    let text = Array("rule a { meta: a = \"}\" b = - 1 a = true condition: true }".utf8)
    let metadata = rules(text).first?.metadata ?? []
    #expect(metadata.map(\.key) == ["a", "b", "a"])
    #expect(
      metadata.map { String(decoding: text[$0.range], as: UTF8.self) }
        == ["a = \"}\"", "b = - 1", "a = true"])
  }

  @Test("Strings")
  func ownStrings() {
    #expect(
      strings(##"$a = "x\"\\\t\n\r\x41" $ = { 4? ?D (01|~02) [2] [-] ?? } $b = /a\/b\\/is"##)
        == [
          "$a = \"\\x78\\x22\\x5c\\x09\\x0a\\x0d\\x41\"",
          "$ = <unknown>", "$b = /a\\/b\\\\/is",
        ].map { $0 == "$ = <unknown>" ? "$ = { 4? ?d (01 | ~02) [2-2] [0-] ?? }" : $0 })
    #expect(
      strings(
        "$a = \"x\" private xor(1-0x10) wide ascii $b = \"y\" base64(\"z\") nocase fullword xor")
        == [
          "$a = \"\\x78\" ascii wide private xor(1-16)",
          "$b = \"\\x79\" nocase fullword xor(0-255) base64",
        ])
  }

  @Test("The place of a string reaches to its last modifier")
  func stringRanges() {
    let text = "rule a { strings: $a = \"x\" wide  $b = { 41 } private\n condition: $a }"
    let found = rules(text)[0].strings.map {
      String(decoding: Array(text.utf8)[$0.range], as: UTF8.self)
    }
    #expect(found == ["$a = \"x\" wide", "$b = { 41 } private"])
  }

  @Test(
    "Strings that libyara refuses, or that are read in several ways, are unknown",
    arguments: [
      ##""\q""##, ##""\x4""##, "\"a\u{0}b\"", "{ }", "{ 4 }", "{ 41 [1] }", "{ [1] 41 }",
      "{ 41 [3-2] 42 }", "{ 41 [-5] 42 }", "{ 41 [4294967297] 42 }", "{ 41 [2147483647] 42 }",
      "{ 4 1 }", "{ (41 }",
      "{ 41 | 42 }", "{ 41 (|42) }", "{ ~?? }", "{ 41 [] 42 }", "{ 41 ??? }",
    ])
  func unknownStrings(pattern: String) {
    let text = "rule r { strings: $a = \(pattern) condition: $a } rule s { condition: true }"
    if let rule = rules(text).first(where: { $0.identifier == "r" }) {
      #expect(rule.strings[0].pattern == .unknown)
    }
    #expect(rules(text).last?.identifier == "s")
  }

  @Test("Where a comment can be read in two ways, nothing that follows is certain")
  func ambiguousComment() {
    let text = "rule a { strings: $a = { 41 // /*\n } condition: $a } rule b { condition: true }"
    #expect(items(text) == [.unknown(0..<text.utf8.count)])
  }

  @Test(
    "Conditions",
    arguments: [
      ("not true and false or true", "(((not true) and false) or true)"),
      ("true or false and not defined true", "(true or (false and (not (defined true))))"),
      ("1 | 2 ^ 3 & 4 << 5 + 6 * 7", "(1 | (2 ^ (3 & (4 << (5 + (6 * 7))))))"),
      ("1 - 2 - 3 == 4", "(((1 - 2) - 3) == 4)"), ("-1 + ~2 * 3", "((-1) + ((~2) * 3))"),
      ("8 \\ 4 % 3 >> 1 << 2", "((((8 \\ 4) % 3) >> 1) << 2)"),
      ("not 1 == 2 | 3", "(not (1 == (2 | 3)))"), ("- ~ 1", "(-(~1))"),
      ("1KB + 2MB - 0x1f + 0o17", "(((1024 + 2097152) - 31) + 15)"),
      ("$a at 1 + 2 and $b in (3..4 * 5)", "(($a at (1 + 2)) and ($b in (3..(4 * 5))))"),
      ("#a in (1..2) == @b[#c] - !d", "(#a in (1..2) == (@b[#c] - !d))"),
      ("2 of them", "(2 of them)"), ("-1 of ($a, $b*)", "((-1) of ($a, $b*))"),
      ("(filesize-11) of (a, b*)", "((filesize - 11) of (a, b*))"),
      ("10 * 5 % of them", "((10 * 5)% of them)"), ("not all of ($*)", "(not (all of ($*)))"),
      ("any of them in (1..2)", "(any of them in (1..2))"),
      ("any of them at 5 + 1", "(any of them at (5 + 1))"),
      (
        "for any of them : ($ at @ and # > !)",
        "(for any of them : ((($ at @) and (# > !))))"
      ),
      ("for #a i in (1..2) : (i)", "(for #a i in (1..2) : (i))"),
      ("for all k, v in a.b[1] : (k == v)", "(for all k, v in a.b[1] : ((k == v)))"),
      (
        "for 1 + 1 s in (\"a\", \"b\") : (true)",
        "(for (1 + 1) s in (\"\\x61\", \"\\x62\") : (true))"
      ),
      ("f.g(1, true or x, /a/i)[2].h", "f.g(1, (true or x), /a/i)[2].h"),
      ("int32be(1) + uint8(uint16(2))", "(int32be(1) + uint8(uint16(2)))"),
      ("x matches /a/ and \"a\" icontains y", "((x matches /a/) and (\"\\x61\" icontains y))"),
      ("1.5 > entrypoint", "(1.5 > entrypoint)"),
    ])
  func conditions(text: String, expected: String) { #expect(condition(text) == expected) }

  @Test("The place of an expression holds its parentheses")
  func expressionRanges() {
    let text = "rule r { condition: not (a or b) and (1 + 2) * 3 == 4 }"
    let condition = rules(text)[0].condition
    func written(_ expression: Expression) -> String {
      String(decoding: Array(text.utf8)[expression.range], as: UTF8.self)
    }
    #expect(written(condition) == "not (a or b) and (1 + 2) * 3 == 4")
    guard case .binary(.and, let left, let right) = condition.kind,
      case .unary(.not, let operand) = left.kind, case .binary(.equal, let product, _) = right.kind
    else {
      Issue.record("\(condition)")
      return
    }
    #expect(
      [left, operand, right, product].map(written) == [
        "not (a or b)", "(a or b)", "(1 + 2) * 3 == 4", "(1 + 2) * 3",
      ])
  }

  @Test(
    "Conditions that are no sentences of the grammar are unknown, and what follows is not lost",
    arguments: [
      "", "1 ==", "(1", "1)", "1 == 2 == 3", "(true) + 1", "true == true", "$a + 1",
      "1 + 50% of them",
      "50% of them in (1..2)", "for 50% of them : (true)", "x matches (/a/)",
      "any of (a) in (1..2)",
      "for any of (a) : (true)", "for any i in (1..2, 3) : (true)", "1 2", "a..b", "1 of ()",
      "any of ($a, b)", "- true", "1 + not 2", "all", "them", "$a*", "for any i in 5 : (true)",
    ])
  func unknownConditions(text: String) {
    let text = "rule r { condition: \(text) } rule s { condition: true }"
    let found = rules(text)
    #expect(found.map(\.identifier) == ["r", "s"])
    #expect(found.first?.condition.kind == .unknown)
  }

  @Test("Numbers that libyara cannot hold are unknown, the rest of the condition is not")
  func largeNumbers() {
    #expect(condition("a and 9223372036854775807 == x") == "(a and (9223372036854775807 == x))")
    for number in [
      "9223372036854775808", "0x8000000000000000", "0o1000000000000000000000",
      "9007199254740992KB", "8796093022208MB", "99999999999999999999999999999999",
    ] {
      #expect(condition("a and \(number) == x") == "(a and (<unknown> == x))")
    }
  }

  @Test("What cannot be parsed is skipped up to the next part")
  func recovery() {
    func kinds(_ text: String) -> [String] {
      items(text).map { item in
        switch item {
        case .include: "include"
        case .moduleImport: "import"
        case .rule(let rule): rule.identifier
        case .unknown: "?"
        }
      }
    }
    #expect(kinds("x y rule a { condition: true } ; import \"m\"") == ["?", "a", "?", "import"])
    #expect(kinds("rule a { rule b { condition: true }") == ["?", "b"])
    #expect(kinds("rule a { strings: condition: true } rule b { condition: 1 }") == ["?", "b"])
    #expect(kinds("rule a { condition: include \"x\" true } rule b { condition: 1 }").last == "b")
    #expect(kinds("private private rule a { condition: true } private") == ["a", "?"])
    #expect(kinds("rule a { condition: true } /* open") == ["a", "?"])
    #expect(kinds("rule rule { condition: true }") == ["?"])
    #expect(kinds("rule a { condition: true }\u{1}rule b { condition: true }") == ["a", "?", "b"])
    #expect(kinds("import pe rule b { condition: true }") == ["?", "b"])
    #expect(kinds("include\n\"x\"") == ["?"])
    // libyara ends the path at the NUL, and in an including file continues inside the string.
    #expect(kinds("include \"a\0b\" rule b { condition: true }") == ["?", "b"])
    #expect(kinds("rule b { condition: true } \"open") == ["b", "?"])
    #expect(kinds("global include \"x\"") == ["?", "include"])
    #expect(kinds("rule a { condition: \"\n } rule b { condition: true }") == ["?", "b"])
  }
}
