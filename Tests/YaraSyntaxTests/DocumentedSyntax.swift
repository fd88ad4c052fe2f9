import Yara

/// Rules with every construct of YARA's documentation. They are compiled one by one.
enum DocumentedSyntax {
  static let rules = accepted + (Library.release < (4, 5) ? ofEarlierVersions : [])

  /// Constant numbers below 0, which 4.5 refuses.
  private static let ofEarlierVersions = [
    #"""
    rule Negative { strings: $a = "abc" condition: -1 of them
    or for any i in (-1, 5) : (i < 0) or $a in (-5..5) or $a at -1 }
    """#
  ]

  private static let accepted = [
    "rule dummy { condition: false }",
    "/*\n a comment\n*/ rule CommentExample // a comment\n{ condition: /* here */ false // too\n}",
    #"""
    rule ExampleRule { strings: $my_text_string = "text here"
    $my_hex_string = { E2 34 A1 C8 23 FB } condition: $my_text_string or $my_hex_string }
    """#,
    "rule WildcardExample { strings: $hex_string = { E2 34 ?? C8 A? FB } condition: $hex_string }",
    "rule LowNibble { strings: $a = { ?4 34 ?? c8 } condition: $a }",
    #"""
    rule JumpExample { strings: $a = { F4 23 [4-6] 62 B4 } $b = { FE 39 45 [0-8] 89 00 }
    $c = { FE 39 45 [6] 89 00 } $d = { FE 39 45 [10-] 89 00 } $e = { FE 39 45 [-] 89 00 }
    condition: any of them }
    """#,
    #"""
    rule AlternativesExample { strings: $a = { F4 23 ( 62 B4 | 56 ) 45 }
    $b = { F4 23 ( 62 B4 | 56 | 45 ?? 67 ) 45 }
    $c = { ( 41 ( 42 | 43 [1-3] 44 ) | 45 ) 46 47 48 } condition: any of them }
    """#,
    #"""
    rule HexComments { strings: $a = { E2 34 // } line
     A1 /* block
     } */ C8 23 FB } $b = {41/**/42} condition: any of them }
    """#,
    "rule HexTight{strings:$a={E234A1C823FB} $b={E2\tA1\r\nC8 }condition:any of them}",
    "rule HexBlanks { strings: $c = { 41 [ 1 - 2 ] 42 43 44 } condition: any of them }",
    #"rule Escapes { strings: $a = "a\"b\\c\td\ne\x41\xff\r" condition: $a }"#,
    #"""
    rule Modifiers { strings: $a = "foobar" nocase $b = "Borland" wide
    $c = "Borland" wide ascii $d = "domain" fullword $e = "text" private ascii
    condition: any of them }
    """#,
    #"""
    rule XorExample { strings: $a = "This program cannot" xor
    $b = "This program" xor wide ascii $c = "This program" xor(0x01-0xff)
    $d = "This program" xor(0x10) $e = "abc" xor ( 1 - 2 ) private condition: any of them }
    """#,
    #"""
    rule Base64Example { strings: $a = "This program cannot" base64
    $b = "This program cannot" 
    base64("!@#$%^&*(){}[].,|ABCDEFGHIJ\x09LMNOPQRSTUVWXYZabcdefghijklmnopqrstu")
    $c = "This program" base64wide $d = "This program" base64 base64wide
    condition: any of them }
    """#,
    #"""
    rule RegExpExample { strings: $re1 = /md5: [0-9a-fA-F]{32}/ $re2 = /state: (on|off)/
    $re3 = /foo/i $re4 = /bar./s $re5 = /baz./is $re6 = /a\/b[\/\\]c/ nocase wide
    $re7 = /abc/ ascii fullword private condition: any of them }
    """#,
    #"""
    rule Example { strings: $a = "text1" $b = "text2" $c = "text3" $d = "text4"
    condition: ($a or $b) and ($c or $d) }
    """#,
    "rule CountExample { strings: $a = \"dummy1\" $b = \"dummy2\" condition: #a == 6 and #b > 10 }",
    "rule CountIn { strings: $a = \"dummy1\" condition: #a in (filesize-500..filesize) == 2 }",
    #"""
    rule AtExample { strings: $a = "dummy1" $b = "dummy2" condition: $a at 100
    and $b at 200 + 1 }
    """#,
    #"""
    rule InExample { strings: $a = "dummy1" $b = "dummy2" condition: $a in (0..100)
    and $b in (100..filesize) }
    """#,
    "rule OffsetLength { strings: $a = \"dummy1\" condition: @a > 1 and @a[2] == !a[1] + !a }",
    "rule FileSizeExample { condition: filesize > 200KB and filesize < 3MB }",
    #"""
    rule EntryPoint { strings: $a = { E8 00 00 00 00 } condition: $a at entrypoint
    and $a in (entrypoint..entrypoint + 10) }
    """#,
    "rule IsPE { condition: uint16(0) == 0x5A4D and uint32(uint32(0x3C)) == 0x00004550 }",
    #"""
    rule Reads {
    condition: int8(0) + int16(0) + int32(0) + uint8(0) + uint16(0) + uint32(0)
    + int8be(0) + int16be(0) + int32be(0) + uint8be(0)
    + uint16be(0) + uint32be(0) == 0 }
    """#,
    #"""
    rule OfExample1 { strings: $a = "dummy1" $b = "dummy2" $c = "dummy3"
    condition: 2 of ($a,$b,$c) }
    """#,
    #"""
    rule OfExample2 { strings: $foo1 = "foo1" $foo2 = "foo2" condition: 2 of ($foo*)
    and 1 of ( $foo1 , $foo2 ) and any of ($*) }
    """#,
    #"""
    rule OfExample5 { strings: $a = "dummy1" $b = "dummy2" condition: all of them
    and any of them or none of them or 1 of them }
    """#,
    #"""
    rule OfExample6 { strings: $a = "dummy1" $b = "dummy2" condition: (filesize-11) of them
    and #a of them and 50% of them and 2*25 % of them and (#a + 1)% of ($a) }
    """#,
    #"""
    rule OfExample7 { strings: $a = "dummy1" $b = "dummy2"
    condition: all of ($a,$b) in (filesize-500..filesize) or any of them in (1..2) }
    """#,
    #"""
    rule ForOf { strings: $a = "dummy1" $b = "dummy2"
    condition: for any of ($a,$b) : ( $ at 100 ) or for all of them : ( # > 3 )
    or for 1 of ($*) : ( @ > 1 and ! == 2 and @[1] == ![1] and $ in (1..2)
    and # in (1..3) == 1 ) or for none of them : ($) }
    """#,
    #"""
    rule AnonymousStrings { strings: $ = "dummy1" $ = "dummy2" $ = { 41 42 43 }
    condition: 1 of them }
    """#,
    #"""
    rule Occurrences { strings: $a = "dummy1" $b = "dummy2"
    condition: for all i in (1,2,3) : ( @a[i] + 10 == @b[i] )
    and for all i in (1..#a) : ( @a[i] < 100 ) and for any i in (1) : ( i ) }
    """#,
    #"""
    import "pe" rule Iterators {
    condition: for any section in pe.sections : ( section.name == ".text" )
    and for any k, v in pe.version_info : ( k == "CompanyName" and v contains "x" )
    and for any i in (0..pe.number_of_sections-1) : ( pe.sections[i].name == ".text" ) }
    """#,
    #"""
    rule NestedLoops { strings: $a = "dummy1"
    condition: for any i in (1..2) : ( for all j in (i..3) : ( j > i ) )
    or for any of them : ( for any i in (1..2) : ( @[i] == 1 ) ) }
    """#,
    #"""
    rule Rule1 { strings: $a = "dummy1" condition: $a } rule Rule2 { strings: $a = "dummy2"
    condition: $a and Rule1 }
    """#,
    #"""
    rule Rule1 { condition: true } rule Rule2 { condition: true } rule MainRule {
    condition: any of (Rule*) or 2 of (Rule1, Rule2) or 50% of (Rule1,Rule2)
    or all of (Rule1, Rule *) }
    """#,
    "global rule SizeLimit { condition: filesize < 2MB }",
    #"""
    private rule PrivateRuleExample { condition: true } global private rule A {
    condition: true } private global rule B { condition: true }
    """#,
    #"""
    rule TagsExample1 : Foo Bar Baz { condition: true } rule TagsExample2 : Bar {
    condition: true }
    """#,
    #"""
    rule MetadataExample {
    meta: my_identifier_1 = "Some string data" my_identifier_2 = 24 my_identifier_3 = true n = -5
    f = false h = 0x10 k = 1KB
    strings: $my_text_string = "text here" condition: $my_text_string }
    """#,
    #"""
    import "pe" import "cuckoo" rule Modules { condition: pe.entry_point == 0x1000
    and cuckoo.network.http_request(/someregexp/) and pe.imports("a.dll", "b")
    and pe.exports(/x/i) and pe.version_info["CompanyName"] contains "Microsoft"
    and pe.is_dll() and pe.is_pe }
    """#,
    #"""
    import "math" rule Math { condition: math.entropy(0, filesize) >= 7.5
    and math.in_range(math.mean(0, filesize), 1.0, 127.0) and math.to_number(filesize > 5
    and true) == 1 and math.abs(-1) == 1 }
    """#,
    #"""
    import "hash" rule Hash {
    condition: hash.md5(0, filesize) == "feba6c919e3797e7778e8f2e85fa033d"
    or hash.sha256("x") == "y" }
    """#,
    #"""
    rule External { condition: ext_i == 10 or ext_b or ext_s contains "text"
    or ext_s matches /[a-z]+/ or ext_s matches /[a-z]+/is or ext_f > 1.25 }
    """#,
    #"""
    rule TextOperators { condition: ext_s contains "a" or ext_s icontains "a"
    or ext_s startswith "a" or ext_s istartswith "a" or ext_s endswith "a"
    or ext_s iendswith "a" or ext_s iequals "a" or ext_s == "a" or ext_s < "b"
    or ext_s >= "c" or ext_s != "d" }
    """#,
    #"""
    rule Arithmetic { condition: 1 + 2 * 3 - 4 \ 5 % 6 == -7
    and ~1 & 2 | 3 ^ 4 << 5 >> 6 != 0 and - 5 < 6 and 7 > 8 and 9 <= 10 and 11 >= 12
    and 1.5 + 2 * 0.25 > -1.0 }
    """#,
    #"""
    rule Numbers { condition: 10 == 0xA and 0o17 == 15 and 1KB == 1024 and 2MB == 2097152
    and 007 == 7 and 0xabcdefABCDEF01 > 0 and 9223372036854775807 > 0
    and 0x7fffffffffffffff > 0 and 0.5 < 1 }
    """#,
    #"""
    rule Defined { condition: defined uint8(100) and not defined uint32(5)
    and not not defined ext_i or not true }
    """#,
    #"""
    rule Parentheses { condition: (((ext_i))) + ((1)) == (2) and ((ext_b)) and (not (true))
    and ((ext_s) contains ("x")) }
    """#,
    #"""
    rule Keywords { meta: a = "rule x { condition: } // /* " strings: $rule = "} rule y {"
    $condition = /}{/ $meta = { 7D } $_ = "x1" $1 = "y2" condition: $rule and $condition
    and any of ($meta, $_, $1) }
    """#,
    "rule _under_score9 { condition: ext_i==5and(true)or(filesize>1)and not(false) }",
    "rule Tight{strings:$a=\"abc\"nocase $b=/x1y/i condition:#a>1and$a at 1or@a<!a or$b}",
    #"""
    import "console" rule Console { condition: console.log("x")
    and console.log("y: ", ext_i) and console.hex(uint8(0)) }
    """#,
    #"""
    import "time" rule Time { condition: time.now() > 5 } import "elf" rule Elf {
    condition: elf.type == elf.ET_EXEC and elf.sections[0].type == elf.SHT_NULL }
    """#,
  ]
  /// Syntax of later versions, parsed where the tree can represent it.
  static let ofLaterVersions = [
    #"""
    rule TextSet {
    condition: for any s in ("71b36345516e076a0663e0bea97759e4",
    "1e7f7edeb06de02f2c2a9319de99e033") : ( s == "x" ) }
    """#,
    "rule OfAt { strings: $a = \"abc\" condition: any of them at 0 }",
    "rule NotByte { strings: $a = { 41 ~42 43 ~?4 } condition: $a }",
  ]
}
