import Foundation
import TestSupport
import Testing

@testable import Containers

/// Streams of an AFF4 container: chunks in segments, each with an index.
@Suite struct Aff4StreamTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// A stream of 25 bytes, in chunks of ten and segments of two chunks.
  private func stream(
    _ members: [(name: String, bytes: [UInt8])], size: String = "25", chunk: Int = 10,
    perSegment: Int = 2, method: String? = nil
  ) throws -> Aff4Stream {
    var text = "@prefix aff4: <http://aff4.org/Schema#> .\n<s> a aff4:ImageStream ;"
    text += " aff4:size \"\(size)\" ; aff4:chunkSize \(chunk) ; aff4:chunksInSegment \(perSegment)"
    if let method { text += " ; aff4:compressionMethod <\(method)>" }
    let all = [(name: "information.turtle", bytes: Array((text + " .").utf8))] + members
    return try Aff4Stream(Aff4Volume(try folder.imageFile(storedZip(all))), "s")
  }

  /// An index of the standard: offset and length of each chunk.
  private func index(_ chunks: (UInt64, UInt32)...) -> [UInt8] {
    chunks.flatMap { [UInt8](little: $0) + [UInt8](little: $1) }
  }

  private let bytes = (0..<30).map { UInt8($0 + 1) }

  private var whole: [(name: String, bytes: [UInt8])] {
    [
      ("s/00000000", Array(bytes[..<20])), ("s/00000000.index", index((0, 10), (10, 10))),
      ("s/00000001", Array(bytes[20...])), ("s/00000001.index", index((0, 10))),
    ]
  }

  @Test func chunksAreWhereTheIndexSays() throws {
    let stream = try stream(whole)
    #expect(stream.size == 25 && stream.missingSegments == 0)
    #expect(try stream.bytes(at: 0, count: 100) == Array(bytes[..<25]))
    var swapped = whole
    swapped[1].bytes = index((10, 10), (0, 10))
    #expect(
      try self.stream(swapped).bytes(at: 0, count: 20) == Array(bytes[10..<20] + bytes[..<10]))
  }

  /// Evimetry wrote the end of each chunk, pmem the beginning.
  @Test(arguments: [[10, 20], [0, 10]] as [[UInt32]])
  func indexesBeforeTheStandardHaveOneNumberForEach(_ numbers: [UInt32]) throws {
    var members = whole
    members[1] = ("s/00000000/index", numbers.flatMap { [UInt8](little: $0) })
    members[3] = ("s/00000001/index", [UInt8](little: numbers[0]))
    #expect(try stream(members).bytes(at: 0, count: 100) == Array(bytes[..<25]))
  }

  @Test func aMissingSegmentIsCountedAndNamedWhereItIsRead() throws {
    let stream = try stream(Array(whole[2...]))
    #expect(stream.missingSegments == 1)
    #expect(try stream.bytes(at: 20, count: 10) == Array(bytes[20..<25]))
    let error = #expect(throws: ImageError.self) { try stream.bytes(at: 19, count: 2) }
    #expect(error?.description.contains("segment 0 of a stream is missing") == true)
    // A segment without its index is as good as none.
    #expect(try self.stream([whole[0]]).missingSegments == 2)
  }

  @Test func chunksOutsideTheirSegmentAreDamage() throws {
    for (place, count) in [(0, 9), (11, 10), (0, 21), (21, 1), (.max, 10), (0, 0)]
      as [(UInt64, UInt32)]
    {
      var members = whole
      members[1].bytes = index((place, count), (10, 10))
      let stream = try stream(members)
      #expect(throws: ImageError.self, "\(place), \(count)") { try stream.bytes(at: 0, count: 10) }
      #expect(try stream.bytes(at: 10, count: 10) == Array(bytes[10..<20]), "its neighbour is read")
    }
    var short = whole
    short[1].bytes = index((0, 10))
    #expect(throws: ImageError.self) { try stream(short).bytes(at: 10, count: 1) }
  }

  @Test func compressedChunksAreDecoded() throws {
    let script = "import sys,zlib; sys.stdout.buffer.write(zlib.compress(b'x' * 1000))"
    let packed = [UInt8](try Subprocess.run("python3", ["-c", script]).output)
    let method = "https://www.ietf.org/rfc/rfc1950.txt"
    func stream(_ packed: [UInt8], size: Int) throws -> Aff4Stream {
      try self.stream(
        [("s/00000000", packed), ("s/00000000.index", index((0, UInt32(packed.count))))],
        size: "\(size)", chunk: 1000, method: method)
    }
    #expect(
      try stream(packed, size: 900).bytes(at: 0, count: 1000)
        == [UInt8](repeating: 0x78, count: 900))
    // A chunk of the full length is not compressed.
    let plain = [UInt8](repeating: 7, count: 1000)
    #expect(try stream(plain, size: 1000).bytes(at: 999, count: 9) == [7])
    let cut = Array(packed.dropLast(6))
    for damaged in [cut, [UInt8](zeros: 999), [UInt8](zeros: 6000)] {
      #expect(throws: ImageError.self) { try stream(damaged, size: 900).bytes(at: 0, count: 1) }
    }
  }

  @Test func propertiesThatDoNotFitAreDamage() {
    for (size, chunk, perSegment) in [
      ("x", 10, 2), ("-1", 10, 2), ("9223372036854775808", 10, 2), ("25", 0, 2), ("25", 10, 0),
      ("25", 8_388_609, 2), ("25", 10, 16_777_217), ("9223372036854775807", 10, 2),
      ("100000", 1, 1),
    ] {
      #expect(throws: ImageError.self, "\(size), \(chunk), \(perSegment)") {
        try stream(whole, size: size, chunk: chunk, perSegment: perSegment)
      }
    }
    let method = #expect(throws: ImageError.self) { try stream(whole, method: "urn:new") }
    #expect(method?.reason == .unsupported)
  }
}
