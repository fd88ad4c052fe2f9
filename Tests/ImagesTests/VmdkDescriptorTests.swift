import Bytes
import Testing

@testable import Containers

/// Descriptors of VMDK images, as VMware and qemu write them, and hostile ones.
@Suite struct VmdkDescriptorTests {
  private func read(_ text: String) throws -> VmdkDescriptor {
    try VmdkDescriptor(Array(text.utf8), in: RawPath("disk.vmdk"))
  }

  @Test func linesAreValuesAndExtents() throws {
    let found = try read(
      """
      # Disk DescriptorFile\r
      version=1
      CID=FFFFFFFE
      cid=other
      parentCID = 1234ABCD
      createType="twoGbMaxExtentSparse"
      parentFileNameHint="C:\\a b\\p.vmdk"
      RW 4192256 SPARSE "disk-s001.vmdk"
        rdonly  2  FLAT  "two words.vmdk"  63
      NOACCESS 8 ZERO
      """)
    #expect(found.contentID == "fffffffe", "the first value counts")
    #expect(found.parentContentID == "1234abcd")
    #expect(found.createType == "twoGbMaxExtentSparse")
    #expect(found.parentName == Array("C:\\a b\\p.vmdk".utf8))
    #expect(found.extents.map(\.length) == [4_192_256 * 512, 1024, 4096])
    #expect(found.extents.map(\.type) == ["SPARSE", "FLAT", "NOACCESS"])
    #expect(found.extents[1].name == Array("two words.vmdk".utf8))
    #expect(found.extents.map(\.offset) == [0, 63 * 512, 0])
    #expect(found.extents[2].name == nil)
  }

  @Test func aParentOfOnesIsNone() throws {
    #expect(try read("CID=1\nparentCID=FFFFFFFF").parentContentID == nil)
    #expect(try read("CID=1").parentContentID == nil)
    #expect(try read("").extents.isEmpty)
  }

  @Test func theTextEndsAtItsFirstNUL() throws {
    #expect(try read("RW 1 FLAT \"a\"\0\nRW 1 FLAT \"b\"").extents.count == 1)
  }

  @Test(arguments: [
    "RW", "RW 1", "RW x FLAT", "RW -1 FLAT", "RW 18446744073709551615 FLAT",
    "RW 1 FLAT \"a\" 36028797018963968",
    "RW 18014398509481983 FLAT\nRW 18014398509481983 FLAT",
  ])
  func impossibleExtentsAreDamage(_ text: String) {
    let error = #expect(throws: ImageError.self) { try read(text) }
    #expect(error?.description.contains("disk.vmdk") == true)
  }

  @Test func aNameWithoutItsSecondQuoteIsNone() throws {
    #expect(try read("RW 1 FLAT \"a").extents.map(\.name) == [nil])
    #expect(try read("RW 1 FLAT \"").extents.map(\.name) == [nil])
    #expect(try read("RW 1 FLAT \"\"").extents.map(\.name) == [[]])
  }
}
