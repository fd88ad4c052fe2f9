// Cases of strings and of several rules.

extension SemanticsCase {
  static let strings: [SemanticsCase] = [
    .init(
      59, "$a",
      strings: #"$a="ab" fullword"#,
      item: .text("_ab_"),
      trap: #"\w boundary: false"#,
      expected: .matches(["r"])),
    .init(
      60, "$a",
      strings: #"$a="word" fullword wide"#,
      item: .bytes(wide("word") + [0xE9, 0]),
      trap: "letter follows: false",
      expected: .matches(["r"])),
    .init(
      61, "$a",
      strings: #"$a="kasp\xc9" nocase"#,
      item: .bytes(Array("KASP".utf8) + [0xE9]),
      trap: "Latin-1 fold: true",
      expected: .matches([])),
    .init(
      62, "$a",
      strings: #"$a="kasp" xor wide"#,
      item: .bytes(wide("kasp").map { $0 ^ 0x20 }),
      trap: "zeros kept: false",
      expected: .matches(["r"])),
    .init(
      63, "$a",
      strings: #"$a="Kaspersky" xor(1-31)"#,
      item: .bytes("Kaspersky".utf8.map { $0 ^ 0x20 }),
      trap: "any key: true",
      expected: .matches([])),
    .init(
      64, "$a",
      strings: #"$a="Kaspersky" base64 ascii"#,
      item: .text("Kaspersky"),
      trap: "plain form too: true",
      expected: .matches([])),
    .init(
      65, "$a",
      strings: #"$a="К" wide"#,
      item: .bytes([0x1A, 0x04]),
      trap: "UTF-16: true",
      expected: .matches([])),
    .init(
      66, "$a",
      strings: #"$a="К" wide"#,
      item: .bytes([0xD0, 0, 0x9A, 0]),
      trap: "UTF-16 only: false",
      expected: .matches(["r"])),
    .init(
      67, "$a",
      strings: "$a={41 41 41 41 [0-300] 42 42 42 42}",
      item: .text("AAAA" + String(repeating: "x", count: 250) + "BBBB"),
      trap: "two YR_STRINGs, one name",
      expected: .matches(["r"])),
    .init(
      68, "#a == 0 and not defined @a",
      strings: "$a={41 41 41 41 [0-300] 42 42 42 42}",
      item: .text("AAAA" + String(repeating: "x", count: 254)),
      trap: "first fragment present",
      expected: .matches(["r"])),
    .init(
      69, "for any s in (0,5,uint8(100)) : (s == 5)",
      trap: "undefined item: undefined",
      expected: .matches(["r"])),
    .init(
      70, "uint8(-1) == 0 or not defined uint8(-1)",
      expected: .matches(["r"])),
    .init(
      71, "(-1 >> 64) == 0",
      trap: "arithmetic shift: -1",
      expected: .matches(["r"])),
    .init(
      72, "entrypoint > 0",
      item: .program,
      trap: "(an ELF executable)",
      expected: .matches(["r"])),
    .init(
      73, module: "console", #"console.log("x") and false"#,
      trap: "false, dropped: the line is lost",
      expected: .matches([], console: ["x"])),
    .init(
      74, "$a and #a==1000000",
      strings: #"$a="a""#,
      item: .text(String(repeating: "a", count: 1_000_005)),
      trap: "count 1000005",
      expected: .matches(["r"], cut: ["$a"])),
  ]

  static let severalRules: [SemanticsCase] = [
    .init(
      75,
      rules: """
        rule a {condition: false}
        rule b {condition: none of (a)}
        """,
      trap: "rule reference unknown: false",
      expected: .matches(["b"])),
    .init(
      76,
      rules: """
        rule a {condition: true}
        rule b {condition: 2 of (a,a)}
        """,
      trap: "set {a}: false",
      expected: .matches(["a", "b"])),
    .init(
      77,
      rules: """
        rule t1 {condition: true}
        rule t2 {condition: 2 of (t*)}
        """,
      trap: "t2 counts itself",
      expected: .matches(["t1"])),
    .init(
      78,
      rules: """
        rule a {condition: true}
        global rule g {condition: filesize < 5}
        """,
      trap: "a comes first",
      expected: .matches([])),
    .init(
      79,
      rules: """
        global rule g {condition: false}
        rule a {condition: true}
        rule b {condition: g or a}
        """,
      expected: .matches([])),
    .init(
      80,
      rules: """
        global rule g {strings: $a="hello" condition: not $a}
        rule a {condition: true}
        """,
      item: .text("xyz"),
      trap: "g has no string: false",
      expected: .matches(["g", "a"])),
    .init(
      81,
      rules: """
        private rule p {condition: true}
        """,
      trap: "p true: keep",
      expected: .matches([])),
    .init(
      82,
      rules: """
        rule a {condition: true}
        rule b {strings: $a="hello" condition: #a in (1..5) == 1}
        """,
      trap: "a and b match",
      expected: .failure,
      since45: .matches(["a"])),
  ]
}
