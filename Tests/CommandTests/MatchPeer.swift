import Foundation
import TestSupport

/// `yara` and `trawl match` on the same arguments.
enum MatchPeer {
  /// Description of the difference; nil if the lines, in any order, and the status are equal.
  /// `launcher` is a program with arguments that starts both commands; may be empty.
  static func difference(_ arguments: [String], in folder: String, launcher: [String] = [])
    throws -> String?
  {
    // With several threads, yara prints the output of rules inside the lines of other files.
    let threads = arguments.contains { $0.hasPrefix("-p") || $0.hasPrefix("--thr") }
    func run(_ command: [String]) throws -> Subprocess.Result {
      let words = launcher + command
      return try Subprocess.run(words[0], Array(words.dropFirst()), in: folder)
    }
    let yara = try run(["yara"] + (threads ? [] : ["-p", "1"]) + arguments)
    let trawl = try run([Command.path, "match"] + arguments)
    let expected = lines(yara.output)
    let found = lines(trawl.output)
    guard expected != found || yara.status != trawl.status else { return nil }
    let missing = Set(expected).subtracting(found).prefix(3).map(shown)
    let surplus = Set(found).subtracting(expected).prefix(3).map(shown)
    return "\(arguments.joined(separator: " ")): status \(yara.status) became \(trawl.status);"
      + " \(expected.count) lines became \(found.count); missing \(missing); surplus \(surplus);"
      + " yara said \(yara.errors.suffix(200)); trawl said \(trawl.errors.suffix(200))"
  }

  /// Output lines as bytes, sorted: threads end in any order.
  static func lines(_ output: Data) -> [Data] {
    output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { Data($0) }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private static func shown(_ line: Data) -> String { String(decoding: line, as: UTF8.self) }
}

/// A folder of rules, and a tree with entries that are difficult for scanners.
struct MatchTree {
  let folder: TemporaryDirectory
  var path: String { folder.path }

  init() throws {
    folder = try TemporaryDirectory()
    for (name, text) in Self.rules { try folder.write(text, to: name + ".yar") }
    try folder.write([UInt8]("xxabcde\n".utf8) + [1] + Array("abcdeabc".utf8), to: "tree/plain")
    try folder.write("", to: "tree/empty")
    try folder.write("abc", to: "tree/.hidden")
    try folder.write("abc in a space", to: "tree/a b")
    try folder.write("abc in a new line", to: "tree/a\nb")
    try folder.write("deep abc", to: "tree/sub/deeper/deepest/file")
    try folder.write(Array(repeating: UInt8(ascii: "z"), count: 3000), to: "tree/sub/zzz")
    try folder.write(
      [UInt8(ascii: "a")] + Array(0...UInt8.max) + Array(repeating: 0x7A, count: 600),
      to: "tree/sub/bytes")
    try folder.write("tree/plain\n\ntree/empty\r\ntree\nnowhere\n/dev/null\ntree/plain", to: "list")
    try folder.write("", to: "7")
    _ = try Subprocess.run(
      "sh",
      [
        "-c",
        #"""
        printf abc > "tree/$(printf '\377\376')"
        ln -s plain tree/link && ln -s nowhere tree/broken && ln -s . tree/dot
        ln -s .. tree/sub/up && ln -s self tree/self && ln tree/plain tree/sub/hard
        mkfifo tree/pipe pipe
        yarac -d number=1 -d text=t -d ratio=0.5 -d flag=false external.yar external.compiled
        yarac plain.yar plain.compiled
        head -c 100 plain.compiled > cut.compiled
        """#,
      ], in: folder.path)
  }

  /// Rule texts by name.
  private static let rules = [
    "plain": #"""
    import "console"
    rule a : t1 t2 { meta: i = 5 b = true s = "q\"x\\y\n\t\x80é'" n = -3
      strings: $x = "abc" $h = { 61 62 ?? } $w = "abc" wide $p = "bcd" private $ = "cde"
      condition: any of them }
    private rule p { condition: true }
    rule b { condition: filesize < 5 and console.log("small ", filesize) }
    rule c : t1 { condition: filesize == 0 }
    rule always { condition: true }
    rule long { strings: $h = { 61 [0-400] 7a } $r = /az+/ $z = "zz" condition: any of them }
    """#,
    "first": "rule n1 { condition: filesize == 77 } rule m1 { condition: true }"
      + " rule m2 { condition: true } rule n2 { condition: false }",
    "warning": #"rule w { strings: $a = /a.*b/ $b = "a" condition: any of them }"#,
    "many":
      #"rule many { strings: $a = "zz" condition: #a > 2 } rule global1 { condition: true }"#,
    "broken": "rule x { condition: foo } rule y { condition: bar }",
    "nothing": "",
    "private": "private rule x { condition: true }",
    "global": "global rule g { condition: filesize == 0 } rule x { condition: true }",
    "error31": #"import "console" rule x { strings: $a = "abc" condition: console.log("before")"#
      + #" and #a in (1..5) == 1 } rule y { condition: true }"#,
    "modules": #"import "elf" import "math" import "console" import "pe" rule x { condition:"#
      + #" console.log("k") and pe.is_pe == 0 }"#,
    "external": "rule number { condition: number == 5 } rule text { condition: text == \"v\" }"
      + " rule ratio { condition: ratio > 1.0 } rule flag { condition: flag }",
  ]
}
