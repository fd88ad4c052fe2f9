import Bytes
import Containers
import Evidence
import Testing

@testable import FileSystems

/// Accounting of a walk: nothing that a name leads to is skipped in silence.
@Suite struct FileSystemWalkTests {
  private final class Visitor: FileSystemVisitor {
    var problems: [(problem: ItemProblem, path: RawPath)] = []
    var counts: [(kind: IgnoredKind, count: UInt32)] = []

    func visit(_ file: FileEntry) {}
    func report(_ problem: ItemProblem, at path: RawPath) { problems.append((problem, path)) }
    func ignore(_ kind: IgnoredKind, count: UInt32) { counts.append((kind, count)) }
    func own(_ runs: [Run], as kind: OwnedKind) {}
    func heartbeat() {}
  }

  private final class Walk: FileSystemWalk {
    let receiver = Visitor()
    var visitor: any FileSystemVisitor { receiver }
    var ignored: [IgnoredKind: UInt32] = [:]
  }

  @Test func whatIsInUseIsAProblemAndTheRestIsCounted() throws {
    let walk = Walk()
    try walk.lost("/a", .allocated, "why")
    try walk.lost("/b", Standing(state: .orphan, isInUse: true), "why not")
    try walk.lost("/c", Standing(.deleted), "gone")
    try walk.lost("/d", Standing(.orphan), "gone")
    #expect(walk.receiver.problems.map(\.path) == ["/a", "/b"])
    #expect(walk.receiver.problems.map(\.problem.message) == ["why", "why not"])
    #expect(walk.receiver.problems.allSatisfy { $0.problem.reason == .unreadable })
    #expect(walk.ignored == [.namesWithoutContent: 2])
  }

  @Test func countsArePassedOnOnceInTheirOrder() throws {
    let walk = Walk()
    for _ in 0..<3 { walk.ignore(.directories) }
    walk.ignore(.symbolicLinks, count: 7)
    try walk.reportIgnored()
    let counts = walk.receiver.counts
    #expect(counts.map(\.kind.rawValue) == counts.map(\.kind.rawValue).sorted())
    #expect(
      Dictionary(uniqueKeysWithValues: counts.map { ($0.kind, $0.count) })
        == [.directories: 3, .symbolicLinks: 7])
  }

  @Test func onlyAllocatedFilesAreInUse() {
    for state: AllocationState in [.allocated, .deleted, .orphan, .slack, .carved] {
      #expect(Standing(state).isInUse == (state == .allocated))
    }
  }

  /// The upper four bits of a mode (inode(7)).
  @Test(
    arguments: [
      (0o100644, InodeKind.file), (0o040755, .directory), (0o120777, .symbolicLink),
      (0o020600, .special), (0o060600, .special), (0o010644, .special), (0o140755, .special),
      (0, .undefined), (0o000777, .undefined), (0xFFFF, .undefined),
    ] as [(UInt16, InodeKind)])
  func theKindIsInTheMode(_ mode: UInt16, _ expected: InodeKind) {
    #expect(InodeKind(mode: mode) == expected)
  }
}
