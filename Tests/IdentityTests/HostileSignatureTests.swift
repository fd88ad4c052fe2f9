import Foundation
import Identity
import TestSupport
import Testing

/// The certificate table is untrusted.
@Suite struct HostileSignatureTests {
  /// Applies damage that typically breaks parsers, the same in every run.
  private func damage(_ file: SignedFile, _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = file.bytes
    for _ in 0..<random.number(1...6) {
      let place = random.number(file.table.lowerBound...(file.table.upperBound - 1))
      switch random.number(0...6) {
      case 0: bytes[place] = random.pick([0x00, 0x7F, 0x80, 0x81, 0x84, 0xFF])
      case 1: bytes[place] ^= 1 << UInt8(random.number(0...7))
      // Numbers of the entry's header and of the directory.
      case 2: bytes[file.table.lowerBound + random.number(0...11)] = random.pick([0, 1, 8, 0xFF])
      case 3: bytes[file.tableEntry + random.number(0...7)] = random.pick([0, 1, 8, 0xFF])
      // A piece of the table over another.
      case 4:
        let length = min(random.number(1...64), file.table.upperBound - place)
        let source = random.number(file.table.lowerBound...(file.table.upperBound - length))
        bytes.replaceSubrange(
          place..<(place + length), with: file.bytes[source..<(source + length)])
      case 5: bytes.removeSubrange(place..<min(place + random.number(1...16), bytes.count))
      default: bytes.removeLast(min(random.number(1...200), bytes.count - file.table.lowerBound))
      }
      if bytes.count < file.table.upperBound { break }
    }
    return bytes
  }

  @Test(arguments: [
    "authority/kaspersky-last.sys", "authority/sha256.sys", "authority/unicode-name.sys",
    "self-made/negative-serial.sys",
  ])
  func damagedTablesNeitherCrashNorHang(_ name: String) throws {
    let file = try SignedFile.fixture(name)
    var random = SeededGenerator(seed: 4)
    var readable = 0
    for _ in 0..<2000 {
      let own = CodeSignatureReader(damage(file, &random).span.bytes)
      #expect(own.signatures.count <= CodeSignatureReader.maximumSignatures)
      if !own.signatures.isEmpty { readable += 1 }
    }
    #expect(readable > 100, "the damage must leave something to read")
  }

  @Test func damagedHeadersNeitherCrashNorHang() throws {
    let file = try SignedFile.fixture("authority/sha256.sys")
    for offset in 0..<(file.tableEntry + 8) {
      for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
        var bytes = file.bytes
        bytes[offset] = value
        let own = CodeSignatureReader(bytes.span.bytes)
        #expect(own.signatures.count <= 1)
      }
    }
    for length in 0..<(file.tableEntry + 16) {
      #expect(CodeSignatureReader(Array(file.bytes.prefix(length)).span.bytes).signatures == [])
    }
  }

  @Test func aTableOfNothingButEmptySignaturesIsCutShort() throws {
    let file = try SignedFile.fixture("authority/sha256.sys")
    let entry: [UInt8] = [16, 0, 0, 0, 0, 2, 2, 0, 0x30, 0, 0, 0, 0, 0, 0, 0]
    let table = ArraySlice((0..<10_000).flatMap { _ in entry })
    let own = CodeSignatureReader(file.carrying(table).span.bytes)
    #expect(own.signatures == [])
    #expect(own.problems.count == 2)
  }

  @Test func aTableLargerThanTheLimitIsNotRead() throws {
    let file = try SignedFile.fixture("authority/sha256.sys")
    let table = file.bytes[file.table] + [UInt8](repeating: 0, count: 17 << 20)
    let own = CodeSignatureReader(file.carrying(table).span.bytes)
    #expect(own.signatures == [])
    #expect(own.problems.count == 1)
  }
}
