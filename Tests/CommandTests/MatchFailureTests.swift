import Foundation
import TestSupport
import Testing

/// Files that cannot be read: the same lines and status as `yara`, and none is called clean.
@Suite struct MatchFailureTests {
  private let tree: MatchTree

  init() throws { tree = try MatchTree() }

  /// Root may read everything: if the tests run as root, both run as nobody.
  private static var asNobody: [String] {
    geteuid() == 0
      ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"] : []
  }

  private func expectSame(_ arguments: String, launcher: [String]) throws {
    let words = arguments.split(separator: " ").map(String.init)
    if let difference = try MatchPeer.difference(words, in: tree.path, launcher: launcher) {
      Issue.record("\(difference)")
    }
  }

  private func write(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: tree.path + "/" + name))
  }

  private func stderr(_ arguments: [String], launcher: [String]) throws -> String {
    let command = launcher + [Command.path, "match"] + arguments
    return try Subprocess.run(command[0], Array(command.dropFirst()), in: tree.path).errors
  }

  /// One thread: several threads of yara garble each other's lines.
  private static let options = ["", "-c", "-n", "-s", "-r", "-rc", "-rn", "-rs", "-D", "-p 1 -r"]

  @Test(arguments: options)
  func filesAndDirectoriesThatMayNotBeRead(option: String) throws {
    _ = try Subprocess.run(
      "sh",
      [
        "-c",
        """
        chmod 755 . && mkdir tree/closed && printf abc > tree/closed/file
        printf abc > tree/sub/secret && chmod 000 tree/sub/secret tree/closed
        printf abc > tree/private && chmod 000 tree/private
        """,
      ], in: tree.path)
    for target in ["tree", "tree/private", "tree/closed", "tree/closed/file"] {
      try expectSame("\(option) plain.yar \(target)", launcher: Self.asNobody)
    }
    try expectSame("--scan-list \(option) plain.yar list", launcher: Self.asNobody)
    let said = try stderr(["-r", "plain.yar", "tree"], launcher: Self.asNobody)
    for path in ["tree/private", "tree/sub/secret", "tree/closed"] {
      #expect(said.contains(path), "\(said)")
    }
    _ = try Subprocess.run(
      "sh", ["-c", "chmod 755 tree/closed && chmod 644 tree/private tree/sub/secret"],
      in: tree.path)
  }

  /// A regular expression that branches too often, and an include that is not there: rule, string and words are yara's.
  @Test func failuresNameRuleAndString() throws {
    try write(String(repeating: "a", count: 1200) + "z", "many")
    try write(
      "rule branching { strings: $r = /aaa.{0,600}.{0,600}z/s condition: $r }\n",
      "branching.yar")
    try expectSame("-w branching.yar many", launcher: [])
    let said = try stderr(["-w", "branching.yar", "many"], launcher: [])
    #expect(said.contains(#"string "$r" in rule "branching" caused error: 46"#), "\(said)")
    try write(
      "include \"nowhere.yar\"\nrule r { condition: true }\n", "including.yar")
    try expectSame("including.yar many", launcher: [])
    let missing = try stderr(["including.yar", "many"], launcher: [])
    #expect(missing.contains("can't open include file: nowhere.yar"), "\(missing)")
  }

  /// strace makes the opening of one file fail, as if the file had vanished after its directory
  /// was read.
  @Test(arguments: options)
  func filesThatVanish(option: String) throws {
    let launcher = [
      "strace", "-f", "-o", "/dev/null", "-P", "tree/plain", "-P", "plain", "-P",
      "./tree/plain", "-e", "trace=open,openat", "-e", "inject=open,openat:error=ENOENT", "--",
    ]
    try expectSame("\(option) plain.yar tree", launcher: launcher)
    try expectSame("\(option) plain.yar tree/plain", launcher: launcher)
    let said = try stderr(["-r", "plain.yar", "tree"], launcher: launcher)
    #expect(said.contains("tree/plain"), "\(said)")
  }
}
