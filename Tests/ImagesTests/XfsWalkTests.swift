import Bytes
import Evidence
import FileSystems
import TestSupport
import Testing

/// Names of XFS that lead to no file, or to one that no name leads to.
@Suite struct XfsWalkTests {
  private func file(_ path: RawPath, _ listing: FileSystemListing) throws -> FileSystemListing.File
  {
    try #require(listing.files.first { $0.path == path })
  }

  @Test func aFileOnTheRealtimeDeviceIsNamed() throws {
    var image = try XfsImage("v4")
    let inode = try file("/size-70000", try image.listing()).inode
    image.bytes[image.place(inode) + 91] |= 1
    let listing = try image.listing()
    #expect(listing.problems.map(\.path) == ["/size-70000"])
    #expect(listing.problems.first?.reason == .unsupported)
    #expect(listing.problems.first?.message.contains("mount") == true)
    #expect(listing.files.count == 311)
  }

  @Test func whatNoNameLeadsToIsFound() throws {
    var image = try XfsImage("v4")
    let lost = try file("/size-70000", try image.listing()).inode
    let other = try file("/size-1", try image.listing()).inode
    let place = try image.entry(named: "size-70000")
    let named = UInt64(image.number(place, 8))
    #expect(named == lost)
    image.write(other, 8, at: place)
    let listing = try image.listing()
    let found = try file(RawPath("/$OrphanFiles/OrphanFile-\(lost)"), listing)
    #expect(found.state == .orphan && found.size == 70_000)
    #expect(try file("/size-70000", listing).size == 1)
    #expect(listing.problems.isEmpty)
  }

  @Test func aDirectoryThatHoldsItselfIsEnteredOnceAndADirectoryWithoutANameIsFound() throws {
    var image = try XfsImage("v4")
    let place = try image.entry(named: "opt")
    image.write(UInt64(image.number(56, 8)), 8, at: place)
    let listing = try image.listing()
    #expect(listing.files.count == 312)
    #expect(
      listing.files.contains {
        $0.path.shown.hasPrefix("/$OrphanFiles/OrphanFile-")
          && $0.path.shown.hasSuffix("/kaspersky/kesl/modules/kav4fs_oas.ko")
      })
  }

  @Test func aNameThatLeadsNowhereIsAProblem() throws {
    for inode in [0, 1 << 40, 0x00FF_FFFF_FFFF_FFFF, 131_071] as [UInt64] {
      var image = try XfsImage("v4")
      let place = try image.entry(named: "nothing")
      image.write(inode, 8, at: place)
      let listing = try image.listing()
      #expect(listing.problems.map(\.path) == ["/nothing"], "\(inode)")
      #expect(listing.files.count == 312, "the file is found by its inode")
    }
  }
}
