import Bytes
import Evidence
import Files
import Glibc
import TestSupport
import Testing

@Suite struct TargetTests {
  private let tree: Tree

  init() throws {
    tree = try Tree()
    try tree.folder.write("text", to: "folder/file")
    try tree.folder.write("more text", to: "other")
  }

  @Test func aFileIsATarget() throws {
    let receiver = walk([tree.path("other")])
    #expect(receiver.paths == [tree.path("other")])
    #expect(receiver.items.first?.locator.evidence == tree.path("other"))
    #expect(try receiver.items.first?.content.open().facts.size == 9)
    #expect(receiver.count(of: .directories) == 0)
  }

  @Test func targetsComeInTheirOrder() {
    let targets = [tree.path("other"), tree.path("folder"), tree.path("other")]
    let receiver = walk(targets)
    #expect(receiver.items.map(\.locator.evidence) == targets)
    #expect(
      receiver.items.map(\.locator.path)
        == [tree.path("other"), tree.path("folder/file"), tree.path("other")])
  }

  @Test func aMissingTargetIsReportedAndTheNextIsScanned() {
    let targets = [tree.path("none"), tree.path("other/below"), tree.path("other")]
    let receiver = walk(targets)
    #expect(receiver.problems.map(\.problem.reason) == [.missing, .missing])
    #expect(receiver.problems.map(\.locator.path) == Array(targets.prefix(2)))
    #expect(receiver.paths == [tree.path("other")])
  }

  @Test func aTargetWithANULIsReported() {
    errno = EACCES
    let receiver = walk([RawPath(tree.path("other").bytes + [0])])
    #expect(receiver.items.isEmpty)
    #expect(receiver.problems.map(\.problem.reason) == [.unreadable])
    #expect(receiver.problems.first?.problem.message.contains("Invalid argument") == true)
  }

  @Test func anEmptyTargetIsMissing() {
    #expect(walk([""]).problems.map(\.problem.reason) == [.missing])
  }

  @Test func targetsAreDescribed() throws {
    try tree.makeNode("pipe", kind: S_IFIFO)
    let names: [RawPath] = ["other", "folder", "pipe", "none"]
    let evidence = FileSource(names.map(tree.path) + ["/dev/null"]).evidence
    #expect(evidence.map(\.kind) == [.file, .directory, .other, .missing, .device])
    #expect(evidence.map(\.size) == [9, nil, nil, nil, nil])
    #expect(evidence.map(\.name) == names.map(tree.path) + ["/dev/null"])
  }

  private static let absolute: [(target: RawPath, absolute: RawPath)] = [
    ("/", "/"), ("/a", "/a"), ("/a/", "/a"), ("//a//b", "/a/b"), ("/a/./b/.", "/a/b"),
    ("/a/../b", "/a/../b"), ("/..", "/.."), ("/.", "/"), ("/.a/..b", "/.a/..b"),
    (RawPath([0x2F, 0xFF, 0x2F]), RawPath([0x2F, 0xFF])),
  ]

  @Test(arguments: absolute)
  func aTargetIsMadeAbsolute(target: RawPath, absolute: RawPath) {
    #expect(FileSource.absolute(target) == absolute)
  }

  @Test func aRelativeTargetBeginsAtTheCurrentDirectory() throws {
    let buffer = try #require(getcwd(nil, 0))
    defer { free(buffer) }
    let current = RawPath(String(cString: buffer))
    #expect(FileSource.absolute("a/b") == current.appending("a/b"))
    #expect(FileSource.absolute("./a") == current.appending("a"))
    #expect(FileSource.absolute(".") == current)
    #expect(FileSource.absolute("..") == current.appending(".."))
  }

  /// Runs in its own process, because the current directory is global to a process.
  @Test func relativeTargetsAreWalked() async {
    await #expect(processExitsWith: .exitCode(0)) { [root = tree.folder.path as String] in
      let folder = RawPath(root).appending("folder")
      guard chdir(folder.utf8!) == 0 else { exit(1) }
      guard walk(["."]).paths == [folder.appending("file")] else { exit(2) }
      guard walk(["file"]).paths == [folder.appending("file")] else { exit(3) }
      guard walk(["../other"]).paths == [folder.appending("../other")] else { exit(4) }
      let above = walk([".."])
      let expected = ["../folder/file", "../other"].map { folder.appending($0) }
      guard above.paths == expected else { exit(5) }
      guard above.items.allSatisfy({ $0.locator.evidence == ".." }) else { exit(6) }
      for item in above.items { guard (try? item.content.open()) != nil else { exit(7) } }
      guard walk(["none"]).reasons == [folder.appending("none"): .missing] else { exit(8) }
      exit(0)
    }
  }
}
