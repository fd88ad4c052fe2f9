import Bytes
import Foundation
import Images
import TestSupport
import Testing

/// The medium in a container equals the raw image that it was made from.
@Suite struct ContainerTests {
  private static let raw =
    (try? Data(contentsOf: URL(fileURLWithPath: ImageFixture.disk), options: .alwaysMapped))
    ?? Data()

  @Test(arguments: ContainerFixtures.formats)
  func theMediumIsTheRawImage(_ format: ContainerFixtures.Format) throws {
    let folder = try TemporaryDirectory()
    let path = try ContainerFixtures.make(format, of: ImageFixture.disk, in: folder.path)
    let medium = try TestImage(path)
    #expect(medium.size == Self.raw.count)
    #expect(medium.words == format.words + ", GPT")
    #expect(try medium.isIdentical(to: Self.raw))
    #expect(medium.mistakes(against: Self.raw, reads: 300, seed: 1) == 0)
    #expect(medium.promisesHold(in: Self.raw, seed: 2))
    // Reading ends with the medium.
    #expect(try medium.bytes(medium.size - 10, 100).count == 10)
    #expect(try medium.bytes(medium.size, 100).isEmpty)
    #expect(try medium.image.medium.read(into: .init(start: nil, count: 0), at: .max) == 0)
  }

  @Test func sizesThatAreNoMultipleOfAClusterKeepTheirLastBytes() throws {
    let folder = try TemporaryDirectory()
    let bytes = (0..<1_234_432).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }
    let raw = try folder.write(bytes, to: "raw")
    for format in ContainerFixtures.formats {
      let medium = try TestImage(try ContainerFixtures.make(format, of: raw, in: folder.path))
      #expect(try medium.isIdentical(to: Data(bytes)), "\(format)")
    }
  }

  @Test func emptyDisksAreKnownToBeZeros() throws {
    let folder = try TemporaryDirectory()
    let sparse = ["qcow2", "vmdk", "vhdx", "vdi", "qcow"]
    for format in sparse {
      let path = folder.path + "/empty." + format
      try ContainerFixtures.run("qemu-img", ["create", "-f", format, path, "3G"])
      let medium = try TestImage(path)
      #expect(medium.size == 3 << 30, "\(format)")
      var position: UInt64 = 12_345
      while case let known = medium.image.medium.zeros(from: position), known > 0 {
        position += known
      }
      #expect(position == 3 << 30, "\(format)")
      #expect(try medium.bytes(2 << 30, 100) == Data(count: 100), "\(format)")
    }
  }

  @Test func allExtentsAreFilesOfTheImage() throws {
    let folder = try TemporaryDirectory()
    let raw = folder.path + "/large"
    try ContainerFixtures.run("truncate", ["-s", "5G", raw])
    try ContainerFixtures.run(
      "qemu-io",
      ["-f", "raw", "-c", "write -P 7 4G 64k", "-c", "write -P 8 2147400000 200000", raw])
    for name in ["extents-sparse.vmdk", "extents-flat.vmdk"] {
      let format = try #require(ContainerFixtures.formats.first { $0.name == name })
      let path = try ContainerFixtures.make(format, of: raw, in: folder.path)
      let medium = try TestImage(path)
      #expect(medium.size == 5 << 30)
      #expect(try medium.bytes(4 << 30, 10) == Data(repeating: 7, count: 10))
      #expect(
        try medium.bytes(2_147_400_000, 200_000) == Data(repeating: 8, count: 200_000))
      #expect(try medium.bytes(5 << 30 - 1, 10) == Data(count: 1))
      let files = ImageSource.files(of: RawPath(path))
      #expect(files.count == 4, "\(files)")
      #expect(files == medium.image.files)
      #expect(ImageSource.parts(of: RawPath(path)) == files)
      #expect(files.first == RawPath(path))
    }
  }

  @Test func whatAGuestWroteToItsDiskIsNotOpenedAsAContainer() throws {
    let folder = try TemporaryDirectory()
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    bytes.replaceSubrange(0..<8, with: [0x51, 0x46, 0x49, 0xFB, 0, 0, 0, 3])
    let raw = try folder.write(bytes, to: "raw")
    let format = try #require(ContainerFixtures.formats.first { $0.name == "dynamic.vhdx" })
    let medium = try TestImage(try ContainerFixtures.make(format, of: raw, in: folder.path))
    #expect(medium.words == "VHDX (dynamic)")
    #expect(try medium.isIdentical(to: Data(bytes)))
  }

  /// qemu-img is the peer for images made by others.
  @Test(.enabled(if: SharedImages.isAvailable, "\(SharedImages.absence)"))
  func sharedImagesAreWhatQemuReads() throws {
    var compared = 0
    for path in SharedImages.files {
      let types = ["qcow2", "vmdk", "vhd", "vhdx", "vdi", "dmg", "hds"]
      guard types.contains((path as NSString).pathExtension), let medium = try? TestImage(path)
      else { continue }
      let folder = try TemporaryDirectory()
      let raw = folder.path + "/raw"
      guard try Subprocess.run("qemu-img", ["convert", "-O", "raw", path, raw]).status == 0 else {
        continue
      }
      let expected = try Data(contentsOf: URL(fileURLWithPath: raw), options: .alwaysMapped)
      // For a VHD, qemu may use the geometry as the size, which is rounded.
      #expect(
        try medium.isIdentical(to: expected.prefix(medium.size)), "\(path)")
      compared += 1
    }
    #expect(compared >= 9, "\(compared)")
  }
}
