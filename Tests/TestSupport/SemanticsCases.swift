/// Conditions that libyara evaluates differently than a reader expects. Any evaluation of
/// conditions without libyara must produce the same answers.
extension SemanticsCase {
  static let quantifiersAndUndefinedValues: [SemanticsCase] = [
    .init(
      1, "uint32(100) of ($a,$b)",
      strings: #"$a="hello" $b="world""#,
      trap: "undefined quantifier: false",
      expected: .matches(["r"])),
    .init(
      2, "uint32(100) of ($a,$b)",
      strings: #"$a="hello" $b="absent""#,
      trap: "same rule, one string missing",
      expected: .matches([])),
    .init(
      3, #"(filesize \ (filesize-11)) of them"#,
      strings: #"$a="hello""#,
      trap: #"x\0 undefined: false"#,
      expected: .matches(["r"])),
    .init(
      4, module: "pe", "pe.entry_point of them",
      strings: #"$a="hello""#,
      trap: "undefined: false",
      expected: .matches(["r"])),
    .init(
      5, "for uint32(100) i in (1..3) : (true)",
      trap: "undefined: false",
      expected: .matches(["r"])),
    .init(
      6, module: "pe", "for pe.number_of_sections of them : ($)",
      strings: #"$a="hello""#,
      trap: "undefined: false",
      expected: .matches(["r"])),
    .init(
      7, "-1 of them",
      strings: #"$a="absent""#,
      trap: "no string: false",
      expected: .matches(["r"]),
      since45: .syntaxError),
    .init(
      8, "(uint8(0)-200) of them",
      strings: #"$a="absent""#,
      trap: "no string: false",
      expected: .matches(["r"])),
    .init(
      9, "(filesize-11) of them",
      strings: #"$a="absent""#,
      trap: "quantifier 0, no string: unclear",
      expected: .matches(["r"])),
    .init(
      10, "(filesize-11) of them",
      strings: #"$a="hello""#,
      trap: #"quantifier 0, string seen: "at least 0" = true"#,
      expected: .matches([])),
    .init(
      11, "(filesize-11)% of them",
      strings: #"$a="absent""#,
      trap: "0%: false",
      expected: .matches(["r"])),
    .init(
      12, "for none of them : ($)",
      strings: #"$a="hello" $b="absent""#,
      trap: "one body true: false",
      expected: .matches(["r"]),
      since45: .matches([])),
    .init(
      13, "for none i in (1..3) : (i > 2)",
      trap: "one body true: false",
      expected: .matches(["r"]),
      since45: .matches([])),
    .init(
      14, "for 0 of ($a) : (#a >= 1)",
      strings: #"$a="hello""#,
      trap: "one body true: false",
      expected: .matches(["r"]),
      since45: .matches([])),
    .init(
      15, "for none i in (3..1) : (true)",
      trap: "empty range: true",
      expected: .matches([]),
      since45: .syntaxError),
    .init(
      16, "for all i in (3..1) : (true)",
      trap: "empty range: vacuously true",
      expected: .matches([]),
      since45: .syntaxError),
    .init(
      17, "not (for all i in (1..#a) : (@a[i] > 0))",
      strings: #"$a="absent""#,
      trap: "vacuously true, so not = false",
      expected: .matches(["r"])),
    .init(
      18, "for all i in (1,0,2) : (i)",
      trap: "body 0 once: false",
      expected: .matches(["r"]),
      since45: .matches([])),
    .init(
      19, "for 6 i in (1..3) : (i+1)",
      trap: "6 of 3 items: false",
      expected: .matches(["r"])),
    .init(
      20, "for 5 of them : (filesize)",
      strings: #"$a="absent""#,
      trap: "5 of 1 string: false",
      expected: .matches(["r"])),
    .init(
      21, "for any i in (1,2) : (-i)",
      trap: "-1 is truthy: true",
      expected: .matches([])),
    .init(
      22, "not (for any i in (1,2) : (-i))",
      trap: "false",
      expected: .matches(["r"])),
    .init(
      23, "2 of ($a,$a,$b)",
      strings: #"$a="hello" $b="absent""#,
      trap: "set {a,b}: 1 present: false",
      expected: .matches(["r"])),
    .init(
      24, "not (uint32(100)==1)",
      trap: "false inside: true",
      expected: .matches([])),
    .init(
      25, "uint32(100) != 1",
      trap: "true",
      expected: .matches([])),
    .init(
      26, "not (uint32(100)==1 and true)",
      trap: "undefined propagates: false",
      expected: .matches(["r"])),
    .init(
      27, "not (true and uint32(100)==1)",
      trap: "undefined propagates: false",
      expected: .matches(["r"])),
    .init(
      28, "not (uint32(100)==1 or false)",
      trap: "undefined propagates: false",
      expected: .matches(["r"])),
    .init(
      29, "defined (uint32(100)==1 and true)",
      trap: "false",
      expected: .matches(["r"])),
    .init(
      30, "not ($a at uint32(100))",
      strings: #"$a="hello""#,
      trap: "undefined: false",
      expected: .matches(["r"]),
      since45: .matches([])),
    .init(
      31, "not ($a in (uint32(100)..10))",
      strings: #"$a="hello""#,
      trap: "string not in range: true",
      expected: .matches([])),
    .init(
      32, "defined ($a at uint32(100))",
      strings: #"$a="hello""#,
      trap: "false",
      expected: .matches(["r"]),
      since45: .matches([])),
    .init(
      33, "not (any of them in (uint32(100)..3))",
      strings: #"$a="hello""#,
      trap: "true",
      expected: .matches([])),
    .init(
      34, "not (@a > 0)",
      strings: #"$a="absent""#,
      trap: "absent: false, so true",
      expected: .matches([])),
    .init(
      35, "not for all of them : (@ < 3)",
      strings: #"$a="absent""#,
      trap: "undefined",
      expected: .matches(["r"])),
    .init(
      36, "not #a",
      strings: #"$a="absent""#,
      trap: "string absent -> sub-expression false -> rule false",
      expected: .matches(["r"])),
    .init(
      37, "~#a",
      strings: #"$a="absent""#,
      trap: "string absent: false",
      expected: .matches(["r"])),
    .init(
      38, "#a - #b == -1",
      strings: #"$a="absent" $b="hello""#,
      expected: .matches(["r"])),
    .init(
      39, module: "pe", "not (pe.number_of_sections < 1.5)",
      trap: "undefined: false",
      expected: .matches(["r"])),
    .init(
      40, module: "pe", "not (1.5 > pe.number_of_sections)",
      trap: "same comparison mirrored",
      expected: .matches([])),
    .init(
      41, "-0.0",
      trap: "zero: false",
      expected: .matches(["r"])),
    .init(
      42, module: "pe", "not pe.is_pe",
      trap: "undefined without MZ: false",
      expected: .matches(["r"])),
    .init(
      43, module: "pe", "not pe.is_dll()",
      trap: "not a PE, so true",
      expected: .matches([])),
    .init(
      44, module: "pe", "not (pe.characteristics & 2)",
      trap: "true",
      expected: .matches([])),
    .init(
      45, module: "pe", "not (for any k,v in pe.version_info : (true))",
      trap: "undefined: false",
      expected: .matches(["r"])),
    .init(
      46, module: "pe", "not (pe.is_pe and $a)",
      strings: #"$a="hello""#,
      expected: .matches(["r"])),
  ]

  static let modulesAndOperators: [SemanticsCase] = [
    .init(
      47, module: "pe", "pe.number_of_signatures == 0",
      item: .minimalExecutable,
      trap: "PE without directory: 0",
      expected: .matches([]),
      since45: .matches(["r"])),
    .init(
      48, module: "pe", "pe.MACHINE_I386 == 0x14c",
      trap: "pe.* needs MZ: false",
      expected: .matches(["r"])),
    .init(
      49, module: "elf", "elf.ET_EXEC == 2",
      trap: "elf.* needs magic: false",
      expected: .matches(["r"])),
    .init(
      50, module: "macho", "macho.MH_MAGIC == 0xfeedface",
      trap: "macho.* needs magic: false",
      expected: .matches(["r"])),
    .init(
      51, module: "dotnet", "dotnet.is_dotnet == 0",
      expected: .matches([])),
    .init(
      52, module: "dotnet", "dotnet.is_dotnet == 0",
      item: .minimalExecutable,
      expected: .matches(["r"])),
    .init(
      53, module: "macho", "defined macho.magic",
      item: .bytes([0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 1], padding: 60),
      trap: "fat magic is a Mach-O magic",
      expected: .matches([])),
    .init(
      54, "#a in (1..5) == 0",
      strings: #"$a="absent""#,
      trap: "count 0: true",
      expected: .failure,
      since45: .matches(["r"])),
    .init(
      55, "filesize > 100 and #a in (1..5) == 0",
      strings: #"$a="absent""#,
      trap: "short circuit",
      expected: .matches([])),
    .init(
      56, #"ext_s contains """#,
      trap: "empty needle: no literal",
      expected: .matches(["r"])),
    .init(
      57, #""" matches /^$/"#,
      trap: "true",
      expected: .matches([]),
      since45: .matches(["r"])),
    .init(
      58, #""\xff" > "a""#,
      trap: "unsigned bytes: true",
      expected: .matches([])),
  ]
}
