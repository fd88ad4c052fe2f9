import Bytes
import Evidence
import Files
import TestSupport
import Testing

@Suite struct PathFilterTests {
  private let tree: Tree

  init() throws {
    tree = try Tree()
    for name in ["a.txt", "b.exe", "sub/c.txt", "sub/d.exe", "sub/deep/e.txt", ".git/f.txt"] {
      try tree.folder.write("", to: name)
    }
  }

  private func found(excluded: [RawPath] = [], included: [RawPath] = []) -> [RawPath] {
    let receiver = tree.walk { $0.filter = PathFilter(excluded: excluded, included: included) }
    return receiver.paths.map { RawPath(Array($0.bytes.dropFirst(tree.root.bytes.count + 1))) }
  }

  @Test func withoutGlobsEverythingPasses() { #expect(found().count == 6) }

  @Test func aGlobWithoutASlashIsHeldAgainstTheName() {
    #expect(found(excluded: ["*.txt"]) == ["b.exe", "sub/d.exe"])
    #expect(found(included: ["*.exe"]) == ["b.exe", "sub/d.exe"])
    #expect(found(included: ["?.exe", "a.*"]) == ["a.txt", "b.exe", "sub/d.exe"])
    #expect(found(included: ["[ce].txt"]) == ["sub/c.txt", "sub/deep/e.txt"])
    #expect(found(included: [".exe"]) == [])
  }

  @Test func aGlobWithASlashIsHeldAgainstTheWholePath() {
    #expect(found(excluded: ["*/sub/*"]) == [".git/f.txt", "a.txt", "b.exe"])
    #expect(found(included: ["*/sub/*.txt"]) == ["sub/c.txt", "sub/deep/e.txt"])
    #expect(found(included: [tree.path("a.txt")]) == ["a.txt"])
    #expect(found(included: ["sub/c.txt"]) == [], "the whole path is absolute")
  }

  @Test func anExcludedDirectoryIsLeftOutWithAllItHolds() {
    #expect(found(excluded: ["sub", ".git"]) == ["a.txt", "b.exe"])
    let receiver = tree.walk { $0.filter = PathFilter(excluded: ["sub", "*.exe"]) }
    #expect(receiver.count(of: .excluded) == 2, "a directory counts once")
    #expect(receiver.count(of: .directories) == 2)
  }

  @Test func directoriesAreEnteredWhateverIsIncluded() {
    #expect(found(included: ["e.txt"]) == ["sub/deep/e.txt"])
    let receiver = tree.walk { $0.filter = PathFilter(included: ["e.txt"]) }
    #expect(receiver.count(of: .excluded) == 5)
  }

  @Test func exclusionComesBeforeInclusion() {
    #expect(found(excluded: ["a*"], included: ["*.txt"]).contains("a.txt") == false)
    #expect(found(excluded: ["*"], included: ["*"]) == [])
  }

  @Test func namesThatAreNotUTF8AreMatchedAsBytes() throws {
    try tree.touch(RawPath([0xFF, 0x2E, 0x62, 0x69, 0x6E]))
    #expect(found(included: [RawPath([0xFF, 0x2A])]).count == 1)
    #expect(found(included: ["*.bin"]).count == 1)
  }

  @Test func aGlobIsNotHeldAgainstATargetThatIsAFile() {
    let receiver = walk([tree.path("a.txt")]) { $0.filter = PathFilter(excluded: ["a.txt"]) }
    #expect(receiver.paths == [tree.path("a.txt")], "who names a file wants it scanned")
  }
}
