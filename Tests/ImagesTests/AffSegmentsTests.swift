import TestSupport
import Testing

@testable import Containers

/// Segments of AFF images (afflib, lib/afflib_i.h), and chains of them that are damaged.
@Suite struct AffSegmentsTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func segment(_ name: String, _ data: [UInt8], argument: UInt32 = 0) -> [UInt8] {
    let body = Array(name.utf8) + data
    let head =
      Array("AFF\0".utf8) + [UInt8](big: UInt32(name.utf8.count))
      + [UInt8](big: UInt32(data.count)) + [UInt8](big: argument)
    return head + body + Array("ATT\0".utf8) + [UInt8](big: UInt32(head.count + body.count + 8))
  }

  private func file(_ segments: [[UInt8]]) throws -> ImageFile {
    try folder.imageFile(Array("AFF10\r\n\0".utf8) + segments.flatMap { $0 })
  }

  @Test func segmentsAreKeptByTheirNames() throws {
    let file = try file([
      segment("pagesize", [], argument: 4096), segment("", [9, 9]), segment("page0", [1]),
      segment("page0_md5", [2]), segment("imagesize", [0, 0, 0, 5, 0, 0, 0, 1]),
      segment("pagesize", [], argument: 1), segment("page12", [3, 4]),
    ])
    let found = try AffSegments(file)
    #expect(found.argument("segsize", "pagesize") == 4096, "the first one of a name counts")
    #expect(found.argument("none") == nil)
    #expect(Set(found.pages.keys) == [0, 12])
    #expect(found.pages[12]?.length == 2)
    #expect(found.described["page0_md5"] == nil)
    #expect(try found.quad("imagesize", in: file) == 1 << 32 | 5)
    #expect(try found.quad("pagesize", in: file) == nil)
    #expect(try found.data("imagesize", limit: 7, in: file) == nil)
    #expect(!found.isEncrypted)
  }

  @Test func pagesWithTheNewNameTakePrecedence() throws {
    let found = try AffSegments(
      file([
        segment("seg0", [1]), segment("page0", [1, 2]), segment("page0", [1, 2, 3]),
        segment("seg1", [1]), segment("seg1", [1, 2]), segment("page", []), segment("page-1", []),
        segment("page99999999999999999999", []),
      ]))
    #expect(found.pages[0]?.length == 2)
    #expect(found.pages[1]?.length == 1)
    #expect(found.pages.count == 2)
  }

  @Test func encryptionShowsInTheNames() throws {
    #expect(try AffSegments(file([segment("page0/aes256", [1])])).isEncrypted)
  }

  @Test func damageAndTruncationAreErrors() throws {
    let whole = segment("page0", [1, 2, 3])
    for count in 1..<whole.count {
      let cut = try file([Array(whole.prefix(count))])
      #expect(throws: ImageError.self, "\(count)") { try AffSegments(cut) }
    }
    for place in [0, 3, whole.count - 8, whole.count - 1] {
      var damaged = whole
      damaged[place] ^= 0xFF
      let file = try file([damaged])
      #expect(throws: ImageError.self, "\(place)") { try AffSegments(file) }
    }
    // Lengths of 4 GiB.
    for place in [4, 8] {
      var damaged = whole
      damaged.write(big: UInt32.max, at: place)
      let file = try file([damaged])
      #expect(throws: ImageError.self, "\(place)") { try AffSegments(file) }
    }
  }
}
