import Bytes
import Evidence
import Files
import Glibc
import TestSupport
import Testing

@Suite struct SymbolicLinkTests {
  private let tree: Tree

  init() throws {
    tree = try Tree()
    try tree.folder.write("text", to: "real/file")
    try tree.link("to-file", to: "real/file")
    try tree.link("to-folder", to: "real")
    try tree.link("broken", to: "none")
    try tree.link("self", to: "self")
    try tree.link("real/up", to: "..")
    try tree.link("to-null", to: "/dev/null")
  }

  private func names(_ receiver: RecordingReceiver) -> [RawPath] {
    receiver.paths.map { RawPath(Array($0.bytes.dropFirst(tree.root.bytes.count + 1))) }
  }

  @Test func linksAreCountedNotFollowed() {
    let receiver = tree.walk()
    #expect(names(receiver) == ["real/file"])
    #expect(receiver.count(of: .symbolicLinks) == 6)
    #expect(receiver.problems.isEmpty)
  }

  @Test(arguments: [1, 8])
  func linksAreFollowedWhenAskedAndALoopEnds(width: Int) {
    let receiver = tree.walk {
      $0.followsSymbolicLinks = true
      $0.width = width
    }
    // The folder is entered once, by one of its two names.
    let found = names(receiver)
    #expect(found.count == 2)
    #expect(found.contains("to-file"))
    #expect(found.contains("real/file") != found.contains("to-folder/file"))
    #expect(receiver.count(of: .directories) == 2)
    #expect(receiver.count(of: .symbolicLinks) == 2, "broken and self lead nowhere")
    #expect(receiver.reasons == [tree.path("to-null"): .device])
  }

  @Test func aFollowedLinkOpensWhatItLeadsTo() throws {
    let receiver = tree.walk { $0.followsSymbolicLinks = true }
    let link = try #require(receiver.items.first { $0.locator.path == tree.path("to-file") })
    let facts = try link.content.open().facts
    #expect(facts.size == 4)
    #expect(facts.hasOtherPaths, "what a link leads to has a name of its own")
  }

  @Test func aFileThatBecameALinkIsNotFollowed() throws {
    let item = try #require(tree.walk().items.first)
    #expect(tree.path("real/file").withCString { unlink($0) } == 0)
    try tree.link("real/file", to: "/etc/passwd")
    let problem = #expect(throws: ItemProblem.self) { _ = try item.content.open() }
    #expect(problem?.reason == .vanished)
  }

  @Test func aTargetMayBeALink() throws {
    let file = walk([tree.path("to-file")])
    #expect(file.paths == [tree.path("to-file")])
    #expect(try file.items.first?.content.open().facts.size == 4)
    let folder = walk([tree.path("to-folder")])
    #expect(folder.paths == [tree.path("to-folder/file")])
    #expect(folder.count(of: .symbolicLinks) == 1)
  }

  @Test func aTargetMayBeALinkThatLeadsNowhere() {
    let receiver = walk([tree.path("broken"), tree.path("self")])
    #expect(receiver.items.isEmpty)
    #expect(receiver.problems.map(\.problem.reason) == [.missing, .unreadable])
    #expect(receiver.problems.last?.problem.message.contains("symbolic links") == true)
  }
}
