import Bytes
import TestSupport
import Testing

@testable import Containers

/// Tables of chunks: places, flags, checksums, and offsets of more than 31 bits.
@Suite struct EwfTableTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func checksum(_ bytes: [UInt8]) -> [UInt8] { [UInt8](little: Adler32.of(bytes[...])) }

  /// A table at the beginning of a file of `length` bytes.
  private func table(
    _ entries: [UInt32], base: UInt64 = 0, count: UInt32? = nil, dataEnd: UInt64 = 900,
    length: Int = 1000, damage: Int? = nil
  ) throws -> EwfTable? {
    var header = [UInt8](zeros: 20)
    header.write(little: count ?? UInt32(entries.count), at: 0)
    header.write(little: base, at: 8)
    let list = entries.flatMap { [UInt8](little: $0) }
    var bytes = header + checksum(header) + list + checksum(list)
    let end = UInt64(bytes.count)
    bytes += [UInt8](zeros: length - bytes.count)
    if let damage { bytes[damage] ^= 1 }
    let section = EwfSection(type: "table", content: 0, end: end)
    return try EwfTable(section, try folder.imageFile(bytes), firstChunk: 10, dataEnd: dataEnd)
  }

  @Test func eachChunkEndsWhereTheNextOneBegins() throws {
    let found = try #require(try table([0x8000_0064, 200, 0x8000_0190], base: 100))
    #expect(found.count == 3)
    let first = try #require(try found.place(of: 10))
    #expect(first.offset == 200 && first.length == 100 && first.isCompressed)
    let second = try #require(try found.place(of: 11))
    #expect(second.offset == 300 && second.length == 200 && !second.isCompressed)
    let last = try #require(try found.place(of: 12))
    #expect(last.offset == 500 && last.length == 400 && last.isCompressed)
    #expect(try found.moved(by: 5).place(of: 15)?.offset == 200)
  }

  @Test func impossibleEntriesHaveNoPlace() throws {
    #expect(try table([300, 300])?.place(of: 10) == nil, "empty")
    #expect(try table([950])?.place(of: 10) == nil, "behind the data")
    #expect(try table([300, 2000, 2100])?.place(of: 11) == nil, "behind the file")
    #expect(try table([1, 2], base: .max)?.place(of: 10) == nil, "beyond any file")
  }

  /// EnCase writes offsets of 32 bits without a flag behind 2 GiB of data.
  @Test func offsetsThatBecomeSmallerAreWide() throws {
    let found = try #require(
      try table([0xFFFF_FF00, 0x8000_0100, 0x8000_0200], dataEnd: 0x8000_0300))
    // The bits are those of offsets: the chunks lie behind this short file.
    #expect(try found.place(of: 11) == nil)
    let small = try #require(try table([0x8000_0100, 80, 90], dataEnd: 100))
    #expect(try small.place(of: 11)?.offset == 80 && small.place(of: 11)?.isCompressed == false)
  }

  @Test func wrongChecksumsAndCountsMakeNoTable() throws {
    #expect(try table([100, 200], damage: 9) == nil, "header")
    #expect(try table([100, 200], damage: 25) == nil, "entries")
    #expect(try table([100, 200], count: 4) == nil, "more entries than the section holds")
    #expect(try table([100, 200], count: .max) == nil)
    let short = EwfSection(type: "table", content: 0, end: 23)
    let file = try folder.imageFile([UInt8](zeros: 23))
    #expect(throws: ImageError.self) {
      try EwfTable(short, file, firstChunk: 0, dataEnd: 0)
    }
  }
}
