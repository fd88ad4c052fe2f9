import Containers
import Evidence
import TestSupport
import Testing

@testable import FileSystems

/// Trees of an allocation group of XFS: headers, levels and records.
@Suite struct XfsGroupTests {
  /// A header of the free space: magic, version, group, length, root and level of the tree by block.
  private func header(_ group: UInt32, root: UInt32 = 10, levels: UInt32 = 1) -> [UInt8] {
    var bytes = [UInt8](zeros: 512)
    bytes.write("XAGF", at: 0)
    bytes.write(big: group, at: 8)
    bytes.write(big: root, at: 16)
    bytes.write(big: levels, at: 28)
    return bytes
  }

  private func node(_ level: UInt16, _ count: Int, _ content: [UInt8], magic: String = "ABTB")
    -> [UInt8]
  {
    var bytes = [UInt8](zeros: 16)
    bytes.write(magic, at: 0)
    bytes.write(big: level, at: 4)
    bytes.write(big: UInt16(count), at: 6)
    return bytes + content
  }

  /// A leaf of free runs: first block and number of blocks.
  private func leaf(_ runs: [(UInt32, UInt32)], count: Int? = nil) -> [UInt8] {
    node(0, count ?? runs.count, runs.flatMap { [UInt8](big: $0) + [UInt8](big: $1) })
  }

  /// A node of 4096 bytes: space for 340 keys of eight bytes, then pointers of four.
  private func inner(_ level: UInt16, _ blocks: [UInt32]) -> [UInt8] {
    node(level, blocks.count, [UInt8](zeros: 340 * 8) + blocks.flatMap { [UInt8](big: $0) })
  }

  /// A volume whose three groups have all blocks in use but those in `runs` of the first.
  private func volume(_ root: [UInt8], _ header: [UInt8]? = nil) -> XfsVolume {
    var volume = XfsVolume()
    for group in 0..<3 as Range<UInt64> {
      volume.write(self.header(UInt32(group)), at: 0, inGroup: group, sector: 1)
      volume.write(leaf([]), at: 10, inGroup: group)
    }
    if let header { volume.write(header, at: 0, sector: 1) }
    volume.write(root, at: 10)
    return volume
  }

  /// First blocks of the records of the first group's tree, and its problem.
  private func records(_ volume: XfsVolume) throws -> (blocks: [UInt32], problem: FileSystemError?)
  {
    let fileSystem = try #require(try volume.fileSystem())
    let tree = try XfsGroupTree(.freeSpace, ofGroup: 0, in: fileSystem)
    var reader = XfsGroupTreeReader(fileSystem, tree)
    var blocks = [UInt32]()
    reader.forEachRecord { blocks.append($0.big32(0)) }
    return (blocks, reader.problem)
  }

  @Test func recordsComeInTheOrderOfTheTree() throws {
    let flat = try records(volume(leaf([(20, 5), (40, 1)])))
    #expect(flat.blocks == [20, 40] && flat.problem == nil)
    var deep = volume(inner(2, [11]), header(0, levels: 3))
    deep.write(inner(1, [12, 13]), at: 11)
    deep.write(leaf([(20, 1)]), at: 12)
    deep.write(leaf([(30, 1), (40, 1)]), at: 13)
    let found = try records(deep)
    #expect(found.blocks == [20, 30, 40] && found.problem == nil)
  }

  @Test func damageHidesNoNeighbour() throws {
    var deep = volume(inner(1, [12, 13, 14, 12, 2000, 0]), header(0, levels: 2))
    deep.write(leaf([(20, 1)]), at: 12)
    deep.write(node(0, 1, [], magic: "IABT"), at: 13)
    deep.write(leaf([(40, 1)]), at: 14)
    let found = try records(deep)
    #expect(found.blocks == [20, 40] && found.problem == .damaged("a group tree"))
    // More records than the block has space for.
    let full = try records(volume(leaf([(20, 1)], count: 511)))
    #expect(full.blocks.count == 510 && full.problem == .damaged("a group tree"))
    #expect(try records(volume(node(1, 0, []))).problem != nil, "another level")
  }

  @Test func headersAreChecked() throws {
    for (place, value) in [(0, 0x59), (11, 1), (28, 1), (31, 0), (31, 10)] as [(Int, UInt8)] {
      var changed = header(0)
      changed[place] = value
      let fileSystem = try #require(try volume(leaf([]), changed).fileSystem())
      #expect(throws: FileSystemError.damaged("a group header"), "\(place)") {
        try XfsGroupTree(.freeSpace, ofGroup: 0, in: fileSystem)
      }
    }
    let fileSystem = try #require(try volume(leaf([])).fileSystem())
    #expect(throws: FileSystemError.damaged("a group header"), "of the inodes") {
      try XfsGroupTree(.inodes, ofGroup: 0, in: fileSystem)
    }
    let second = try XfsGroupTree(.freeSpace, ofGroup: 1, in: fileSystem)
    #expect(second.root == 10 && second.levels == 1 && second.isHeaderWhole)
  }

  // MARK: Free space

  private func free(_ volume: XfsVolume) throws -> [String] {
    let fileSystem = try #require(try volume.fileSystem(at: 4096))
    var runs = [Run]()
    let isRead = try fileSystem.forEachFreeRun { runs.append($0) }
    #expect(isRead && runs.last?.offset == 4096 + 3048 * 4096)
    return runs.dropLast().map { "\($0.offset / 4096 - 1)+\($0.length / 4096)" }
  }

  @Test func freeRunsAreThoseOfAllGroups() throws {
    var volume = volume(leaf([(20, 5), (1000, 24)]))
    volume.write(leaf([(999, 1)]), at: 10, inGroup: 2)
    #expect(try free(volume) == ["20+5", "1000+24", "3047+1"])
  }

  @Test(
    "Runs that cannot be free",
    arguments: [
      [(0, 1)], [(20, 0)], [(1024, 1)], [(1000, 25)], [(20, .max)], [(30, 5), (34, 1)],
      [(30, 5), (20, 1)],
    ] as [[(UInt32, UInt32)]])
  func impossibleRuns(_ runs: [(UInt32, UInt32)]) throws {
    let fileSystem = try #require(try volume(leaf(runs)).fileSystem())
    let error = #expect(throws: ImageError.self) { try fileSystem.forEachFreeRun { _ in } }
    #expect(error?.description.contains("group 0") == true)
  }
}
