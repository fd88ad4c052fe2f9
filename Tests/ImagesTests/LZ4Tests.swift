import TestSupport
import Testing

@testable import Containers

/// LZ4 on untrusted input; the AFF4 fixtures contain the output of the reference library.
@Suite struct LZ4Tests {
  private func decode(_ input: [UInt8], capacity: Int) -> [UInt8]? {
    decodeBlock(input, capacity: capacity, LZ4.decode)
  }

  @Test func theFormatsExamplesDecode() {
    let block: [UInt8] = [0x33, 97, 98, 99, 3, 0, 0x10, 100]
    #expect(decode(block, capacity: 11) == Array("abcabcabcad".utf8))
    #expect(decode([0], capacity: 0) == [])
  }

  @Test func whatDoesNotHoldIsRefused() {
    let blocks: [[UInt8]] = [
      [], [0x50, 1, 2], [0x33, 97, 98, 99, 4, 0, 0], [0x33, 97, 98, 99, 0, 0, 0],
      [0x33, 97, 98, 99, 3], [0xF0] + [UInt8](repeating: 255, count: 200),
      [0x1F, 1, 1, 0, 255, 255, 255, 0, 0],
    ]
    for block in blocks { #expect(decode(block, capacity: 64) == nil, "\(block)") }
  }

  @Test func anyBytesAreDecodedOrRefusedWithinBounds() {
    var random = SeededGenerator(seed: 12)
    var decoded = 0
    for _ in 0..<20_000 {
      var input = (0..<random.number(0...40)).map { _ in UInt8(random.number(0...255)) }
      // Small lengths and distances, or almost nothing would decode.
      for place in input.indices where random.oneIn(2) { input[place] &= 0x1F }
      if decode(input, capacity: random.number(0...80)) != nil { decoded += 1 }
    }
    #expect(decoded > 20, "\(decoded)")
  }
}
