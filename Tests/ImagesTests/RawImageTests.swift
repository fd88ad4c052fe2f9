import Bytes
import TestSupport
import Testing

@testable import Containers

/// Raw images in one file and in several.
@Suite struct RawImageTests {
  private let folder: TemporaryDirectory
  private let image: RawImage

  init() throws {
    let folder = try TemporaryDirectory()
    let parts: [[UInt8]] = [[1, 2, 3], [], [4, 5], [6]]
    var paths = [RawPath]()
    for (index, bytes) in parts.enumerated() {
      paths.append(RawPath(try folder.write(bytes, to: "image.00\(index)")))
    }
    self.folder = folder
    image = try RawImage(paths)
  }

  @Test func segmentsAreReadAsOne() throws {
    #expect(image.size == 6)
    for start in 0...6 {
      for count in 0...7 {
        let expected = (1...6).map { UInt8($0) }.dropFirst(start).prefix(count)
        #expect(try image.bytes(at: UInt64(start), count: count) == Array(expected))
      }
    }
    #expect(try image.bytes(at: 1 << 60, count: 5).isEmpty)
  }

  @Test func aRunHasAPlaceInOneSegment() {
    #expect(image.place(of: 0..<3)?.offset == 0 && image.place(of: 3..<5)?.offset == 0)
    #expect(image.place(of: 4..<5)?.offset == 1)
    #expect(image.place(of: 2..<4) == nil && image.place(of: 5..<7) == nil)
  }

  @Test func imagesOfDisksAreWholeSectors() throws {
    for (size, isOfSectors) in [(65_536, true), (65_537, false), (65_024, false)] {
      let path = RawPath(try folder.write([UInt8](zeros: size), to: "disk"))
      #expect(try RawImage([path]).isOfSectors == isOfSectors)
    }
    #expect(throws: ImageError.self) { try RawImage(["/nonexistent"]) }
  }
}
