import Testing

@testable import Containers
@testable import Images

/// The search for files in the bytes of a medium.
@Suite struct CarverTests {
  /// A container of a few bytes may claim a medium of petabytes: known zeros take neither memory
  /// nor time.
  @Test func aMediumOfZerosIsPassedOver() {
    let size: UInt64 = 4 << 50
    let found = Carver(image: Zeros(size: size), isCancelled: { false }).carve([0..<size])
    #expect(found.knownZeros == size)
    #expect(found.files.isEmpty && found.unreadable.isEmpty)
  }

  private final class Zeros: MappedImage {
    let size: UInt64
    init(size: UInt64) { self.size = size }
    func piece(at offset: UInt64) -> Piece { Piece(.zeros, length: size - offset) }
  }
}
