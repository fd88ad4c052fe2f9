import Bytes
import Foundation
import TestSupport
import Testing

@testable import Containers

/// Names of EWF segments: E01 to E99, EAA to EZZ, FAA and so on.
@Suite struct EwfNamesTests {
  @Test(arguments: [
    (1, "E01"), (9, "E09"), (10, "E10"), (99, "E99"), (100, "EAA"), (101, "EAB"), (126, "EBA"),
    (775, "EZZ"), (776, "FAA"), (100 + 676 * 22 - 1, "ZZZ"),
  ])
  func segments(_ number: Int, _ suffix: String) {
    #expect(
      EwfNames.segment(number, startingWith: RawPath("a/image.E01")) == RawPath("a/image." + suffix)
    )
    #expect(
      EwfNames.segment(number, startingWith: RawPath("image.e01"))
        == RawPath("image." + suffix.lowercased()))
  }

  @Test func numbersWithoutANameHaveNone() {
    #expect(EwfNames.segment(100 + 676 * 22, startingWith: RawPath("image.E01")) == nil)
    #expect(EwfNames.segment(.max, startingWith: RawPath("image.E01")) == nil)
    #expect(EwfNames.segment(0, startingWith: RawPath("image.E01")) == nil)
    #expect(EwfNames.segment(-1, startingWith: RawPath("image.E01")) == nil)
    #expect(EwfNames.segment(1, startingWith: RawPath(".E01")) == nil)
    #expect(EwfNames.segment(1, startingWith: RawPath("imageE01")) == nil)
    #expect(EwfNames.segment(776 + 676, startingWith: RawPath("image.s01")) == RawPath("image.uaa"))
  }

  @Test func segmentsMayLieBesideTheTargetOfALink() throws {
    let folder = try TemporaryDirectory()
    let real = try folder.write("1", to: "evidence/disk.E01")
    let second = try folder.write("2", to: "evidence/disk.E02")
    let link = folder.path + "/link.E01"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: real)
    #expect(
      EwfNames.existing(2, startingWith: RawPath(link)).map { $0.lastComponent }
        == RawPath(second).lastComponent)
    // What is nowhere is expected beside the link.
    #expect(EwfNames.existing(3, startingWith: RawPath(link)) == RawPath(folder.path + "/link.E03"))
  }
}
