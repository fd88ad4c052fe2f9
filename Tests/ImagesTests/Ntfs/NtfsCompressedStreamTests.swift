import Containers
import Foundation
import TestSupport
import Testing

@testable import FileSystems

/// A stream that libntfs-3g compressed, and the same with damage.
@Suite struct NtfsCompressedStreamTests {
  private func stream(_ file: String, _ name: String = "") throws -> NtfsStream {
    let image = try NtfsImage.shared()
    let attributes = try image.attributes(of: try image.entry(of: file), try image.table())
    return try #require(
      attributes.streams(of: NtfsAttribute.Kind.data).first { $0.name == [UInt8](utf16: name) })
  }

  private func compressed() throws -> NtfsCompressedStream {
    try #require(
      NtfsCompressedStream(try stream("packed/text"), try NtfsImage.shared().geometry()))
  }

  private func expected() throws -> [UInt8] {
    [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: try NtfsImage.shared().folder.path + "/text")))
  }

  /// The table of the volume after a change of its bytes.
  private func table(_ change: (inout [UInt8]) -> Void) throws -> NtfsTable {
    let path = try NtfsImage.shared().path
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    change(&bytes)
    return try NtfsTable(MemoryMedium(bytes), try NtfsImage.shared().geometry())
  }

  @Test func theContentIsWhatWasWritten() throws {
    let (stream, table, text) = (try compressed(), try NtfsImage.shared().table(), try expected())
    #expect(try stream.bytes(at: 0, count: text.count + 1000, table) == text)
    var random = SeededGenerator(seed: 16)
    for _ in 0..<200 {
      let offset = random.number(0...(text.count - 1))
      let count = random.number(0...20_000)
      let end = min(text.count, offset + count)
      #expect(
        try stream.bytes(at: UInt64(offset), count: count, table) == Array(text[offset..<end]))
    }
  }

  @Test func nothingIsBehindTheEnd() throws {
    let (stream, table, size) = (
      try compressed(), try NtfsImage.shared().table(), UInt64(try expected().count)
    )
    for offset in [size, size + 1, .max] {
      #expect(try stream.bytes(at: offset, count: 10, table).isEmpty)
    }
    #expect(try stream.bytes(at: size - 1, count: .max, table).count == 1)
    #expect(try stream.bytes(at: 0, count: -1, table).isEmpty)
  }

  @Test func otherStreamsAreNotCompressed() throws {
    let geometry = try NtfsImage.shared().geometry()
    #expect(NtfsCompressedStream(try stream("many", "large"), geometry) == nil)
    #expect(NtfsCompressedStream(try stream("many"), geometry) == nil, "a resident one")
  }

  @Test func aDamagedUnitIsAnErrorAndHidesNoOther() throws {
    let stored = try stream("packed/text").runs.stored(try NtfsImage.shared().geometry())
    let first = Int(try #require(stored.first).offset)
    // A chunk of nothing but references to bytes before its start.
    let table = try table { $0.write([UInt8](repeating: 0xFF, count: 64), at: first) }
    let (stream, text) = (try compressed(), try expected())
    let error = #expect(throws: ImageError.self) { try stream.bytes(at: 0, count: 1, table) }
    #expect(error?.description == "compression unit 0 of the content is damaged")
    // A unit has 16 clusters of 512 bytes.
    #expect(try stream.bytes(at: 8192, count: 5000, table) == Array(text[8192..<13_192]))
  }

  @Test func anImageThatEndsInsideAUnitIsTruncated() throws {
    let stored = try stream("packed/text").runs.stored(try NtfsImage.shared().geometry())
    let last = Int(try #require(stored.map(\.offset).max()))
    let table = try table { $0.removeLast($0.count - last - 10) }
    let (stream, text) = (try compressed(), try expected())
    let error = #expect(throws: ImageError.self) {
      try stream.bytes(at: 0, count: text.count, table)
    }
    #expect(error?.reason == .truncated)
  }
}
