import TestSupport
import Testing

@testable import Containers

/// Headers and region tables of a VHDX (MS-VHDX 2.2), which exist twice.
@Suite struct VhdxHeaderTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// Bytes with the checksum at 4.
  private func sealed(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    bytes.write(little: CRC32C.checksum(of: bytes, at: 4), at: 4)
    return bytes
  }

  private func header(_ sequence: UInt64, version: UInt16 = 1) -> [UInt8] {
    var bytes = [UInt8](zeros: 4096)
    bytes.write("head", at: 0)
    bytes.write(little: sequence, at: 8)
    bytes.write([UInt8](repeating: UInt8(sequence), count: 16), at: 32)
    bytes.write(little: version, at: 66)
    bytes.write(little: UInt32(1 << 20), at: 68)
    bytes.write(little: UInt64(3 << 20), at: 72)
    return sealed(bytes)
  }

  private func file(_ parts: [(Int, [UInt8])], length: Int = 512 << 10) throws -> ImageFile {
    var bytes = [UInt8](zeros: length)
    for (place, part) in parts { bytes.write(part, at: place) }
    return try folder.imageFile(bytes)
  }

  @Test func theHeaderWithTheHigherSequenceCounts() throws {
    let (first, second) = (64 << 10, 128 << 10)
    let found = try VhdxHeader(file([(first, header(8)), (second, header(7))]))
    #expect(found.data == VhdxIdentifier([UInt8](repeating: 8, count: 16)))
    #expect(found.log == VhdxHeader.empty)
    #expect(found.logLength == 1 << 20 && found.logOffset == 3 << 20)
    // A header that was being written has a wrong checksum.
    var damaged = header(8)
    damaged[100] = 1
    let other = try VhdxHeader(file([(first, damaged), (second, header(7))]))
    #expect(other.data == VhdxIdentifier([UInt8](repeating: 7, count: 16)))
    let neither = try file([(first, damaged)])
    #expect(throws: ImageError.self) { try VhdxHeader(neither) }
    let short = try file([], length: 100)
    #expect(throws: ImageError.self) { try VhdxHeader(short) }
  }

  @Test func anotherVersionIsUnsupported() throws {
    let file = try file([(64 << 10, header(1, version: 2))])
    let error = #expect(throws: ImageError.self) { try VhdxHeader(file) }
    #expect(error?.reason == .unsupported)
  }

  @Test func identifiersAreWrittenInMicrosoftsOrder() {
    let identifier = VhdxIdentifier("{00112233-4455-6677-8899-AABBCCDDEEFF}")
    #expect(
      identifier?.bytes == [
        0x33, 0x22, 0x11, 0, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF,
      ])
    #expect(VhdxIdentifier("00112233-4455-6677-8899-AABBCCDDEEF") == nil)
    #expect(VhdxIdentifier("00112233-4455-6677-8899-AABBCCDDEEFG") == nil)
    #expect(VhdxIdentifier("") == nil)
  }

  // MARK: Regions

  private func regions(_ entries: [(VhdxIdentifier, UInt64, UInt32, UInt8)], count: UInt32? = nil)
    -> [UInt8]
  {
    var bytes = [UInt8](zeros: 64 << 10)
    bytes.write("regi", at: 0)
    bytes.write(little: count ?? UInt32(entries.count), at: 8)
    for (index, entry) in entries.enumerated() {
      bytes.write(entry.0.bytes, at: 16 + 32 * index)
      bytes.write(little: entry.1, at: 32 + 32 * index)
      bytes.write(little: entry.2, at: 40 + 32 * index)
      bytes[44 + 32 * index] = entry.3
    }
    return sealed(bytes)
  }

  @Test func regionsAreInsideTheFile() throws {
    let other = try #require(VhdxIdentifier("00112233-4455-6677-8899-AABBCCDDEEFF"))
    let file = try file([
      (
        192 << 10,
        regions([
          (VhdxRegions.blocks, 1000, 24, 1), (other, 0, 0, 0), (VhdxRegions.metadata, .max, 1, 1),
        ])
      )
    ])
    let found = try VhdxRegions(file)
    let place = try found.place(of: VhdxRegions.blocks, in: file)
    #expect(place.offset == 1000 && place.length == 24)
    let beyond = #expect(throws: ImageError.self) {
      try found.place(of: VhdxRegions.metadata, in: file)
    }
    #expect(beyond?.reason == .truncated)
    let missing = VhdxIdentifier([UInt8](repeating: 9, count: 16))
    #expect(throws: ImageError.self) { try found.place(of: missing, in: file) }
  }

  @Test func anUnknownRequiredRegionIsUnsupported() throws {
    let other = VhdxIdentifier([UInt8](repeating: 9, count: 16))
    let file = try file([(256 << 10, regions([(other, 0, 0, 1)]))])
    let error = #expect(throws: ImageError.self) { try VhdxRegions(file) }
    #expect(error?.reason == .unsupported)
  }

  @Test func moreEntriesThanFitAreNotRead() throws {
    let file = try file([(192 << 10, regions([(VhdxRegions.blocks, 5, 6, 1)], count: .max))])
    #expect(try VhdxRegions(file).place(of: VhdxRegions.blocks, in: file).offset == 5)
    let damaged = try self.file([(192 << 10, regions([]).dropLast() + [1])])
    #expect(throws: ImageError.self) { try VhdxRegions(damaged) }
  }
}
