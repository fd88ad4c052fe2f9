import Bytes
import TestSupport
import Testing

@testable import Containers

/// Footer and dynamic header of a VHD, from the specification of the format.
@Suite struct VhdFooterTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func footer(kind: UInt32 = 2, size: UInt64 = 4096, isSound: Bool = true) -> [UInt8] {
    var bytes = [UInt8](zeros: 512)
    bytes.write("conectix", at: 0)
    bytes.write(big: UInt64(512), at: 16)
    bytes.write(big: size, at: 48)
    bytes.write(big: kind, at: 60)
    bytes.write([UInt8](repeating: 0x1D, count: 16), at: 68)
    let sum = bytes.reduce(UInt32(0)) { $0 + UInt32($1) }
    bytes.write(big: isSound ? ~sum : 1, at: 64)
    return bytes
  }

  private func read(_ bytes: [UInt8]) throws -> VhdFooter {
    try VhdFooter(try folder.imageFile(bytes))
  }

  @Test func theFooterAtTheEndCounts() throws {
    let found = try read([UInt8](zeros: 4096) + footer())
    #expect(found.size == 4096 && found.kind == .fixed && found.length == 512)
    #expect(found.identifier == [UInt8](repeating: 0x1D, count: 16))
    // Virtual PC before 2004 wrote 511 bytes.
    #expect(try read([UInt8](zeros: 4096) + footer().dropLast()).length == 511)
  }

  @Test func theCopyAtTheBeginningReplacesALostEnd() throws {
    let found = try read(footer(kind: 3, size: 99) + [UInt8](zeros: 4096))
    #expect(found.size == 99 && found.kind == .dynamic && found.length == 0)
    // A copy with a correct checksum is preferred; without one, the end is.
    #expect(try read(footer(size: 1) + footer(size: 2, isSound: false)).size == 1)
    #expect(try read(footer(size: 1, isSound: false) + footer(size: 2, isSound: false)).size == 2)
  }

  @Test func whatIsNoFooterIsRejected() {
    #expect(throws: ImageError.self) { try read([UInt8](zeros: 511)) }
    #expect(throws: ImageError.self) { try read([UInt8](zeros: 4096)) }
    #expect(throws: ImageError.self) { try read(footer(size: .max)) }
    let error = #expect(throws: ImageError.self) { try read(footer(kind: 6)) }
    #expect(error?.reason == .unsupported)
  }

  @Test func onlyFilesNamedLikeAVHDMissAFooter() {
    #expect(VhdFooter.missing(at: RawPath("disk.VHD"))?.reason == .truncated)
    #expect(VhdFooter.missing(at: RawPath("disk.vhdx")) == nil)
    #expect(VhdFooter.missing(at: RawPath("vhd")) == nil)
  }

  // MARK: Dynamic header

  private func header(block: UInt32 = 1 << 20, table: UInt64 = 1536) -> [UInt8] {
    var bytes = [UInt8](zeros: 2048)
    bytes.write("cxsparse", at: 512)
    bytes.write(big: table, at: 512 + 16)
    bytes.write(big: UInt32(7), at: 512 + 28)
    bytes.write(big: block, at: 512 + 32)
    bytes.write("own".utf8.flatMap { [0, $0] }, at: 512 + 64)
    return bytes
  }

  private func readHeader(_ bytes: [UInt8]) throws -> VhdHeader {
    try VhdHeader(try folder.imageFile(bytes), at: 512)
  }

  @Test func namesOfTheParentAreInOrderOfTheirUse() throws {
    var bytes = header()
    for (index, (code, place, text)) in [("W2ku", 1600, "C:\\p"), ("W2ru", 1700, ".\\p")]
      .enumerated()
    {
      let locator = 512 + 576 + 24 * index
      bytes.write(code, at: locator)
      bytes.write(big: UInt32(2 * text.count), at: locator + 8)
      bytes.write(big: UInt64(place), at: locator + 16)
      bytes.write([UInt8](utf16: text), at: place)
    }
    let found = try readHeader(bytes)
    #expect(found.entries == 7 && found.blockSize == 1 << 20 && found.tableOffset == 1536)
    #expect(
      found.parentNames.map { String(decoding: $0, as: UTF8.self) } == [".\\p", "C:\\p", "own"])
    // A locator whose text is beyond the file.
    bytes.write(big: UInt64.max, at: 512 + 576 + 16)
    #expect(throws: ImageError.self) { try readHeader(bytes) }
  }

  @Test func impossibleSizesAreDamage() {
    for block: UInt32 in [0, 256, 513, .max] {
      #expect(throws: ImageError.self) { try readHeader(header(block: block)) }
    }
    #expect(throws: ImageError.self) { try readHeader(header(table: 2049)) }
    #expect(throws: ImageError.self) { try readHeader([UInt8](zeros: 1535)) }
  }
}
