import Foundation
import TestSupport
import Testing

@testable import Containers

/// Apple disk images, built from the description of libmodi.
@Suite struct UdifImageTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// A chunk: kind, first sector, sectors, offset and length in the file.
  private struct Chunk {
    var kind: UInt32
    var start: UInt64
    var sectors: UInt64
    var offset: UInt64 = 0
    var length: UInt64 = 0

    var bytes: [UInt8] {
      [UInt8](big: kind) + [0, 0, 0, 0]
        + [start, sectors, offset, length].flatMap { [UInt8](big: $0) }
    }
  }

  private static func table(_ chunks: [Chunk], count: UInt32? = nil) -> [UInt8] {
    var bytes = [UInt8](zeros: 204)
    bytes.write("mish", at: 0)
    bytes.write(big: count ?? UInt32(chunks.count), at: 200)
    return bytes + chunks.flatMap(\.bytes)
  }

  /// Data, a property list with the tables, and a trailer that says where it is.
  private func image(
    _ data: [UInt8] = [], sectors: UInt64, _ tables: [[UInt8]],
    _ change: (inout [UInt8]) -> Void = { _ in }
  ) throws -> UdifImage {
    let entries = tables.map { "<data>\n\t\(Data($0).base64EncodedString())\n</data>" }
    let list = Array(
      "<plist><key>blkx</key><array>\(entries.joined())</array><data>AAAA</data></plist>".utf8)
    var trailer = [UInt8](zeros: 512)
    trailer.write("koly", at: 0)
    trailer.write(big: UInt64(data.count), at: 216)
    trailer.write(big: UInt64(list.count), at: 224)
    trailer.write(big: sectors, at: 492)
    change(&trailer)
    return try UdifImage(try folder.imageFile(data + list + trailer))
  }

  private func image(
    _ data: [UInt8] = [], sectors: UInt64, _ chunks: Chunk...,
    change: (inout [UInt8]) -> Void = { _ in }
  ) throws -> UdifImage {
    try image(data, sectors: sectors, [Self.table(chunks)], change)
  }

  /// Letters by Python's compressors.
  private func packed(_ module: String, _ count: Int) throws -> [UInt8] {
    let script =
      "import sys,\(module); sys.stdout.buffer.write(\(module).compress(b'x' * \(count)))"
    return [UInt8](try Subprocess.run("python3", ["-c", script]).output)
  }

  @Test func chunksAreStoredEmptyOrInNoTable() throws {
    let data = [UInt8](repeating: 7, count: 1024)
    let image = try image(
      data, sectors: 10, Chunk(kind: 0x7FFF_FFFE, start: 0, sectors: 1),
      Chunk(kind: 1, start: 4, sectors: 2, length: 1024), Chunk(kind: 0, start: 1, sectors: 2),
      Chunk(kind: 2, start: 8, sectors: 1), Chunk(kind: 0xFFFF_FFFF, start: 10, sectors: 0))
    #expect(image.size == 5120)
    #expect(
      try image.bytes(at: 0, count: 6000)
        == [UInt8](zeros: 2048) + [UInt8](repeating: 7, count: 1024) + [UInt8](zeros: 2048))
    #expect(image.zeros(from: 0) == 2048 && image.zeros(from: 3072) == 2048)
    // The table is longer than the trailer says.
    #expect(try self.image(sectors: 1, Chunk(kind: 0, start: 6, sectors: 1)).size == 3584)
  }

  @Test(arguments: [("zlib", 0x8000_0005), ("bz2", 0x8000_0006), ("lzma", 0x8000_0008)])
  func compressedChunksAreDecoded(_ module: String, _ kind: UInt32) throws {
    let data = try packed(module, 2048)
    let image = try image(
      data, sectors: 4, Chunk(kind: kind, start: 0, sectors: 4, length: UInt64(data.count)))
    #expect(try image.bytes(at: 100, count: 5000) == [UInt8](repeating: 0x78, count: 1948))
    // Fewer bytes than the chunk has, and bytes of another format.
    for bytes in [try packed(module, 2047), [UInt8](repeating: 0x55, count: 64)] {
      let image = try self.image(
        bytes, sectors: 4, Chunk(kind: kind, start: 0, sectors: 4, length: UInt64(bytes.count)))
      #expect(throws: ImageError.self) { try image.bytes(at: 0, count: 1) }
    }
  }

  @Test func placesAreRelativeToTheForkAndTheTable() throws {
    var table = Self.table([Chunk(kind: 1, start: 1, sectors: 1, offset: 1, length: 512)])
    table.write(big: UInt64(2), at: 8)
    table.write(big: UInt64(10), at: 24)
    let data = [UInt8](zeros: 111) + [UInt8](repeating: 9, count: 512)
    let image = try image(data, sectors: 4, [table]) { $0.write(big: UInt64(100), at: 24) }
    #expect(try image.bytes(at: 1536, count: 512) == [UInt8](repeating: 9, count: 512))
    #expect(try image.bytes(at: 1024, count: 512) == [UInt8](zeros: 512))
  }

  @Test func otherCompressionsAndSegmentsAreUnsupported() {
    for kind: UInt32 in [0x8000_0004, 0x8000_0007] {
      let error = #expect(throws: ImageError.self) {
        try image(sectors: 1, Chunk(kind: kind, start: 0, sectors: 1))
      }
      #expect(error?.reason == .unsupported)
    }
    let parts = #expect(throws: ImageError.self) {
      try image(sectors: 1, [Self.table([])]) { $0.write(big: UInt32(2), at: 60) }
    }
    #expect(parts?.reason == .unsupported)
  }

  @Test func chunksThatDoNotFitAreDamage() {
    let most = UInt64(Int64.max) / 512
    let damaged: [[Chunk]] = [
      [Chunk(kind: 0, start: 0, sectors: 2), Chunk(kind: 0, start: 1, sectors: 1)],
      [Chunk(kind: 0, start: most, sectors: 1)], [Chunk(kind: 0, start: .max, sectors: 1)],
      [Chunk(kind: 0, start: 1, sectors: .max)],
      [Chunk(kind: 0, start: 0, sectors: 1, offset: .max)],
      [Chunk(kind: 0, start: 0, sectors: 1, length: .max)],
      // Stored bytes behind the file, or fewer than the chunk has.
      [Chunk(kind: 1, start: 0, sectors: 1, offset: 1 << 40, length: 512)],
      [Chunk(kind: 1, start: 0, sectors: 1, length: 511)],
      [Chunk(kind: 0x8000_0005, start: 0, sectors: (64 << 20) / 512 + 1, length: 1)],
      [Chunk(kind: 0x8000_0005, start: 0, sectors: 1, length: 64 << 20 + 1)],
      [Chunk(kind: 3, start: 0, sectors: 1)],
    ]
    for (index, chunks) in damaged.enumerated() {
      #expect(throws: ImageError.self, "\(index)") {
        try image(sectors: 4, [Self.table(chunks)])
      }
    }
  }

  @Test func trailersAndTablesThatDoNotFitAreDamage() throws {
    let zeros = Self.table([Chunk(kind: 0, start: 0, sectors: 1)])
    let trailers: [(Int, UInt64)] = [
      (492, .max), (224, 0), (224, 64 << 20 + 1), (216, .max), (216, 9999),
    ]
    for (place, value) in trailers {
      #expect(throws: ImageError.self, "\(place)") {
        try image(sectors: 1, [zeros]) { $0.write(big: value, at: place) }
      }
    }
    for table in [Array(zeros.prefix(203)), [0] + zeros.dropFirst()] {
      #expect(throws: ImageError.self) { try image(sectors: 1, [table]) }
    }
    #expect(throws: ImageError.self) { try UdifImage(try folder.imageFile([UInt8](zeros: 511))) }
    // A number of chunks that the table does not have.
    #expect(try image(sectors: 1, [Self.table([], count: .max)]).size == 512)
  }
}
