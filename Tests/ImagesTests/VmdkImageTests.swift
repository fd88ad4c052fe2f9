import Bytes
import Foundation
import TestSupport
import Testing

@testable import Containers

/// Disks of VMware: extents in a row, and parents for what a snapshot did not change.
@Suite struct VmdkImageTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// Words behind the offset of an extent, quoted or not, are for VMware: qemu-img ignores them, too.
  @Test func wordsBehindTheOffsetOfAnExtentAreIgnored() throws {
    var random = SeededGenerator(seed: 9)
    let flat = (0..<(96 * 512)).map { _ in UInt8(random.number(0...255)) }
    try folder.write(flat, to: "disk-f001.vmdk")
    let descriptor = try folder.write(
      """
      # Disk DescriptorFile
      version=1
      CID=fffffffe
      parentCID=ffffffff
      createType="monolithicFlat"
      RW 32 FLAT "disk-f001.vmdk" 64 partitionUUID "60 06 0e 80" "a = \\"b"
      RW 64 FLAT "disk-f001.vmdk" 0 "partitionUUID" "x"
      """, to: "quoted.vmdk")
    let raw = folder.path + "/raw"
    try ContainerFixtures.run("qemu-img", ["convert", "-O", "raw", descriptor, raw])
    let expected = try Data(contentsOf: URL(fileURLWithPath: raw))
    #expect(expected == Data(flat[(64 * 512)...] + flat[..<(64 * 512)]))
    #expect(try TestImage(descriptor).isIdentical(to: expected))
  }

  /// Opens a descriptor with these lines behind its identifiers.
  private func open(_ lines: String, name: String = "disk.vmdk") throws(ImageError) -> OpenedImage {
    let text = "# Disk DescriptorFile\nCID=aaaa0001\nparentCID=ffffffff\n" + lines
    guard let path = try? folder.write(text, to: name) else { throw ImageError("not written") }
    return try OpenedImage(RawPath(path))
  }

  @Test func extentsFollowEachOther() throws {
    try folder.write([UInt8](repeating: 1, count: 1024), to: "a")
    try folder.write([UInt8](repeating: 2, count: 1024), to: "b")
    let image = try open("RW 2 FLAT \"a\" 0\nRW 3 ZERO\nNOACCESS 1 FLAT \"x\"\nRW 1 VMFS \"b\" 1\n")
    #expect(image.container == "VMDK (one extent)" && image.medium.size == 7 * 512)
    let bytes = try image.medium.bytes(at: 0, count: 8 * 512)
    #expect(
      bytes == [UInt8](repeating: 1, count: 1024) + [UInt8](zeros: 2048)
        + [UInt8](repeating: 2, count: 512))
    #expect(image.medium.zeros(from: 1024) == 2048)
    #expect(image.files.map(\.lastComponent) == ["disk.vmdk", "a", "b"])
  }

  @Test(arguments: [
    ("", "no extent"), ("RW 2 FLAT", "no name"), ("RW 2 FLAT \"gone\" 0", "gone is missing"),
    ("RW 2 RAW \"a\"", "type RAW"), ("RW 2 SPARSE \"disk.vmdk\"", "twice"),
    ("RW 9223372036854775807 FLAT \"a\"", "invalid extent"),
    ("RW 18014398509481983 ZERO\nRW 1 ZERO", "invalid size"),
  ])
  func descriptionsThatDoNotFitAreErrors(_ lines: String, _ words: String) throws {
    try folder.write([1], to: "a")
    let error = #expect(throws: ImageError.self) { try open(lines) }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  @Test func anExtentShorterThanItsLineIsTruncation() throws {
    try folder.write([UInt8](zeros: 100), to: "a")
    let image = try open("RW 2 FLAT \"a\" 0")
    let error = #expect(throws: ImageError.self) { try image.medium.bytes(at: 0, count: 512) }
    #expect(error?.reason == .truncated)
    #expect(image.omissions.map(\.reason) == [.truncated])
  }

  @Test func onlyTheParentWithTheRightIdentifierIsRead() throws {
    try folder.write([UInt8](repeating: 1, count: 512), to: "a")
    _ = try open("RW 1 FLAT \"a\" 0", name: "parent.vmdk")
    let text =
      "# Disk DescriptorFile\nCID=1\nparentCID=%\nparentFileNameHint=\"parent.vmdk\"\nRW 1 ZERO\n"
    for (identifier, isRight) in [("AAAA0001", true), ("aaaa0002", false)] {
      let path = try folder.write(text.replacing("%", with: identifier), to: "child.vmdk")
      if isRight {
        let image = try OpenedImage(RawPath(path))
        #expect(image.container == "VMDK (one extent, with a parent)")
        #expect(image.files.map(\.lastComponent) == ["child.vmdk", "parent.vmdk", "a"])
      } else {
        let error = #expect(throws: ImageError.self) { try OpenedImage(RawPath(path)) }
        #expect(error?.description.contains("is another disk") == true)
      }
    }
  }
}
