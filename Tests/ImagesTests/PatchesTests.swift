import TestSupport
import Testing

@testable import Containers

/// Sectors that a log replaces, applied to any part of a file.
@Suite struct PatchesTests {
  private func applied(_ patches: Patches, count: Int, at offset: UInt64) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: count)
    bytes.withUnsafeMutableBytes { patches.apply(to: $0, at: offset) }
    return bytes
  }

  @Test func onlyReplacedSectorsChange() {
    var patches = Patches()
    patches.replace(sector: 3, with: [UInt8](repeating: 1, count: 4096))
    patches.replace(sector: 1, with: [UInt8](repeating: 2, count: 4096))
    patches.replace(sector: 3, with: [])
    patches.finish()
    #expect(patches.count == 2)
    let bytes = applied(patches, count: 4 * 4096, at: 100)
    let expected = (100..<(4 * 4096 + 100)).map { (place: Int) -> UInt8 in
      switch place / 4096 {
      case 1: 2
      case 3: 0
      default: 0xEE
      }
    }
    #expect(bytes == expected)
    #expect(applied(patches, count: 1, at: 4095) == [0xEE])
    #expect(applied(patches, count: 2, at: 4095) == [0xEE, 2])
    #expect(applied(patches, count: 1, at: 8192) == [0xEE])
    #expect(applied(patches, count: 0, at: 4096) == [])
  }

  @Test func rangesTouchTheSectorsThatTheyShareBytesWith() {
    var patches = Patches()
    patches.replace(sector: 2, with: [])
    patches.finish()
    #expect(!patches.touch(0, 8192) && patches.touch(0, 8193))
    #expect(patches.touch(12_287, 1) && !patches.touch(12_288, 1))
    #expect(!patches.touch(8192, 0))
    #expect(!Patches().touch(0, .max))
  }
}
