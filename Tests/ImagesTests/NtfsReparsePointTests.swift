import Evidence
import TestSupport
import Testing

@testable import FileSystems

/// Reparse points by their tags ([MS-FSCC] 2.1.2.1).
@Suite struct NtfsReparsePointTests {
  private func problem(_ tag: UInt32, isStored: Bool) throws -> String? {
    let point = try #require(NtfsReparsePoint([UInt8](little: tag) + [0, 0, 0, 0]))
    #expect(point.tag == tag)
    return point.problem(isStored: isStored)?.message
  }

  @Test func anAttributeWithoutATagIsNone() {
    #expect(NtfsReparsePoint([]) == nil)
    #expect(NtfsReparsePoint([1, 2, 3]) == nil)
  }

  /// Symbolic links, mount points, NFS links, app execution links and sockets have no content.
  @Test(
    arguments: [0xA000_000C, 0xA000_0003, 0x8000_0014, 0x8000_001B, 0x8000_0023, 0xA000_001D]
      as [UInt32])
  func linksHaveNoContentToMiss(_ tag: UInt32) throws {
    #expect(try problem(tag, isStored: false) == nil)
  }

  @Test(
    arguments: [
      (0x8000_0017, "WOF"), (0x8000_0013, "deduplicated"), (0x8000_0007, "SIS"),
      (0x8000_0008, "WIM"), (0xC000_0004, "hierarchical"),
    ] as [(UInt32, String)])
  func filtersThatKeepTheContentElsewhere(_ tag: UInt32, _ word: String) throws {
    #expect(try problem(tag, isStored: true)?.contains(word) == true)
  }

  /// The third digit of a cloud tag is a number of the provider.
  @Test(
    arguments: [
      (0x9000_001A, "cloud"), (0x9000_701A, "cloud"), (0x9000_001C, "Projected"),
      (0x9000_1018, "container"), (0x8000_001E, "Azure"), (0x8000_0ABC, "0x80000ABC"),
    ] as [(UInt32, String)])
  func placeholdersMatterOnlyIfIncomplete(_ tag: UInt32, _ word: String) throws {
    #expect(try problem(tag, isStored: true) == nil)
    #expect(try problem(tag, isStored: false)?.contains(word) == true)
  }
}
