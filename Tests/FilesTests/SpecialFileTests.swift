import Bytes
import Evidence
import Files
import Glibc
import TestSupport
import Testing

@Suite struct SpecialFileTests {
  private let tree: Tree

  init() throws { tree = try Tree() }

  @Test func pipesAndSocketsAreReportedNotOpened() throws {
    try tree.makeNode("pipe", kind: S_IFIFO)
    try tree.makeNode("socket", kind: S_IFSOCK)
    try tree.folder.write("text", to: "file")
    let receiver = tree.walk()
    #expect(receiver.paths == [tree.path("file")])
    #expect(receiver.reasons == [tree.path("pipe"): .pipe, tree.path("socket"): .socket])
    #expect(receiver.problems.allSatisfy { $0.locator.evidence == tree.root })
  }

  @Test func theyAreReportedAsTargetsToo() throws {
    try tree.makeNode("pipe", kind: S_IFIFO)
    try tree.makeNode("socket", kind: S_IFSOCK)
    let receiver = walk([tree.path("pipe"), tree.path("socket"), "/dev/null"])
    #expect(receiver.items.isEmpty)
    #expect(receiver.problems.map(\.problem.reason) == [.pipe, .socket, .device])
    #expect(receiver.problems.map(\.locator.path.lastComponent) == ["pipe", "socket", "null"])
  }

  @Test func devicesInADirectoryAreReported() throws {
    let null = tree.path("null")
    let made = null.withCString { mknod($0, S_IFCHR | 0o600, dev_t(1 << 8 | 3)) }
    try #require(made == 0 || errno == EPERM)
    if made == 0 { #expect(tree.walk().reasons == [null: .device]) }
  }

  /// overlayfs marks a name that a layer deletes by a character device 0:0: a name without content.
  @Test func whiteoutsAreNoProblem() throws {
    let gone = tree.path("gone")
    let made = gone.withCString { mknod($0, S_IFCHR | 0o600, dev_t(0)) }
    try #require(made == 0 || errno == EPERM)
    let receiver = tree.walk()
    #expect(receiver.problems.isEmpty)
    if made == 0 { #expect(receiver.count(of: .specialFiles) == 1) }
  }

  @Test func excludedOnesAreNotReported() throws {
    try tree.makeNode("pipe", kind: S_IFIFO)
    let receiver = tree.walk { $0.filter = PathFilter(excluded: ["pi*"]) }
    #expect(receiver.problems.isEmpty)
    #expect(receiver.count(of: .excluded) == 1)
  }

  @Test func aFileThatBecameSomethingElseIsTold() throws {
    for name in ["a", "b", "c", "d"] { try tree.folder.write("text", to: name) }
    let items = tree.walk { $0.width = 1 }.items.sorted { $0.locator.path < $1.locator.path }
    for name: RawPath in ["a", "b", "c", "d"] {
      #expect(tree.path(name).withCString { unlink($0) } == 0)
    }
    try tree.makeNode("a", kind: S_IFIFO)
    try tree.makeNode("b", kind: S_IFSOCK)
    try tree.makeDirectory("c")
    let reasons = items.map { item -> ItemProblem.Reason? in
      do throws(ItemProblem) {
        _ = try item.content.open()
        return nil
      } catch { return error.reason }
    }
    #expect(reasons == [.pipe, .socket, .unsupported, .vanished])
  }

  @Test func aDirectoryThatVanishedIsTold() throws {
    try tree.touch("file")
    try tree.makeDirectory("folder")
    let folder = tree.path("folder")
    // The folder waits until the listing of its parent is done.
    let receiver = RecordingReceiver { _ in _ = folder.withCString { rmdir($0) } }
    let found = walk([tree.root], receiver: receiver) { $0.width = 1 }
    #expect(found.reasons == [folder: .vanished])
  }

  @Test func aDirectoryThatBecameAFileIsTold() throws {
    try tree.touch("file")
    try tree.makeDirectory("folder")
    let folder = tree.path("folder")
    let receiver = RecordingReceiver { _ in
      _ = folder.withCString { rmdir($0) }
      _ = folder.withCString { close(open($0, O_WRONLY | O_CREAT, 0o644)) }
    }
    let found = walk([tree.root], receiver: receiver) { $0.width = 1 }
    #expect(found.reasons == [folder: .unreadable])
    #expect(found.problems.first?.problem.message.contains("Not a directory") == true)
  }

  @Test func aDirectoryThatBecameALinkIsNotFollowed() throws {
    try tree.touch("file")
    try tree.makeDirectory("folder")
    let folder = tree.path("folder")
    let receiver = RecordingReceiver { _ in
      _ = folder.withCString { rmdir($0) }
      _ = folder.withCString { symlink("/etc", $0) }
    }
    let found = walk([tree.root], receiver: receiver) { $0.width = 1 }
    #expect(found.items.count == 1)
    #expect(found.reasons.keys.map(\.self) == [folder])
  }

  /// Root may read everything, so the walk runs as nobody, in its own process.
  @Test func whatMayNotBeReadIsTold() async throws {
    try tree.makeDirectory("locked", mode: 0o000)
    try tree.folder.write("text", to: "file")
    chmod(tree.root.utf8!, 0o755)
    chmod(tree.path("file").utf8!, 0o000)
    await #expect(processExitsWith: .exitCode(0)) { [root = tree.folder.path as String] in
      if getuid() == 0 { guard setuid(65534) == 0 else { exit(1) } }
      let root = RawPath(root)
      let receiver = walk([root])
      guard receiver.reasons == [root.appending("locked"): .permissionDenied] else { exit(2) }
      guard let item = receiver.items.first, receiver.items.count == 1 else { exit(3) }
      do throws(ItemProblem) {
        _ = try item.content.open()
        exit(4)
      } catch { exit(error.reason == .permissionDenied ? 0 : 5) }
    }
    chmod(tree.path("locked").utf8!, 0o755)
  }
}
