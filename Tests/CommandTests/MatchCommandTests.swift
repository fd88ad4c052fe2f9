import Foundation
import TestSupport
import Testing

/// `trawl match` is `yara`: the same lines, and the same status.
@Suite struct MatchCommandTests {
  private static let shared = Result { try MatchTree() }
  private let tree: MatchTree

  init() throws { tree = try Self.shared.get() }

  private func expectSame(_ arguments: String) throws {
    let words = arguments.split(separator: " ").map(String.init)
    if let difference = try MatchPeer.difference(words, in: tree.path) {
      Issue.record("\(difference)")
    }
  }

  /// `yara` 4.5 refuses files of /proc, which are scanned here: docs/match.md.
  private static let fileOfKernel =
    (try? Subprocess.run("yara", ["--version"]).text.hasPrefix("4.2.")) == true
    ? "/proc/version" : "/dev/null"

  private static let options = [
    "", "-s", "-L", "-sL", "-g", "-m", "-e", "-gemsL", "-c", "-n", "-nc", "-ns", "-r", "-rN", "-rs",
    "-rc", "-w", "-f -s", "-t t1", "-t t1 -i always", "-i a -i c -t zz", "-z 8", "-rz 9",
    "-p 1 -l 1", "-p 1 -l 3 -n", "-p 1 -l 2 -c", "-l -1 -p 1", "-D", "-S", "-rDn", "-a 0", "-a 100",
    "-k 1", "-k 2", "--fail-on-warnings", "--print-strings --recursive",
    "--max-strings-per-rule=2", "--max-process-memory-chunk=7",
  ]

  @Test(arguments: options)
  func anyOptionOfADirectory(option: String) throws {
    for rules in ["one:plain.yar two:first.yar", "warning.yar"] {
      try expectSame("\(option) \(rules) tree")
    }
  }

  @Test(arguments: ["", "-c", "-n", "-s", "-S", "--fail-on-warnings", "-l 1", "-D", "-rsgem"])
  func anyRulesOfOneFile(option: String) throws {
    for rules in [
      "plain", "first", "warning", "many", "broken", "nothing", "private", "global", "error31",
      "modules", "external",
    ] {
      try expectSame("\(option) \(rules).yar tree/sub/bytes")
    }
  }

  @Test(arguments: [
    "tree/", "./tree", "tree/empty", "tree/link", "tree/broken", "tree/self", "nowhere",
    "/dev/null", Self.fileOfKernel, "7", "tree/sub/up",
  ])
  func anyTarget(target: String) throws {
    for option in ["", "-c", "-rs"] { try expectSame("\(option) plain.yar \(target)") }
  }

  @Test(arguments: [
    "-q", "--bogus", "-p4", "-dx=1", "-p 33", "-z 0x", "-z 0x10", "--tag=t1", "--tag t1",
    "--count=3", "-c -c", "-cl 1", "-lc 1", "--threads=2", "-v", "--version", "--negatex",
    "-x none",
    "-x none=nowhere", "-x none=list", "-d a", "-d a=1 -d a=2", "-d a=1 -d a=2 -d b=1", "--", "-",
    "--atom-quality-table=nowhere",
  ])
  func anyArgument(argument: String) throws { try expectSame("\(argument) plain.yar tree/plain") }

  @Test(arguments: ["plain.yar", "", "plain.yar plain.yar tree", "nowhere.yar tree", "tree tree"])
  func argumentsThatDoNotDo(arguments: String) throws { try expectSame(arguments) }

  @Test(arguments: ["", "-c", "-r", "-rN", "-n", "-z 1", "-a 0"])
  func listsOfFiles(option: String) throws {
    for list in ["list", "tree", "nowhere"] {
      // With -a 0, yara waits for a place in its queue until a time that has passed, and may or may
      // not fail.
      if option == "-a 0", list == "list" { continue }
      try expectSame("\(option) --scan-list plain.yar \(list)")
    }
  }

  @Test func externalVariablesOfEveryType() throws {
    let values = [
      "5", "-5", "00005", "2147483648", "4294967301", "true", "false", "TRUE", ".5", "5.", "-.5",
      "-", "-5.5", "5.5.5", "", "v",
    ]
    for value in values {
      for (name, others) in [
        ("number", "-d text=v -d ratio=2.0 -d flag=true"),
        ("text", "-d number=5 -d ratio=2.0 -d flag=true"),
      ] {
        try expectSame("-d \(name)=\(value) \(others) external.yar tree/plain")
      }
    }
  }

  @Test(arguments: [
    "plain.compiled", "-s plain.compiled", "-n plain.compiled", "-c plain.compiled",
    "external.compiled", "-d number=5 external.compiled", "-d number=s external.compiled",
    "-d other=1 external.compiled", "-d number=s -d number=5 external.compiled",
    "-d flag=true -d text=v external.compiled", "-d flag=1 external.compiled", "plain.yar",
    "nowhere", "cut.compiled", "plain.compiled plain.compiled", "-S plain.compiled",
  ])
  func compiledRules(arguments: String) throws { try expectSame("-C \(arguments) tree") }

  @Test func theFixturesWithBusyRules() throws {
    let busy = Fixtures.package + "/Tests/Rules/busy.yar"
    for option in ["-r", "-rs", "-rc", "-rn", "-rD"] {
      try expectSame("\(option) \(busy) \(Fixtures.folder)")
    }
  }

  @Test func warningsOfTooManyMatches() throws {
    let folder = try TemporaryDirectory()
    try folder.write(
      "rule m { strings: $a = \"aa\" condition: $a } rule t { condition: true }", to: "r")
    try folder.write(Array(repeating: UInt8(ascii: "a"), count: 1_000_100), to: "items/many")
    try folder.write("aa", to: "items/few")
    for arguments in [
      ["r", "items"], ["--fail-on-warnings", "r", "items"],
      ["-c", "--fail-on-warnings", "r", "items"], ["-w", "--fail-on-warnings", "r", "items"],
      ["--fail-on-warnings", "r", "items/many"],
    ] {
      #expect(try MatchPeer.difference(arguments, in: folder.path) == nil)
    }
    let warned = try Command.run("match", "r", "items", in: folder.path)
    #expect(warned.errors.contains("too many matches for $a"))
  }
}
