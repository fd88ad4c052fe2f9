import Bytes
import Containers
import Evidence
import FileSystems
import TestSupport
import Testing

/// The XFS reader on structures that no tool makes.
@Suite struct XfsFileSystemTests {
  private func file(_ path: RawPath, _ listing: FileSystemListing) throws -> FileSystemListing.File
  {
    try #require(listing.files.first { $0.path == path })
  }

  /// Inode of an image's large directory, which has an extent tree. It is the only one that
  /// contains its own name: the root directory is stored in its inode.
  private func directory(_ image: XfsImage) throws -> UInt64 {
    let inode = UInt64(image.number(try image.entry(named: "."), 8))
    let format = image.bytes[image.place(inode) + 5]
    #expect(format == 3, "a tree")
    return inode
  }

  @Test(arguments: ["many-v5-1k", "many-v4-1k"])
  func aDirectoryInManyPiecesIsReadAndItsTreeMayNotMeetItself(_ name: String) throws {
    var image = try XfsImage(name)
    let listing = try image.listing()
    #expect(listing.files.count == 12_001)
    #expect(listing.problems.isEmpty)
    // The second pointer of the root leads where the first does; they follow the room for all keys.
    let inode = try directory(image)
    let fork = image.fork(inode)
    let attributes = Int(image.bytes[image.place(inode) + 82]) * 8
    let size =
      attributes == 0 ? image.number(104, 2) - (fork - image.place(inode)) : attributes
    let pointers = fork + 4 + (size - 4) / 16 * 8
    let leaves = image.number(fork + 2, 2)
    #expect(leaves > 1)
    image.write(UInt64(image.number(pointers, 8)), 8, at: pointers + 8)
    let damaged = try image.listing()
    #expect(
      damaged.problems.contains { $0.path == "/large" && $0.message.contains("contains a cycle") })
    // Its files are in use: they are found by their inodes.
    #expect(damaged.files.count == 12_001)
  }

  @Test func freeSpaceIsWhatTheHeadersOfTheGroupsSay() throws {
    for name in ["many-v4-1k", "v5"] {
      let image = try XfsImage(name)
      let free = try image.listing().free
      let expected = XfsFixture.freeBytes(image.bytes)
      let end = UInt64(image.bytes.count)
      #expect(free.dropLast().reduce(0) { $0 + Int($1.length) } == expected)
      #expect(free.last?.offset == end)
    }
    // An invalid root of a tree: nothing is reported as free.
    var image = try XfsImage("v5")
    let root = image.number(image.sectorSize + 16, 4)
    image.write(0, 4, at: root * image.blockSize)
    let listing = try image.listing()
    #expect(listing.free.isEmpty)
    #expect(listing.files.count == 312)
  }

  @Test func anInodeWhoseChecksumDoesNotFitIsReadAndSaidToBeDamaged() throws {
    var image = try XfsImage("v5")
    let old = try file("/size-70000", try image.listing())
    // The generation: it changes nothing else.
    image.bytes[image.place(old.inode) + 95] ^= 1
    let listing = try image.listing()
    #expect(listing.problems.map(\.path) == ["/size-70000"])
    #expect(listing.problems.first?.message.contains("checksum") == true)
    #expect(try file("/size-70000", listing).size == 70_000)
  }

  @Test func aBlockOfADirectoryWhoseChecksumDoesNotFitIsReadAndSaidToBeDamaged() throws {
    var image = try XfsImage("many-v5-1k")
    let place = try image.entry(named: "a-name-of-some-length-11000")
    // A letter of a name.
    image.bytes[place + 9] = 0x62
    let listing = try image.listing()
    #expect(listing.problems.map(\.path) == ["/large"])
    #expect(listing.files.count == 12_001)
    #expect(listing.files.contains { $0.path == "/large/b-name-of-some-length-11000" })
  }

  @Test func aSuperblockWhoseChecksumDoesNotFitIsSaidToBeDamaged() throws {
    var image = try XfsImage("v5")
    image.bytes[108] ^= 1
    let listing = try image.listing()
    #expect(listing.problems.map(\.path) == ["/"])
    #expect(listing.files.count == 312)
  }

  @Test func extentsThatWereNeverWrittenAreZeros() throws {
    var image = try XfsImage("v4")
    let old = try file("/size-70000", try image.listing())
    image.bytes[image.fork(old.inode)] |= 0x80
    let new = try file("/size-70000", try image.listing())
    #expect(new.extents?.first?.offset == nil)
    #expect(new.size == old.size)
  }

  @Test func aSizeBehindTheExtentsIsAHole() throws {
    var image = try XfsImage("v4")
    let old = try file("/size-70000", try image.listing())
    image.write(70_000 + 1 << 40, 8, at: image.place(old.inode) + 56)
    let new = try file("/size-70000", try image.listing())
    #expect(new.extents?.last?.offset == nil)
    #expect(new.extents?.reduce(0) { $0 + $1.length } == 70_000 + 1 << 40)
  }

  @Test(arguments: [
    // The form of the content; more extents than fit; a size; extended attributes behind the inode.
    (5, 1, 1), (5, 1, 3), (76, 4, 0xFFFF), (56, 8, UInt64.max), (82, 1, 0xFF),
    // The block of the extent, and none of them.
    (100 + 8, 4, 0x7FFF_FFFF), (100 + 12, 4, 0),
  ])
  func aDamagedInodeIsAProblem(_ field: Int, _ count: Int, _ value: UInt64) throws {
    var image = try XfsImage("v4")
    let inode = try file("/size-70000", try image.listing()).inode
    image.write(value, count, at: image.place(inode) + field)
    let listing = try image.listing()
    #expect(listing.problems.map(\.path) == ["/size-70000"])
    #expect(listing.problems.first?.reason == .unreadable)
    #expect(!listing.files.contains { $0.path == "/size-70000" })
  }

  @Test func anEntryThatDoesNotKnowItsPlaceIsPassedOverAndTheNextOnesAreRead() throws {
    var image = try XfsImage("v4")
    let place = try image.entry(named: "a-name-of-some-length-150")
    image.bytes[place + 8] = 200
    let listing = try image.listing()
    #expect(listing.problems.map(\.path) == ["/several"])
    #expect(listing.files.count == 312)
    #expect(listing.files.contains { $0.path == "/several/a-name-of-some-length-151" })
  }

  @Test func aTreeOfInodesThatIsNoneIsAProblemAndNamesLeadToTheFiles() throws {
    var image = try XfsImage("v5")
    image.write(0, 4, at: image.number(2 * image.sectorSize + 20, 4) * image.blockSize)
    let listing = try image.listing()
    #expect(listing.problems.map(\.path) == ["/$OrphanFiles"])
    #expect(listing.problems.first?.message.contains("1 groups") == true)
    #expect(listing.files.count == 312)
  }

  @Test func anImpossibleSuperblockIsRefusedAndACutImageIsNot() throws {
    for (field, count, value) in [
      (4, 4, 0), (4, 4, 100), (8, 8, 0), (8, 8, Int.max), (84, 4, 1), (84, 4, 0xFFFF_FFFF),
      (88, 4, 0), (88, 4, 0xFFFF_FFFF), (100, 2, 3), (100, 2, 0x8005), (102, 2, 0), (104, 2, 255),
      (120, 1, 60), (122, 1, 12), (123, 1, 1), (124, 1, 40), (192, 1, 200), (216, 4, 0x100),
    ] {
      var image = try XfsImage("v5")
      image.write(UInt64(value), count, at: field)
      let bytes = image.bytes
      #expect(throws: (any Error).self, "\(field) \(value)") { try FileSystemListing(bytes) }
    }
    var image = try XfsImage("v5")
    image.bytes.removeLast(image.bytes.count / 2 + 4096)
    var listing = try image.listing()
    // The directory of 300 lies in the first or in the second group, as mkfs pleases.
    #expect(listing.files.count > 10)
    image.bytes.removeLast(image.bytes.count - 3000)
    listing = try image.listing()
    #expect(listing.problems.contains { $0.path == "/" })
    #expect(try FileSystemListing([UInt8](repeating: 0, count: 4096)) == nil)
  }

  @Test func aHugeNumberOfGroupsCostsNoReads() throws {
    var image = try XfsImage("v5")
    let blocks = UInt64(image.number(84, 4))
    image.write(blocks * 0xFFFF_FFFF, 8, at: 8)
    image.write(0xFFFF_FFFF, 4, at: 88)
    let listing = try image.listing()
    #expect(listing.files.count == 312)
    #expect(listing.problems.contains { $0.path == "/$OrphanFiles" })
    #expect(listing.bytesRead < 8 * image.bytes.count)
  }
}
