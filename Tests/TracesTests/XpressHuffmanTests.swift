import TestSupport
import Testing

@testable import Traces

/// LZXPRESS Huffman ([MS-XCA] 2.2): the example of the specification, and damaged streams.
@Suite struct XpressHuffmanTests {
  private func decode(_ bytes: [UInt8], size: Int) -> [UInt8]? {
    bytes.withUnsafeBytes { XpressHuffman.decode($0, size: size) }
  }

  /// A table of code lengths by symbol, then the bits of the stream.
  private func block(_ lengths: [Int: UInt8], _ bits: [UInt8]) -> [UInt8] {
    var table = [UInt8](zeros: 256)
    for (symbol, length) in lengths {
      table[symbol / 2] |= symbol % 2 == 0 ? length : length << 4
    }
    return table + bits
  }

  /// [MS-XCA] 3.2: the alphabet.
  @Test func theExampleOfTheSpecificationDecodes() {
    let lengths: [UInt8] = [
      0x50, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x45, 0x44, 0x04,
    ]
    var table = [UInt8](zeros: 256)
    table.write(lengths, at: 0x30)
    table[0x80] = 0x04
    let bits: [UInt8] = [
      0xD8, 0x52, 0x3E, 0xD7, 0x94, 0x11, 0x5B, 0xE9, 0x19, 0x5F, 0xF9, 0xD6, 0x7C, 0xDF, 0x8D,
      0x04,
      0, 0, 0, 0,
    ]
    #expect(decode(table + bits, size: 26) == Array("abcdefghijklmnopqrstuvwxyz".utf8))
  }

  @Test func aSymbolOfOneBitRepeats() {
    // Codes 0 for "a" and 1 for a copy of 3 bytes from 1 byte before: "a", then two copies.
    let stream = block([0x61: 1, 256: 1], [0b0000_0000, 0b0110_0000, 0, 0])
    #expect(decode(stream, size: 7) == Array("aaaaaaa".utf8))
    #expect(decode(stream, size: 6) == nil, "the last copy is longer than the file")
    #expect(decode(stream, size: 1) == Array("a".utf8))
    #expect(decode(stream, size: 0) == [])
  }

  @Test func longLengthsAreBytesBetweenTheWords() {
    // A copy of 15 and a further byte: 3 + 15 + 20.
    let stream = block([0x61: 1, 271: 1], [0, 0b0100_0000, 0, 0, 20])
    #expect(decode(stream, size: 39) == [UInt8](repeating: 0x61, count: 39))
    // A length of 16 bits, then one of 32.
    let words = block([0x61: 1, 271: 1], [0, 0b0100_0000, 0, 0, 255, 0xE8, 0x03])
    #expect(decode(words, size: 1004) == [UInt8](repeating: 0x61, count: 1004))
    let double = block([0x61: 1, 271: 1], [0, 0b0100_0000, 0, 0, 255, 0, 0, 0x10, 0x27, 0, 0])
    #expect(decode(double, size: 10_004) == [UInt8](repeating: 0x61, count: 10_004))
    // Lengths that shorter forms can state, and none at all.
    #expect(decode(block([0x61: 1, 271: 1], [0, 0x40, 0, 0, 255, 14, 0]), size: 18) == nil)
    #expect(
      decode(block([0x61: 1, 271: 1], [0, 0x40, 0, 0, 255, 0, 0, 14, 0, 0, 0]), size: 18) == nil)
    #expect(decode(block([0x61: 1, 271: 1], [0, 0x40, 0, 0]), size: 18) == nil)
  }

  @Test func aCopyNeedsWhatIsBeforeIt() {
    #expect(decode(block([0x61: 1, 256: 1], [0, 0b1000_0000, 0, 0]), size: 4) == nil)
    // A distance of two bits: 4 to 7.
    #expect(decode(block([0x61: 1, 256 + 32: 1], [0, 0b0100_0000, 0, 0]), size: 4) == nil)
  }

  @Test func tablesUseEveryCodeOnce() {
    let bits: [UInt8] = [0, 0, 0, 0]
    #expect(decode(block([:], bits), size: 1) == nil, "no codes")
    #expect(decode(block([0x61: 1], bits), size: 1) == nil, "half of the codes")
    #expect(decode(block([0x61: 1, 0x62: 1, 0x63: 1], bits), size: 1) == nil, "too many")
    #expect(decode(block([0x61: 1, 0x62: 2, 0x63: 2], bits), size: 2) == Array("aa".utf8))
  }

  @Test func streamsThatAreCutAreDamaged() {
    let stream = block([0x61: 1, 256: 1], [0, 0b0110_0000, 0, 0])
    for count in 0..<(stream.count) {
      #expect(decode(Array(stream.prefix(count)), size: 7) == nil, "\(count)")
    }
  }

  @Test func anyBytesDecodeToTheSizeOrNothing() {
    var random = SeededGenerator(seed: 5)
    var decoded = 0
    for _ in 0..<500 {
      let tail = (0..<64).map { _ in UInt8(random.number(0...255)) }
      let lengths: [Int: UInt8] = [
        random.number(0...255): 1, random.number(256...271): 2, random.number(272...287): 2,
      ]
      if let output = decode(block(lengths, tail), size: 50) {
        decoded += 1
        #expect(output.count == 50)
      }
    }
    #expect(decoded > 20)
  }
}
