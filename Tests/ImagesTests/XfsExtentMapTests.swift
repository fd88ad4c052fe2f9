import Containers
import TestSupport
import Testing

@testable import FileSystems

/// Extents of XFS in an inode or in a tree.
@Suite struct XfsExtentMapTests {
  private func read(
    _ inode: XfsInode, size: UInt64, _ volume: XfsVolume = XfsVolume(), at start: UInt64 = 0
  ) throws -> XfsFileSystem.Content {
    try #require(try volume.fileSystem(at: start)).content(of: inode, size: size)
  }

  private func extents(
    _ list: [[UInt8]], count: Int? = nil, size: UInt64, at start: UInt64 = 0
  ) throws -> [Extent]? {
    let inode = try XfsVolume.inode(
      format: 2, Array(list.joined()), extents: count ?? list.count)
    return try read(inode, size: size, at: start).extents
  }

  private func stored(_ block: UInt64, _ length: UInt64) -> Extent {
    Extent(offset: block * 4096, length: length)
  }

  private func hole(_ length: UInt64) -> Extent { Extent(offset: nil, length: length) }

  @Test func anInodeHoldsAList() throws {
    let list = [
      XfsVolume.extent(0, 2, at: 20), XfsVolume.extent(3, 1, at: XfsVolume.number(5, inGroup: 1)),
      XfsVolume.extent(4, 3, at: 40, isWritten: false),
    ]
    let found = try extents(list, size: 7 * 4096 - 1)
    // The blocks of the second group begin at 1024.
    #expect(found == [stored(20, 8192), hole(4096), stored(1029, 4096), hole(3 * 4096 - 1)])
    #expect(try extents(list, size: 10) == [stored(20, 10)])
    #expect(try extents([], size: 100) == [hole(100)])
    let moved = try extents(Array(list.prefix(1)), size: 4096, at: 1 << 20)
    #expect(moved == [Extent(offset: 1 << 20 + 20 * 4096, length: 4096)])
  }

  @Test(
    "Blocks that the volume does not have: headers, behind a group, a group too many",
    arguments: [
      (0, 1), (1024, 1), (1023, 2), (2048 + 1000, 1), (3072 + 5, 1), (20, 0), (1 << 51, 1),
      (20, 0x1F_FFFF),
    ] as [(UInt64, UInt64)])
  func outside(_ block: UInt64, _ count: UInt64) {
    #expect(throws: FileSystemError.damaged("a block of the content is outside the file system")) {
      try extents([XfsVolume.extent(0, count, at: block)], size: 8192)
    }
  }

  @Test func countsAndOffsetsAreChecked() throws {
    let one = XfsVolume.extent(0, 1, at: 20)
    for count in [26, Int(UInt32.max)] {
      #expect(throws: FileSystemError.damaged("more extents than an inode can hold")) {
        try extents([one], count: count, size: 4096)
      }
    }
    #expect(throws: FileSystemError.damaged("extents of the content overlap")) {
      try extents([XfsVolume.extent(0, 2, at: 20), XfsVolume.extent(1, 1, at: 30)], size: 16_384)
    }
    #expect(throws: FileSystemError.damaged("the offset of an extent")) {
      try extents([XfsVolume.extent(1 << 53, 1, at: 20)], size: 4096)
    }
    #expect(throws: FileSystemError.damaged("the size is invalid")) {
      try extents([one], size: .max)
    }
    #expect(throws: FileSystemError.damaged("invalid fork format")) {
      try read(XfsVolume.inode(format: 1, []), size: 10)
    }
    // Attributes leave less room: one extent of 16 bytes.
    #expect(throws: FileSystemError.damaged("more extents than an inode can hold")) {
      try read(
        XfsVolume.inode(format: 2, one + one, extents: 2, attributes: 2), size: 4096)
    }
  }

  // MARK: Trees

  /// A fork of 412 bytes: level, number of pointers, space for 25 keys, pointers.
  private func root(_ level: UInt16, _ pointers: [UInt64], count: UInt16? = nil) throws -> XfsInode
  {
    var fork = [UInt8](zeros: 412)
    fork.write(big: level, at: 0)
    fork.write(big: count ?? UInt16(pointers.count), at: 2)
    for (index, pointer) in pointers.enumerated() {
      fork.write(big: pointer, at: 4 + 25 * 8 + 8 * index)
    }
    return try XfsVolume.inode(format: 3, fork)
  }

  private func node(_ level: UInt16, _ count: Int, _ content: [UInt8], magic: String = "BMAP")
    -> [UInt8]
  {
    var bytes = [UInt8](zeros: 24)
    bytes.write(magic, at: 0)
    bytes.write(big: level, at: 4)
    bytes.write(big: UInt16(count), at: 6)
    return bytes + content
  }

  private func leaf(_ extents: [UInt8]...) -> [UInt8] {
    node(0, extents.count, Array(extents.joined()))
  }

  @Test func treesHaveSeveralLevels() throws {
    var volume = XfsVolume()
    volume.write(leaf(XfsVolume.extent(0, 1, at: 50)), at: 30)
    volume.write(leaf(XfsVolume.extent(1, 1, at: 60), XfsVolume.extent(2, 1, at: 61)), at: 31)
    let flat = try read(try root(1, [30, 31]), size: 3 * 4096, volume)
    #expect(flat.extents == [stored(50, 4096), stored(60, 8192)] && flat.problem == nil)
    // A node of 4096 bytes has space for 254 keys.
    let pointers = [UInt8](big: UInt64(30)) + [UInt8](big: UInt64(31))
    volume.write(node(1, 2, [UInt8](zeros: 254 * 8) + pointers), at: 32)
    #expect(try read(try root(2, [32]), size: 3 * 4096, volume).extents == flat.extents)
    // Leaves behind the size are not read.
    #expect(try read(try root(1, [30, 999_999]), size: 4096, volume).extents == [stored(50, 4096)])
  }

  @Test func nodesThatDoNotFitAreDamage() throws {
    var volume = XfsVolume()
    volume.write(leaf(XfsVolume.extent(0, 1, at: 50)), at: 30)
    volume.write(node(0, 1, [], magic: "BMA3"), at: 31)
    volume.write(node(0, 255, []), at: 32)
    volume.write(node(1, 0, []), at: 33)
    volume.write(node(1, 255, []), at: 34)
    let tree = FileSystemError.damaged("the extent tree")
    let roots: [(XfsInode, FileSystemError)] = [
      (try root(0, [30]), .damaged("the level of the extent tree")),
      (try root(13, [30]), .damaged("the level of the extent tree")),
      (try root(1, [], count: 0), tree), (try root(1, [30], count: 26), tree),
      (try root(2, [30]), tree), (try root(1, [31]), tree), (try root(1, [32]), tree),
      (try root(2, [33]), tree), (try root(2, [34]), tree),
      (try root(1, [30, 30]), .damaged("the extent tree contains a cycle")),
      (try root(1, [0]), .damaged("a block of the content is outside the file system")),
    ]
    for (index, (inode, expected)) in roots.enumerated() {
      #expect(throws: expected, "\(index)") { try read(inode, size: 1 << 20, volume) }
    }
  }
}
