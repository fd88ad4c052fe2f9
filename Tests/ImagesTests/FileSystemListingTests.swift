import Bytes
import TestSupport
import Testing

@testable import FileSystems

/// Listings of volumes in memory.
@Suite struct FileSystemListingTests {
  private func volume() -> [UInt8] {
    var volume = ExtVolume()
    volume.directory([(2, "."), (2, ".."), (12, "file")], at: 9)
    volume.addInode(12, size: 100, blocks: [20])
    volume.allocate(12)
    return volume.bytes
  }

  @Test func aVolumeIsListedByItsReader() throws {
    let found = try #require(try FileSystemListing(volume()))
    #expect(found.files.map(\.path) == ["/file"] && found.files.map(\.inode) == [12])
    #expect(found.size == 64 << 10 && found.problems.isEmpty && found.bytesRead > 0)
    #expect(found.free.map(\.offset) == [10 << 10, 64 << 10])
  }

  @Test func bytesAreReplacedAsTheyAreRead() throws {
    let bytes = volume()
    let name = try #require(bytes.firstRange(of: Array("file".utf8))).lowerBound
    let found = try FileSystemListing(bytes, replacing: [(name, Array("FI".utf8))])
    #expect(found?.files.map(\.path) == ["/FIle"])
    // Behind the end there is nothing to replace.
    #expect(try FileSystemListing(bytes, replacing: [(bytes.count, [1])])?.files.count == 1)
  }

  @Test func otherBytesHaveNoListingAndARefusalIsAnError() throws {
    #expect(try FileSystemListing([]) == nil)
    #expect(try FileSystemListing([UInt8](zeros: 70_000)) == nil)
    var bytes = volume()
    bytes[1024 + 96] = 1
    #expect(throws: (any Error).self) { try FileSystemListing(bytes) }
  }

  @Test func aDamagedMapLosesNoFiles() throws {
    var bytes = volume()
    bytes.write(little: UInt32(9999), at: 2048)
    let found = try #require(try FileSystemListing(bytes))
    #expect(found.files.count == 1 && found.free.isEmpty)
  }
}
