import TestSupport
import Testing

@testable import Containers

/// Sectors that cannot be read are zeros; others keep their bytes.
@Suite struct ReadablePartsTests {
  private let bytes = (0..<3000).map { UInt8(truncatingIfNeeded: $0 | 1) }

  @Test func onlyTheBadSectorIsZero() throws {
    let medium = ReadableParts(MemoryMedium(bytes, unreadable: 1030..<1031))
    #expect(medium.size == 3000)
    var expected = bytes
    expected.write([UInt8](zeros: 512), at: 1024)
    #expect(try medium.bytes(at: 0, count: 4000) == expected)
    // Sectors are those of the request.
    #expect(try medium.bytes(at: 1030, count: 1) == [0])
    #expect(try medium.bytes(at: 1031, count: 1) == [bytes[1031]])
    #expect(try medium.bytes(at: 3000, count: 1).isEmpty)
  }

  @Test func theLastSectorMayBeShort() throws {
    let medium = ReadableParts(MemoryMedium(bytes, unreadable: 2999..<3000))
    #expect(try medium.bytes(at: 2048, count: 2000) == bytes[2048..<2560] + [UInt8](zeros: 440))
  }

  @Test func errorsOfTheWholeMediumRemain() {
    final class Encrypted: Medium {
      let size: UInt64 = 10
      func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ImageError)
        -> Int
      {
        throw ImageError("no key", .encrypted)
      }
    }
    #expect(throws: ImageError.self) { try ReadableParts(Encrypted()).bytes(at: 0, count: 1) }
  }
}
