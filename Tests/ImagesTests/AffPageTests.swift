import TestSupport
import Testing

@testable import Containers

/// Pages of AFF images by the argument of their segment.
@Suite struct AffPageTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func page(_ argument: UInt32, _ bytes: [UInt8]) throws -> AffPage {
    AffPage(
      AffSegment(argument: argument, offset: 2, length: UInt32(bytes.count)),
      try folder.imageFile([0xEE, 0xEE] + bytes))
  }

  /// A zlib stream of one stored block.
  private func zlib(_ bytes: [UInt8]) -> [UInt8] {
    [0x78, 1, 1] + [UInt8](little: UInt16(bytes.count)) + [UInt8](little: ~UInt16(bytes.count))
      + bytes + [UInt8](big: Adler32.of(bytes[...]))
  }

  @Test func theArgumentNamesTheEncoding() throws {
    #expect(try page(0, [1, 2, 3]).bytes(number: 0, capacity: 2) == [1, 2])
    #expect(try page(0x30, [1]).bytes(number: 0, capacity: 9) == [1], "not compressed")
    #expect(try page(1, zlib([5, 6])).bytes(number: 0, capacity: 2) == [5, 6])
    let zeros = try page(0x31, [0, 0, 0, 9])
    #expect(try zeros.zeros() == 9)
    #expect(try zeros.bytes(number: 0, capacity: 4) == [0, 0, 0, 0])
    let huge = try page(0x31, [255, 255, 255, 255])
    #expect(try huge.bytes(number: 0, capacity: 3).count == 3)
  }

  @Test func damagedPagesAreErrors() throws {
    let long = try page(1, zlib([5, 6]))
    #expect(throws: ImageError.self) { try long.bytes(number: 3, capacity: 1) }
    let garbage = try page(0x21, [UInt8](repeating: 9, count: 40))
    #expect(throws: ImageError.self) { try garbage.bytes(number: 3, capacity: 100) }
    let zeros = try page(0x31, [0, 0, 9])
    #expect(throws: ImageError.self) { try zeros.zeros() }
  }

  @Test(arguments: [0x11, 0x41] as [UInt32])
  func otherMethodsAreUnsupported(_ argument: UInt32) throws {
    let page = try page(argument, [1])
    let error = #expect(throws: ImageError.self) { try page.bytes(number: 7, capacity: 9) }
    #expect(error?.reason == .unsupported)
    #expect(error?.description.contains("page 7") == true)
  }
}
