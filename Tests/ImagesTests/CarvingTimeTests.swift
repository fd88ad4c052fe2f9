import Bytes
import TestSupport
import Testing

@testable import Containers
@testable import Images

/// Time for the headers of a stretch of the medium is bounded.
@Suite struct CarvingTimeTests {
  @Test func whatTakesTooLongIsSaid() throws {
    let folder = try TemporaryDirectory()
    let size = 3 << 20
    let file = try folder.write([UInt8](repeating: 0x4D, count: size), to: "image")
    let image = try RawImage([RawPath(file)])
    var carver = Carver(image: image, isCancelled: { false })
    #expect(carver.carve([0..<UInt64(size)]).overdue.isEmpty)
    carver.patience = .zero
    let result = carver.carve([0..<UInt64(size)])
    // The first part of a stretch is examined in any case.
    #expect(result.overdue.map(\.upperBound) == [UInt64(size)])
    #expect(result.overdue[0].lowerBound > 0)
  }
}
