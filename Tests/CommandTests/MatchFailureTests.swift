import Foundation
import TestSupport
import Testing

/// Files that cannot be had: `yara`'s lines and status all the same, and nothing of them called clean.
@Suite struct MatchFailureTests {
  private let tree: MatchTree

  init() throws { tree = try MatchTree() }

  /// Root may read everything: both run as somebody else where the tests run as root.
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

  private func stderr(_ arguments: [String], launcher: [String]) throws -> String {
    let command = launcher + [Command.path, "match"] + arguments
    return try Subprocess.run(command[0], Array(command.dropFirst()), in: tree.path).errors
  }

  /// One thread: several of yara's own write into each other's lines.
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

  /// strace lets the opening of one file fail, as it does when the file vanished after its directory was read.
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
