import Bytes
import Evidence
import Files
import Foundation
import TestSupport
import Testing

@Suite struct FileSystemTests {
  private let tree: Tree

  init() throws {
    tree = try Tree()
    try tree.folder.write("text", to: "file")
  }

  @Test(arguments: ["/proc", "/proc/self", "/sys", "/sys/kernel"] as [RawPath])
  func aPseudoFileSystemIsNoTarget(target: RawPath) {
    let receiver = walk([target])
    #expect(receiver.items.isEmpty)
    #expect(receiver.problems.map(\.problem.reason) == [.pseudoFileSystem])
    #expect(receiver.problems.map(\.locator.evidence) == [target])
    #expect(receiver.count(of: .directories) == 0)
  }

  @Test func aPseudoFileSystemWithinATreeIsPassedBy() throws {
    try tree.link("kernel", to: "/proc")
    let receiver = tree.walk { $0.followsSymbolicLinks = true }
    #expect(receiver.paths == [tree.path("file")])
    #expect(receiver.problems.isEmpty)
    #expect(
      receiver.ignored.filter { $0.kind == .pseudoFileSystems }.map(\.path) == [
        tree.path("kernel")
      ])
  }

  /// A folder on another file system, reached through a link, because a test must not mount
  /// anything.
  private static let other = "/dev/shm"

  private static var hasOtherFileSystem: Bool {
    var there = stat()
    var here = stat()
    return stat(other, &there) == 0 && access(other, W_OK) == 0
      && stat(FileManager.default.temporaryDirectory.path, &here) == 0
      && there.st_dev != here.st_dev
  }

  @Test(
    .enabled(if: hasOtherFileSystem, "needs a second file system, such as /dev/shm"),
    arguments: [false, true])
  func otherFileSystemsArePassedByWhenAsked(stays: Bool) throws {
    let other = RawPath("\(Self.other)/trawl-test-\(UUID().uuidString)")
    try #require(other.withCString { mkdir($0, 0o755) } == 0)
    defer { _ = try? FileManager.default.removeItem(atPath: other.utf8!) }
    let file = other.appending("there").withCString { open($0, O_WRONLY | O_CREAT, 0o644) } ?? -1
    try #require(file >= 0)
    close(file)
    try tree.link("other", to: other)
    let receiver = tree.walk {
      $0.followsSymbolicLinks = true
      $0.staysOnFileSystem = stays
    }
    let own = tree.path("file")
    #expect(receiver.paths == (stays ? [own] : [own, tree.path("other/there")]))
    #expect(
      receiver.ignored.filter { $0.kind == .otherFileSystems }.map(\.path)
        == (stays ? [tree.path("other")] : []))
    let asTarget = walk([other]) { $0.staysOnFileSystem = true }
    #expect(asTarget.paths == [other.appending("there")], "a target's own file system counts")
  }
}
