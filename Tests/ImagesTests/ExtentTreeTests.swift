import TestSupport
import Testing

@testable import FileSystems

/// Extent trees of ext4; what the kernel refuses is damage.
@Suite struct ExtentTreeTests {
  /// A node: magic, entries, capacity, levels below; entries of twelve bytes.
  private func node(
    _ entries: [[UInt8]], depth: UInt16 = 0, count: UInt16? = nil, capacity: UInt16 = 4,
    magic: UInt16 = 0xF30A
  ) -> [UInt8] {
    let count = count ?? UInt16(entries.count)
    let header = [magic, count, capacity, depth].flatMap { [UInt8](little: $0) }
    let bytes = header + [0, 0, 0, 0] + entries.flatMap { $0 }
    return bytes + [UInt8](zeros: max(0, 60 - bytes.count))
  }

  /// A leaf's entry: first block of the content, number of blocks, 48 bits of the block on the disk.
  private func extent(_ first: UInt32, _ count: UInt16, _ block: UInt64) -> [UInt8] {
    [UInt8](little: first) + [UInt8](little: count) + [UInt8](little: UInt16(block >> 32))
      + [UInt8](little: UInt32(truncatingIfNeeded: block))
  }

  /// An inner node's entry: first block of the content, block of the child.
  private func index(_ block: UInt32, high: UInt16 = 0) -> [UInt8] {
    [0, 0, 0, 0] + [UInt8](little: block) + [UInt8](little: high) + [0, 0]
  }

  /// Extents of a content as `offset+length`, with the offsets in blocks of the volume.
  private func read(
    _ root: [UInt8], size: UInt64 = 20 << 10, children: [Int: [UInt8]] = [:]
  ) throws -> [String] {
    var volume = ExtVolume()
    for (block, bytes) in children { volume.bytes.write(bytes, at: block << 10) }
    let fileSystem = try #require(try volume.fileSystem(at: 512))
    var content = FileExtents(size: size)
    var tree = ExtentTree(fileSystem)
    try tree.add(root: FileSystemRecord(root, from: 0, count: 60), to: &content)
    content.finish()
    return content.extents.map { extent in
      let place = extent.offset.map { String(Double($0 - 512) / 1024) } ?? "hole"
      return "\(place)+\(extent.length)"
    }
  }

  @Test func aLeafHasExtentsAndTheRestAreHoles() throws {
    let found = try read(node([extent(1, 2, 20), extent(5, 1, 30)]))
    #expect(found == ["hole+1024", "20.0+2048", "hole+2048", "30.0+1024", "hole+14336"])
    #expect(try read(node([])) == ["hole+20480"])
    #expect(try read(node([extent(0, 9, 20)]), size: 1500) == ["20.0+1500"])
  }

  /// A length above 32,768 marks blocks that were never written.
  @Test func blocksThatWereNeverWrittenAreZeros() throws {
    #expect(
      try read(node([extent(0, 32_770, 20), extent(2, 1, 30)]), size: 3072)
        == ["hole+2048", "30.0+1024"])
  }

  @Test func childrenAreReadInOrder() throws {
    let found = try read(
      node([index(40), index(41)], depth: 2), size: 4096,
      children: [
        40: node([index(42)], depth: 1, capacity: 84),
        41: node([index(43)], depth: 1, capacity: 84),
        42: node([extent(0, 1, 50)], capacity: 84), 43: node([extent(2, 2, 52)], capacity: 84),
      ])
    #expect(found == ["50.0+1024", "hole+1024", "52.0+2048"])
  }

  @Test(
    "Extents that the volume cannot hold",
    arguments: [
      (0, 1, 0), (0, 1, 1), (0, 0, 20), (0, 1, 64), (0, 5, 60), (0, 32_768, 20),
      (0, 1, 1 << 32 | 20),
    ]
      as [(UInt32, UInt16, UInt64)])
  func outside(_ first: UInt32, _ count: UInt16, _ block: UInt64) {
    let root = node([extent(first, count, block)])
    #expect(throws: FileSystemError.damaged("an extent is outside the file system")) {
      try read(root)
    }
  }

  @Test func overlapsAreDamage() {
    #expect(throws: FileSystemError.damaged("extents of the content overlap")) {
      try read(node([extent(0, 3, 20), extent(2, 1, 30)]))
    }
  }

  @Test func headersAreChecked() {
    let one = [extent(0, 1, 20)]
    for root in [
      node(one, magic: 0xF30B), node(one, count: 5, capacity: 4), node(one, count: 5, capacity: 5),
      node(one, depth: 1, capacity: .max),
    ] {
      #expect(throws: FileSystemError.damaged("the extent tree")) { try read(root) }
    }
    #expect(throws: FileSystemError.damaged("the extent tree is too deep")) {
      try read(node([index(40)], depth: 6))
    }
    // A child states another level than its place in the tree.
    #expect(throws: FileSystemError.damaged("the extent tree")) {
      try read(node([index(40)], depth: 2), children: [40: node(one, depth: 0, capacity: 84)])
    }
    #expect(throws: FileSystemError.damaged("a block list is outside the file system")) {
      try read(node([index(40, high: 1)], depth: 1))
    }
  }

  @Test func aNodeIsReadOnce() {
    #expect(throws: FileSystemError.damaged("the extent tree contains a cycle")) {
      try read(
        node([index(40), index(40)], depth: 1), children: [40: node([], capacity: 84)])
    }
  }
}
