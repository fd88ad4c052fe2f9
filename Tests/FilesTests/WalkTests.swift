import Bytes
import Evidence
import Files
import Glibc
import Synchronization
import TestSupport
import Testing

@Suite struct WalkTests {
  private let tree: Tree

  init() throws { tree = try Tree() }

  private func names(_ receiver: RecordingReceiver) -> [RawPath] {
    receiver.paths.map { RawPath(Array($0.bytes.dropFirst(tree.root.bytes.count + 1))) }
  }

  @Test func everyFileBelowATargetIsAnItem() throws {
    for name in ["a", "b/c", "b/d/e", "f.txt"] { try tree.folder.write("text", to: name) }
    let receiver = tree.walk()
    #expect(names(receiver) == ["a", "b/c", "b/d/e", "f.txt"])
    #expect(receiver.items.allSatisfy { $0.locator.evidence == tree.root })
    #expect(receiver.items.allSatisfy { $0.locator.volume == nil && $0.locator.runs.isEmpty })
    #expect(receiver.count(of: .directories) == 3)
    #expect(receiver.problems.isEmpty)
  }

  @Test func anEmptyDirectoryHasNoItems() {
    let receiver = tree.walk()
    #expect(receiver.items.isEmpty && receiver.problems.isEmpty)
    #expect(receiver.count(of: .directories) == 1)
  }

  @Test func hiddenFilesAreFilesToo() throws {
    for name in [".hidden", ".folder/.deeper", "...", "..x"] {
      try tree.folder.write("text", to: name)
    }
    #expect(names(tree.walk()) == ["...", "..x", ".folder/.deeper", ".hidden"])
  }

  @Test func namesAreBytes() throws {
    let names: [RawPath] = [
      RawPath("new\nline"), RawPath("back\\slash"), RawPath("e\u{301}"), RawPath("\u{E9}"),
      RawPath([0x01]), RawPath([0xFF, 0xFE]), RawPath(" "), RawPath("*"),
    ]
    for name in names { try tree.touch(name) }
    try tree.makeDirectory(RawPath([0x64, 0xFF]))
    try tree.touch(RawPath([0x64, 0xFF, 0x2F, 0x66]))
    let expected = names + [RawPath([0x64, 0xFF, 0x2F, 0x66])]
    let receiver = tree.walk()
    #expect(self.names(receiver) == expected.sorted())
    for item in receiver.items { _ = try item.content.open() }
  }

  @Test func theContentOfAnItemIsThatOfItsFile() throws {
    try tree.folder.write("some text", to: "file")
    let item = try #require(tree.walk().items.first)
    let content = try item.content.open()
    var reader = ContentReader(policy: ReadingPolicy())
    let reading = try reader.withBytes(of: content) { (bytes) throws(ItemProblem) in
      bytes.withUnsafeBytes(Array.init)
    }
    #expect(reading.result == Array("some text".utf8))
    var status = stat()
    #expect(tree.path("file").withCString { stat($0, &status) } == 0)
    #expect(content.facts.size == 9)
    #expect(content.facts.identity?.inode == UInt64(status.st_ino))
    #expect(content.facts.identity?.device == UInt64(status.st_dev))
    #expect(!content.facts.hasOtherPaths)
    #expect(content.times.modified == Timestamp(status.st_mtim))
    #expect(content.times.changed == Timestamp(status.st_ctim))
    #expect(content.times.accessed == Timestamp(status.st_atim))
  }

  @Test func hardLinksHaveOneIdentity() throws {
    try tree.folder.write("text", to: "one")
    #expect(
      tree.path("one").withCString { one in tree.path("two").withCString { Glibc.link(one, $0) } }
        == 0)
    let contents = try tree.walk().items.map { try $0.content.open().facts }
    #expect(contents.count == 2)
    #expect(Set(contents).count == 1)
    #expect(contents.allSatisfy { $0.hasOtherPaths && $0.identity != nil })
  }

  @Test func theTimesOfWhatIsWalkedStayAsTheyWere() throws {
    try tree.folder.write("text", to: "folder/file")
    // Older than the modification: the kernel would move it at the first reading (relatime).
    let old = [timespec(tv_sec: 1_000_000, tv_nsec: 0), timespec(tv_sec: 2_000_000, tv_nsec: 0)]
    for name: RawPath in ["folder", "folder/file"] {
      #expect(tree.path(name).withCString { utimensat(AT_FDCWD, $0, old, 0) } == 0)
    }
    for item in tree.walk().items {
      var reader = ContentReader(policy: ReadingPolicy())
      _ = try reader.withBytes(of: item.content.open()) { (bytes) throws(ItemProblem) in
        bytes.byteCount
      }
    }
    for name: RawPath in ["folder", "folder/file"] {
      var status = stat()
      #expect(tree.path(name).withCString { stat($0, &status) } == 0)
      #expect(status.st_atim.tv_sec == 1_000_000, "\(name)")
    }
  }

  @Test(arguments: [1, 2, 8, 0])
  func theWidthDoesNotChangeWhatIsFound(width: Int) throws {
    var expected: [RawPath] = []
    for first in 0..<6 {
      for second in 0..<6 {
        for third in 0..<4 {
          let name = "\(first)/\(second)/\(third).txt"
          try tree.folder.write("", to: name)
          expected.append(RawPath(name))
        }
      }
    }
    let receiver = tree.walk { $0.width = width }
    #expect(names(receiver) == expected.sorted())
    #expect(receiver.count(of: .directories) == 1 + 6 + 36)
  }

  @Test func aDirectoryMayHoldTenThousandFiles() throws {
    let many = 10_000
    for index in 0..<many { try tree.touch(RawPath("file\(index)")) }
    for width in [1, 8] {
      let receiver = tree.walk { $0.width = width }
      #expect(receiver.items.count == many)
      #expect(Set(receiver.paths).count == many)
    }
  }

  @Test func aTreeMayBeDeeperThanThePathsOfTheSystem() throws {
    let deep = try DeepTree(below: tree.root, file: "file", "deep")
    defer { DeepTree.remove(tree.root) }
    let receiver = tree.walk()
    #expect(receiver.paths == [deep.bottom.appending("file")])
    #expect(receiver.problems.isEmpty)
    #expect(receiver.count(of: .directories) == deep.depth + 1)
    let content = try #require(receiver.items.first).content.open()
    #expect(content.facts.size == 4)
  }

  @Test func aLinkInADeepTreeIsFollowedToo() throws {
    let deep = try DeepTree(below: tree.root, file: "file", "deep")
    defer { DeepTree.remove(tree.root) }
    let folder = try Descriptor(reading: deep.bottom, followingLink: false, directory: true)
    #expect(symlinkat("file", folder.number, "link") == 0)
    #expect(symlinkat("none", folder.number, "broken") == 0)
    let receiver = tree.walk { $0.followsSymbolicLinks = true }
    #expect(
      receiver.paths == [deep.bottom.appending("file"), deep.bottom.appending("link")])
    #expect(receiver.count(of: .symbolicLinks) == 1)
    for item in receiver.items { #expect(try item.content.open().facts.size == 4) }
  }

  @Test(arguments: [1, 5, 30])
  func aReceiverThatHasHadEnoughStopsTheWalk(limit: Int) throws {
    for folder in 0..<20 {
      for file in 0..<20 { try tree.folder.write("", to: "\(folder)/\(file)") }
    }
    let narrow = walk([tree.root], receiver: RecordingReceiver(limit: limit)) { $0.width = 1 }
    #expect(narrow.items.count == limit)
    let wide = walk([tree.root], receiver: RecordingReceiver(limit: limit)) { $0.width = 8 }
    #expect(wide.items.count >= limit)
    #expect(wide.items.count < 400)
    let later = walk([tree.root, tree.path("0")], receiver: RecordingReceiver(limit: limit)) {
      $0.width = 1
    }
    #expect(later.items.count == limit, "the next target is not begun")
  }

  @Test func aReceiverThatWantsNothingGetsNothing() throws {
    try tree.folder.write("", to: "file")
    let receiver = RecordingReceiver(limit: 1)
    MemorySource(name: "first", bytes: []).push(to: receiver)
    #expect(receiver.isCancelled)
    FileSource([tree.root, tree.path("file")]).push(to: receiver)
    #expect(receiver.items.count == 1)
  }
}
