import Bytes
import Foundation
import TestSupport
import Testing

@testable import Containers

/// Files of containers: reads are whole or errors, and other files are not opened.
@Suite struct ImageFileTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test func readsBehindTheEndAreTruncation() throws {
    let file = try folder.imageFile([1, 2, 3, 4])
    #expect(file.length == 4)
    #expect(try file.bytes(at: 1, count: 3) == [2, 3, 4] && file.bytes(at: 4, count: 0).isEmpty)
    for (offset, count) in [(4, 1), (1, 4), (5, 0), (.max, 1)] as [(UInt64, Int)] {
      let error = #expect(throws: ImageError.self) { try file.bytes(at: offset, count: count) }
      #expect(error?.reason == .truncated, "\(offset)")
      #expect(file.pieces(of: offset, length: UInt64(count), limit: 1) == nil, "\(offset)")
    }
    #expect(file.pieces(of: 1, length: 3, limit: 1)?.first?.offset == 1)
    #expect(file.pieces(of: 1, length: .max, limit: 1) == nil)
  }

  @Test func patchedBytesHaveNoPlace() throws {
    var patches = Patches()
    patches.replace(sector: 1, with: [UInt8](repeating: 9, count: 4096))
    patches.finish()
    let file = ImageFile(try folder.imageFile([UInt8](zeros: 10_000)), patches)
    #expect(try file.bytes(at: 4095, count: 3) == [0, 9, 9])
    #expect(
      file.pieces(of: 0, length: 4096, limit: 1) != nil
        && file.pieces(of: 0, length: 4097, limit: 1) == nil)
    #expect(file.pieces(of: 8192, length: 1, limit: 1) != nil)
  }

  @Test func anIdentityIsIndependentOfNames() throws {
    let path = try folder.write([1], to: "a")
    let link = folder.path + "/b"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    let (first, second) = (
      try ImageFile(RawPath(path), mustBeRegular: true),
      try ImageFile(RawPath(link), mustBeRegular: true)
    )
    #expect(first.identity == second.identity)
    #expect(try folder.imageFile([1], "c").identity != first.identity)
  }

  @Test func onlyRegularFilesArePartsOfAnImage() throws {
    #expect(throws: ImageError.self) { try ImageFile("/dev/null", mustBeRegular: true) }
    #expect(throws: ImageError.self) { try ImageFile("/nonexistent", mustBeRegular: true) }
    #expect(!ImageFile.isOrdinary("/dev/null") && !ImageFile.isOrdinary("/nonexistent"))
    #expect(!ImageFile.isOrdinary(folder.raw))
    #expect(ImageFile.isOrdinary(RawPath(try folder.write([], to: "empty"))))
  }
}
