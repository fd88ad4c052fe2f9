import Bytes
import TestSupport
import Testing

@testable import Containers

/// Compression of AFF4 chunks by its IRI; chunks of exactly the chunk size are stored.
@Suite struct Aff4CompressionTests {
  private let path = RawPath("image.aff4")

  private func compression(_ iri: String?) throws -> Aff4Compression {
    try Aff4Compression(iri, path)
  }

  @Test func anUnknownMethodIsUnsupported() throws {
    #expect(try compression(nil).decode([1, 2], chunkSize: 4) == [1, 2])
    let error = #expect(throws: ImageError.self) { try compression("https://example.org/x") }
    #expect(error?.reason == .unsupported)
    #expect(error?.description.contains("example.org") == true)
  }

  @Test func chunksOfTheChunkSizeAreStored() throws {
    let stored: [UInt8] = [9, 8, 7, 6]
    for iri in [
      "https://www.ietf.org/rfc/rfc1950.txt", "https://tools.ietf.org/html/rfc1951",
      "http://code.google.com/p/snappy/", "https://code.google.com/p/lz4/",
      "https://github.com/google/snappy",
    ] {
      #expect(try compression(iri).decode(stored, chunkSize: 4) == stored, "\(iri)")
      #expect(try compression(iri).decode([0xFF, 0xFF], chunkSize: 4) == nil, "\(iri)")
    }
  }

  /// Pre-standard imagers compress a chunk even if that makes it as long as before.
  @Test func preStandardSnappyIsAlwaysCompressed() throws {
    // A literal of 2 bytes, and a copy of 4: the block is as long as its chunk.
    let block: [UInt8] = [6, 1 << 2, 65, 66, (0 << 2) | 1, 2]
    #expect(
      try compression("https://github.com/google/snappy").decode(block, chunkSize: 6)
        == Array("ABABAB".utf8))
    #expect(
      try compression("http://code.google.com/p/snappy/").decode(block, chunkSize: 6) == block)
  }

  /// pyaff4 writes the length before the block.
  @Test func lz4MayStateItsLengthFirst() throws {
    let lz4 = try compression("https://github.com/lz4/lz4")
    let block: [UInt8] = [0x33, 97, 98, 99, 3, 0, 0x10, 100]
    #expect(lz4.decode(block, chunkSize: 11) == Array("abcabcabcad".utf8))
    #expect(lz4.decode([11, 0, 0, 0] + block, chunkSize: 20) == Array("abcabcabcad".utf8))
    #expect(lz4.decode([255, 255, 255, 255] + block, chunkSize: 20) == nil)
  }
}
