import Bytes
import Containers
import Images
import TestSupport
import Testing

@Suite struct DetectionTests {
  @Test func filesAreImagesByTheirBytesOnly() throws {
    let folder = try TemporaryDirectory()
    let text = try folder.write("rule x { condition: true } // NTFS    ", to: "image.dd")
    #expect(try !ImageSource.recognises(RawPath(text)))
    let empty = try folder.write("", to: "empty.dd")
    #expect(try !ImageSource.recognises(RawPath(empty)))
    #expect(try !ImageSource.recognises("/bin/true"))
    #expect(try ImageSource.recognises(RawPath(ImageFixture.disk)))
    #expect(throws: ImageError.self) { try ImageSource.recognises("/nonexistent") }
  }

  @Test func aBootSignatureAloneIsNoPartitionTable() throws {
    let folder = try TemporaryDirectory()
    var sector = [UInt8](repeating: 0, count: 4096)
    sector[510] = 0x55
    sector[511] = 0xAA
    let none = try folder.write(sector, to: "none")
    #expect(try !ImageSource.recognises(RawPath(none)))
    // One partition of type 7 from sector 2, four long.
    sector[450] = 7
    sector[454] = 2
    sector[458] = 4
    let one = try folder.write(sector, to: "one")
    #expect(try ImageSource.recognises(RawPath(one)))
    // A flag other than 00 and 80 makes it invalid.
    sector[446] = 1
    let nonsense = try folder.write(sector, to: "nonsense")
    #expect(try !ImageSource.recognises(RawPath(nonsense)))
  }

  @Test func segmentsOfASetBelongTogether() throws {
    let folder = try TemporaryDirectory()
    for name in ["a.001", "a.002", "a.003", "a.005", "b.002", "c.000", "c.001", "d.txt"] {
      try folder.write("x", to: name)
    }
    func files(_ name: String) throws -> [RawPath] {
      try ImageDescription(folder.raw.appending(RawPath(name))).files.map(\.lastComponent)
    }
    #expect(try files("a.001") == ["a.001", "a.002", "a.003"], "a gap ends the set")
    #expect(try files("b.002") == ["b.002"])
    #expect(try files("c.000") == ["c.000", "c.001"])
    #expect(try files("d.txt") == ["d.txt"])
  }
}
