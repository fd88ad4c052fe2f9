import Containers
import Foundation
import TestSupport
import Testing

/// A differencing VHD with blocks of its own.
@Suite struct VhdImageTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test(.enabled(if: SharedImages.isAvailable, "\(SharedImages.absence)"))
  func theSectorsOfADifferencingVHDAreItsOwnByItsBitmap() throws {
    let shared = try #require(SharedImages.folder)
    // The real pair, with a block put into the child: sectors 1, 8 and 9 are its own.
    for name in ["image.vhd", "image-differential.vhd"] {
      try FileManager.default.copyItem(
        atPath: shared + "/log2timeline+dfvfs/" + name, toPath: folder.path + "/" + name)
    }
    let child = folder.path + "/image-differential.vhd"
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: child)))
    func big(_ place: Int, _ count: Int) -> Int {
      bytes[place..<place + count].reduce(0) { $0 << 8 | Int($1) }
    }
    let footer = Array(bytes.suffix(512))
    let header = big(16, 8)
    let table = big(header + 16, 8)
    let block = big(header + 32, 4)
    bytes.removeLast(512)
    let start = bytes.count / 512
    bytes.replaceSubrange(
      table..<table + 4, with: withUnsafeBytes(of: UInt32(start).bigEndian) { Array($0) })
    var bitmap = [UInt8](repeating: 0, count: (block / 512 / 8 + 511) / 512 * 512)
    bitmap[0] = 0b0100_0000
    bitmap[1] = 0b1100_0000
    bytes += bitmap + [UInt8](repeating: 0xC7, count: block) + footer
    try folder.write(bytes, to: "image-differential.vhd")
    let parent = try TestImage(folder.path + "/image.vhd")
    var expected = try parent.bytes(0, parent.size)
    for sectors in [1..<2, 8..<10] {
      expected.replaceSubrange(
        sectors.lowerBound * 512..<sectors.upperBound * 512,
        with: Data(repeating: 0xC7, count: sectors.count * 512))
    }
    let medium = try TestImage(child)
    #expect(try medium.isIdentical(to: expected))
    #expect(medium.promisesHold(in: expected, seed: 8))
  }
}
