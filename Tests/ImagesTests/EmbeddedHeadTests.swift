import Bytes
import Evidence
import Foundation
import TestSupport
import Testing

@testable import Images

/// The first bytes decide which files are worth a second look: all images of this folder, and few others.
@Suite struct EmbeddedHeadTests {
  private func mayBe(_ bytes: [UInt8], _ count: Int, size: UInt64? = nil) -> Bool {
    EmbeddedHead.mayBeImage(
      Array(bytes.prefix(count)).span.bytes, size: size ?? UInt64(bytes.count))
  }

  @Test func imagesAreLookedAtAgain() throws {
    let folder = try TemporaryDirectory()
    var files = ["gpt.dd", "ntfs.dd", "fat16.dd", "fat32.dd", "floppy.dd", "ext4.dd"].map {
      MutationFixture.folder + "/" + $0
    }
    files += ["luks1", "luks2", "disk.dd", "gpt-4096.dd", "mbr-4096.dd"].map(VolumeFixture.path)
    for format in ContainerFixtures.formats where !format.name.hasSuffix(".aff4") {
      files.append(
        try ContainerFixtures.make(format, of: MutationFixture.disk, in: folder.path))
    }
    for file in files {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
      let bytes = [UInt8](try #require(try handle.read(upToCount: 4096)))
      let size = UInt64(try handle.seekToEnd())
      #expect(mayBe(bytes, 4096, size: size), "\(file)")
      // As many as a reader of archives shows.
      #expect(mayBe(bytes, 272, size: size), "\(file)")
      #expect(mayBe(bytes, 272, size: .max), "\(file)")
    }
  }

  @Test func otherFilesAreNot() throws {
    for (_, file) in Fixtures.files("positive") {
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
      #expect(!mayBe(bytes, 4096), "\(file)")
    }
    #expect(!mayBe([UInt8](repeating: 0, count: 4096), 4096))
    #expect(!mayBe([UInt8](repeating: 0, count: 4096), 4096, size: 65_537))
    #expect(!mayBe([UInt8](repeating: 7, count: 4096), 4096, size: 1 << 20))
    #expect(!mayBe([], 0, size: 0))
  }
}
