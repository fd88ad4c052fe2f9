import TestSupport
import Testing

@testable import Containers

/// Snappy on untrusted input; the AFF4 fixtures contain the output of the reference library.
@Suite struct SnappyTests {
  private func decode(_ input: [UInt8], capacity: Int) -> [UInt8]? {
    decodeBlock(input, capacity: capacity, Snappy.decode)
  }

  @Test func theFormatsExamplesDecode() {
    // Literal of 3, then a copy of 7 from 3 before.
    let snappy: [UInt8] = [10, 2 << 2, 97, 98, 99, (3 << 2) | 1, 3]
    #expect(decode(snappy, capacity: 10) == Array("abcabcabca".utf8))
    let long: [UInt8] = [5, 60 << 2, 4, 1, 2, 3, 4, 5]
    #expect(decode(long, capacity: 5) == [1, 2, 3, 4, 5])
  }

  @Test func whatDoesNotHoldIsRefused() {
    let blocks: [[UInt8]] = [
      [], [200], [255, 255, 255, 255, 255, 1], [4, 3 << 2, 1, 2], [10, 2 << 2, 97, 98, 99, 13, 4],
      [10, 2 << 2, 97, 98, 99, 13, 0], [3, 2 << 2, 1, 2, 3, 9], [4, 2 << 2, 1, 2, 3],
      [255, 255, 255, 255, 15, 63 << 2, 255, 255, 255, 255],
    ]
    for block in blocks { #expect(decode(block, capacity: 64) == nil, "\(block)") }
  }

  @Test func anyBytesAreDecodedOrRefusedWithinBounds() {
    var random = SeededGenerator(seed: 11)
    var decoded = 0
    for _ in 0..<20_000 {
      var input = (0..<random.number(0...40)).map { _ in UInt8(random.number(0...255)) }
      // Small lengths and distances, or almost nothing would decode.
      for place in input.indices where random.oneIn(2) { input[place] &= 0x1F }
      if decode(input, capacity: random.number(0...80)) != nil { decoded += 1 }
    }
    #expect(decoded > 5, "\(decoded)")
  }
}
