import Foundation
import TestSupport
import Testing

@testable import Containers

/// Snappy and LZ4 on untrusted input; the AFF4 fixtures contain the output of the reference
/// libraries.
@Suite struct BlockDecoderTests {
  private typealias Decoder = (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) -> Int?

  /// Decodes into `capacity` bytes between others that must stay unchanged.
  private func decode(_ input: [UInt8], capacity: Int, _ decoder: Decoder) -> [UInt8]? {
    var room = [UInt8](repeating: 0xA5, count: capacity + 128)
    let count = room.withUnsafeMutableBytes { room in
      input.withUnsafeBytes {
        decoder($0, UnsafeMutableRawBufferPointer(rebasing: room[64..<(64 + capacity)]))
      }
    }
    #expect(room[..<64].allSatisfy { $0 == 0xA5 })
    #expect(room[(64 + capacity)...].allSatisfy { $0 == 0xA5 })
    return count.map { Array(room[64..<(64 + $0)]) }
  }

  @Test func theFormatsExamplesDecode() {
    // Literal of 3, then a copy of 7 from 3 before.
    let snappy: [UInt8] = [10, 2 << 2, 97, 98, 99, (3 << 2) | 1, 3]
    #expect(decode(snappy, capacity: 10, Snappy.decode) == Array("abcabcabca".utf8))
    let long: [UInt8] = [5, 60 << 2, 4, 1, 2, 3, 4, 5]
    #expect(decode(long, capacity: 5, Snappy.decode) == [1, 2, 3, 4, 5])
    let lz4: [UInt8] = [0x33, 97, 98, 99, 3, 0, 0x10, 100]
    #expect(decode(lz4, capacity: 11, LZ4.decode) == Array("abcabcabcad".utf8))
    #expect(decode([0], capacity: 0, LZ4.decode) == [])
  }

  @Test func whatDoesNotHoldIsRefused() {
    let snappy: [[UInt8]] = [
      [], [200], [255, 255, 255, 255, 255, 1], [4, 3 << 2, 1, 2], [10, 2 << 2, 97, 98, 99, 13, 4],
      [10, 2 << 2, 97, 98, 99, 13, 0], [3, 2 << 2, 1, 2, 3, 9], [4, 2 << 2, 1, 2, 3],
      [255, 255, 255, 255, 15, 63 << 2, 255, 255, 255, 255],
    ]
    for input in snappy { #expect(decode(input, capacity: 64, Snappy.decode) == nil, "\(input)") }
    let lz4: [[UInt8]] = [
      [], [0x50, 1, 2], [0x33, 97, 98, 99, 4, 0, 0], [0x33, 97, 98, 99, 0, 0, 0],
      [0x33, 97, 98, 99, 3], [0xF0] + [UInt8](repeating: 255, count: 200),
      [0x1F, 1, 1, 0, 255, 255, 255, 0, 0],
    ]
    for input in lz4 { #expect(decode(input, capacity: 64, LZ4.decode) == nil, "\(input)") }
  }

  @Test func anyBytesAreDecodedOrRefusedWithinBounds() {
    var random = SeededGenerator(seed: 11)
    var decoded = 0
    for _ in 0..<20_000 {
      var input = (0..<random.number(0...40)).map { _ in UInt8(random.number(0...255)) }
      // Small lengths and distances, or almost nothing would decode.
      for place in input.indices where random.oneIn(2) { input[place] &= 0x1F }
      let capacity = random.number(0...80)
      if decode(input, capacity: capacity, Snappy.decode) != nil { decoded += 1 }
      if decode(input, capacity: capacity, LZ4.decode) != nil { decoded += 1 }
    }
    #expect(decoded > 100, "\(decoded)")
  }
}
