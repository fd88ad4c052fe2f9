import Bytes
import Findings
import Foundation
import TestSupport
import Testing

@testable import Identity

/// Unsigned drivers and the catalogue files beside them, which osslsigncode signed and read back.
@Suite struct CatalogueSignatureTests {
  private func file(_ name: String) throws -> [UInt8] {
    let path = Fixtures.folder + "/catalogues/" + name
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func driver(_ name: String) throws -> [UInt8] {
    try file(name + "/System32/drivers/klhk.sys")
  }

  private func catalogue(_ name: String) throws -> [UInt8] {
    try file(name + "/System32/CatRoot/oem1.cat")
  }

  private func digests(_ bytes: [UInt8]) -> CatalogueDigests? {
    CatalogueDigests(of: bytes.span.bytes)
  }

  @Test func theDigestsAreOfAllBytesButChecksumAndEntry() throws {
    let bytes = PortableExecutableTests.program { $0.write([UInt8](zeros: 8), at: 216) }
    // The checksum is at 152; the entry of the certificate table at 216.
    let covered = bytes[..<152] + bytes[156..<216] + bytes[224...]
    let found = try #require(digests(bytes))
    #expect(found.digests["sha256"] == [Digest.sha256(of: covered)])
    #expect(found.digests["sha1"] == [Digest(of: Array(covered).span.bytes).sha1])
    #expect(found.digests.count == 2)
    let changed = PortableExecutableTests.program {
      $0.write([UInt8](zeros: 8), at: 216)
      $0[153] = 7
    }
    #expect(digests(changed) == found)
  }

  @Test func aSizeThatIsNoMultipleOfEightHasTwoDigests() throws {
    let bytes =
      PortableExecutableTests.program { $0.write([UInt8](zeros: 8), at: 216) } + [1, 2, 3]
    let covered = Array(bytes[..<152] + bytes[156..<216] + bytes[224...])
    let found = try #require(digests(bytes)?.digests["sha256"])
    #expect(
      Set(found) == [Digest.sha256(of: covered), Digest.sha256(of: covered + [UInt8](zeros: 5))])
  }

  @Test func signedProgramsAndOtherFilesHaveNone() {
    let program = PortableExecutableTests.program()
    #expect(digests(program) == nil, "it has a certificate table")
    #expect(digests([]) == nil && digests(Array("text".utf8)) == nil)
    #expect(digests(Array(program.prefix(200))) == nil)
  }

  @Test(arguments: ["sha1", "sha256"])
  func aCatalogueSignsTheProgramsThatItLists(_ name: String) throws {
    let other = try #require(digests(try driver("changed")))
    let wanted = try #require(digests(try driver(name)))
    let bytes = try catalogue(name)
    let found = CatalogueReader([other, wanted]).signatures(in: bytes.span.bytes, at: "a/b.cat")
    #expect(found.map(\.program) == [1])
    let signature = try #require(found.first?.1)
    #expect(signature.isValid && signature.digestAlgorithm == name)
    #expect(signature.catalogue == "a/b.cat")
    #expect(signature.signer?.organization == "AO Kaspersky Lab")
  }

  @Test(arguments: ["changed", "unsigned"])
  func aCatalogueOfOtherBytesOrWithoutASignatureIsNone(_ name: String) throws {
    let wanted = try #require(digests(try driver(name)))
    let bytes = try catalogue(name)
    #expect(CatalogueReader([wanted]).signatures(in: bytes.span.bytes, at: "x").isEmpty)
  }

  @Test func aDigestThatIsNotInTheListIsNotSigned() throws {
    let program = PortableExecutableTests.program { $0.write([UInt8](zeros: 8), at: 216) }
    let wanted = try #require(digests(program))
    let reader = CatalogueReader([wanted])
    let digest = try #require(wanted.digests["sha256"]?.first)
    // The digest behind a catalogue, and alone: an OCTET STRING that nobody signed.
    let stray = [4, 32] + digest + [0]
    let unrelated = try catalogue("sha256")
    #expect(reader.signatures(in: (unrelated + stray).span.bytes, at: "x").isEmpty)
    #expect(reader.signatures(in: stray.span.bytes, at: "x").isEmpty)
    #expect(reader.signatures(in: [UInt8]().span.bytes, at: "x").isEmpty)
    #expect(CatalogueReader([]).signatures(in: unrelated.span.bytes, at: "x").isEmpty)
  }

  @Test func aChangedCatalogueProvesNothing() throws {
    let wanted = try #require(digests(try driver("sha256")))
    let whole = try catalogue("sha256")
    let digest = try #require(wanted.digests["sha256"]?.first)
    let place = try #require(whole.firstRange(of: digest))
    // The first digit of the time of the list is part of what is signed.
    let time = try #require(whole.firstRange(of: Array("231114221320Z".utf8)))
    var changed = whole
    changed[time.lowerBound] = UInt8(ascii: "9")
    let found = CatalogueReader([wanted]).signatures(in: changed.span.bytes, at: "x")
    #expect(found.allSatisfy { !$0.1.isValid })
    for count in [place.upperBound, whole.count / 2, whole.count - 1] {
      let cut = Array(whole.prefix(count))
      #expect(CatalogueReader([wanted]).signatures(in: cut.span.bytes, at: "x").isEmpty, "\(count)")
    }
    let large = whole + [UInt8](zeros: (8 << 20) - whole.count + 1)
    #expect(CatalogueReader([wanted]).signatures(in: large.span.bytes, at: "x").isEmpty)
    #expect(
      CatalogueReader([wanted]).signatures(in: Array(large.dropLast()).span.bytes, at: "x").count
        == 1)
  }
}
