import Bytes
import FileSystems
import TestSupport
import Testing

/// The ext reader on structures that no tool makes.
@Suite struct ExtFileSystemTests {
  /// Bytes of an image, with the offset of its first group's inodes.
  private struct Image {
    var bytes: [UInt8]
    let inodeTable: Int
    let inodeSize: Int

    init(_ name: String) throws {
      let bytes = try ExtFixture.bytes(name)
      let block = 1024 << Int(bytes[1024 + 24])
      let descriptors = block == 1024 ? 2048 : block
      func number(_ place: Int) -> Int {
        Int(bytes[place]) | Int(bytes[place + 1]) << 8 | Int(bytes[place + 2]) << 16
      }
      inodeSize = Int(bytes[1024 + 88]) | Int(bytes[1024 + 89]) << 8
      inodeTable = number(descriptors + 8) * block
      self.bytes = bytes
    }

    /// Offset of a field of an inode.
    func place(_ inode: UInt64, _ field: Int) -> Int {
      inodeTable + (Int(inode) - 1) * inodeSize + field
    }

    mutating func write(_ number: UInt64, _ count: Int, at place: Int) {
      for index in 0..<count { bytes[place + index] = UInt8(number >> UInt64(8 * index) & 0xFF) }
    }

    /// Offset of the directory entry with this name.
    func entry(named name: String) -> Int? {
      let wanted = [UInt8(name.utf8.count), 2] + Array(name.utf8)
      for place in 0..<(bytes.count - wanted.count - 6) where bytes[place + 6] == wanted[0] {
        if bytes[(place + 6)..<(place + 6 + wanted.count)].elementsEqual(wanted) { return place }
      }
      return nil
    }

    func listing() throws -> FileSystemListing { try #require(try FileSystemListing(bytes)) }
  }

  private func file(_ path: RawPath, _ listing: FileSystemListing) throws -> FileSystemListing.File
  {
    try #require(listing.files.first { $0.path == path })
  }

  @Test func treesOfExtentsWithSeveralLeavesAndLevelsAreRead() throws {
    for (name, least) in [("ext4-two-leaves", 680), ("ext4-two-levels", 900)] {
      let file = try file("/fragmented.exe", try Image(name).listing())
      #expect(try #require(file.extents).count >= least, "\(name)")
    }
    let listing = try Image("ext4-many-names").listing()
    #expect(listing.files.count == 12_001)
    #expect(listing.problems.isEmpty)
  }

  @Test func aTreeThatMeetsItselfIsAProblem() throws {
    var image = try Image("ext4-two-leaves")
    let inode = try file("/fragmented.exe", try image.listing()).inode
    // The second index of the root leads where the first does.
    let first = image.place(inode, 40 + 12 + 4)
    for index in 0..<4 { image.bytes[first + 12 + index] = image.bytes[first + index] }
    let problems = try image.listing().problems
    #expect(problems.map(\.path) == ["/fragmented.exe"])
    #expect(problems.first?.message.contains("contains a cycle") == true)
  }

  @Test(arguments: [
    (42, 2, 5), (44, 2, 5000), (46, 2, 6), (46, 2, 0), (40, 2, 0), (56, 4, 0xFFFF_FFFF), (56, 4, 0),
  ])
  func aDamagedRootOfATreeIsAProblem(_ field: Int, _ count: Int, _ value: UInt64) throws {
    var image = try Image("ext4-two-leaves")
    let inode = try file("/fragmented.exe", try image.listing()).inode
    image.write(value, count, at: image.place(inode, field))
    let listing = try image.listing()
    #expect(listing.problems.map(\.path) == ["/fragmented.exe"])
    #expect(!listing.files.contains { $0.path == "/fragmented.exe" })
  }

  @Test func aSizeBehindTheExtentsIsAHole() throws {
    var image = try Image("ext4-two-leaves")
    let old = try file("/fragmented.exe", try image.listing())
    image.write(1, 4, at: image.place(old.inode, 108))
    let new = try file("/fragmented.exe", try image.listing())
    #expect(new.size == old.size + 1 << 32)
    let last = try #require(new.extents?.last)
    #expect(last.offset == nil && last.length > 1 << 32 - 4096)
  }

  @Test func extentsThatWereNeverWrittenAreZeros() throws {
    var image = try Image("ext4-plain")
    let old = try file("/size-70000", try image.listing())
    // A length above 32,768 marks an extent that is allocated but unwritten.
    let place = image.place(old.inode, 40 + 12 + 5)
    image.bytes[place] |= 0x80
    let new = try file("/size-70000", try image.listing())
    #expect(new.extents?.first?.offset == nil)
    #expect(new.size == old.size)
  }

  @Test func holesOfMapsOfBlocksAreHoles() throws {
    let file = try file("/sparse.sys", try Image("ext2-triple").listing())
    let extents = try #require(file.extents)
    #expect(extents.contains { $0.offset == nil && $0.length > 60 << 20 })
    #expect(extents.last?.offset != nil)
    #expect(extents.reduce(0) { $0 + $1.length } == file.size)
  }

  @Test func aMapOfBlocksThatMeetsItselfIsAProblem() throws {
    var image = try Image("ext2-triple")
    let inode = try file("/sparse.sys", try image.listing()).inode
    // The triply indirect block is its own child.
    let block = (0..<4).reduce(0) {
      $0 | Int(image.bytes[image.place(inode, 96) + $1]) << (8 * $1)
    }
    image.write(UInt64(block), 4, at: block * 1024)
    let problems = try image.listing().problems
    #expect(problems.contains { $0.path == "/sparse.sys" })
  }

  @Test func anImpossibleSuperblockIsRefusedAndACutImageIsNot() throws {
    for (field, value) in [(24, 7), (40, 0), (32, 0), (88, 127), (88, 0x8000), (20, 0xFFFF_FFFF)] {
      var image = try Image("ext4-plain")
      image.write(UInt64(value), field == 88 ? 2 : 4, at: 1024 + field)
      #expect(throws: (any Error).self, "\(field)") { try FileSystemListing(image.bytes) }
    }
    var image = try Image("ext4-plain")
    image.write(0x4_0000, 4, at: 1024 + 96)
    #expect(throws: (any Error).self) { try FileSystemListing(image.bytes) }
    image = try Image("ext4-plain")
    image.bytes.removeLast(image.bytes.count / 2)
    #expect(try image.listing().files.count > 300)
    image.bytes.removeLast(image.bytes.count - 3000)
    #expect(try image.listing().problems.contains { $0.path == "/" })
    #expect(try FileSystemListing([UInt8](repeating: 0, count: 4096)) == nil)
  }

  @Test func aHugeNumberOfInodesCostsNoReads() throws {
    var image = try Image("ext4-plain")
    image.write(0xFFFF_FFFF, 4, at: 1024)
    image.write(0xFFFF_FFFF, 4, at: 1024 + 4)
    let listing = try image.listing()
    #expect(listing.files.count >= 317)
    #expect(listing.bytesRead < 8 * image.bytes.count)
  }

  @Test func aDirectoryThatHoldsItselfIsEnteredOnce() throws {
    var image = try Image("ext4-plain")
    let before = try image.listing().files.count
    // The entry of /lib leads to the root.
    let place = try #require(image.entry(named: "lib"))
    image.write(2, 4, at: place)
    let listing = try image.listing()
    // Files below /lib have no name any more; they are found nevertheless.
    #expect(listing.files.count == before)
    #expect(listing.files.contains { $0.path.shown.hasPrefix("/$OrphanFiles/") })
    #expect(listing.files.contains { $0.path.shown.hasSuffix("/modules/6.1/kav4fs_oas.ko") })
  }
}
