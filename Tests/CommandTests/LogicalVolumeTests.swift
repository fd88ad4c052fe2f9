import Foundation
import TestSupport
import Testing

/// Logical volumes of LVM2 are read where all of them lies on the disk that is there.
@Suite struct LogicalVolumeTests {
  private static let mebibyte = 1 << 20

  /// The paths and inodes that fls lists of a volume that was cut out of a disk.
  private func listed(_ volume: String) throws -> Set<String> {
    let line = /[r-]\/r (\d+):\t(.*)/
    return Set(
      try Subprocess.run("fls", ["-r", "-p", volume]).lines.compactMap { text in
        text.wholeMatch(of: line).map { "\($0.output.1) /\($0.output.2)" }
      })
  }

  /// Images that others made with lvm2: the first extent is the first mebibyte, and has 4 MiB.
  @Test(
    .enabled(if: SharedImages.folder != nil),
    arguments: ["1ec68173/lvm.qcow2", "f9012656/lvmtest.qcow2"])
  func filesAreThoseOfTheVolumeThatWasCutOut(_ name: String) throws {
    let image = try #require(SharedImages.folder) + "/log2timeline+dfvfs/history/" + name
    let folder = try TemporaryDirectory()
    try ContainerFixtures.run("qemu-img", ["convert", "-O", "raw", image, folder.path + "/raw"])
    try ContainerFixtures.run(
      "dd",
      [
        "if=" + folder.path + "/raw", "of=" + folder.path + "/cut", "bs=1M", "skip=1",
        "status=none",
      ])
    let rules = try folder.write("rule every_item { condition: filesize >= 0 }", to: "every.yar")
    let (status, lines) = try Command.lines("--as", "image", "--signatures", rules, image)
    #expect(status == 1)
    #expect(lines.last?["complete"] as? Bool == true)
    let findings = lines.ofType("finding").filter { $0["state"] as? String == "allocated" }
    let names = findings.map { "\($0["inode"] as? String ?? "") \($0["path"] as? String ?? "")" }
    let expected = try listed(folder.path + "/cut")
    #expect(!expected.isEmpty)
    #expect(Set(names) == expected)
    // Their bytes are at the runs that are given.
    for finding in findings {
      let digest = try digest(of: finding, in: folder.path + "/raw", folder)
      #expect(digest == finding["sha256"] as? String)
    }
  }

  /// The bytes at the runs of a finding.
  private func content(of finding: [String: Any], in image: String) throws -> Data {
    let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: image))
    var content = Data()
    for run in finding["runs"] as? [[Int]] ?? [] {
      try handle.seek(toOffset: UInt64(run[0]))
      content += try handle.read(upToCount: run[1]) ?? Data()
    }
    return content
  }

  /// The digest of those bytes, by a tool of the system.
  private func digest(of finding: [String: Any], in image: String, _ folder: TemporaryDirectory)
    throws -> String
  {
    let file = try folder.write([UInt8](try content(of: finding, in: image)), to: "content")
    return String(try Subprocess.run("sha256sum", [file]).text.prefix { $0 != " " })
  }

  @Test func everyLogicalVolumeIsReadOrNamed() throws {
    let image = VolumeFixture.path("lvm.dd")
    let folder = try TemporaryDirectory()
    let shown = try Command.run("image", image)
    for text in ["vg/root", "vg/pages", "vg/two", "it is striped"] {
      #expect(shown.text.contains(text), "\(text)")
    }
    let (status, lines) = try Command.lines(image)
    #expect(status == 1)
    let problems = lines.ofType("problem")
    #expect(problems.count == 1)
    #expect((problems.first?["volume"] as? [String: Any])?["name"] as? String == "vg/two")
    #expect(lines.last?["complete"] as? Bool == false)

    let findings = lines.ofType("finding")
    func named(_ name: String) -> [[String: Any]] {
      findings.filter { ($0["volume"] as? [String: Any])?["name"] as? String == name }
    }
    let root = named("vg/root").filter { $0["state"] as? String == "allocated" }
    #expect(Set(root.compactMap { $0["path"] as? String }).count == 31)
    // Read again from the image at the places that are given; one lies across the border of the two pieces.
    for finding in root {
      #expect(try digest(of: finding, in: image, folder) == finding["sha256"] as? String)
    }
    let long = try #require(root.first { $0["path"] as? String == "/long.sys" })
    let runs = long["runs"] as? [[Int]] ?? []
    #expect(runs.count >= 2)
    // Swap, and what no volume has: each as it was written, whatever volume it is reported with.
    let carved = findings.filter { $0["state"] as? String == "carved" }
    let places = carved.compactMap { $0["offset"] as? Int }
    let start = 2 * Self.mebibyte
    #expect(places.contains(start + 20 * Self.mebibyte + 16 * 4096))
    #expect(places.contains(start + 36 * Self.mebibyte))

    let medium = try #require((lines.last?["media"] as? [[String: Any]])?.first)
    let parts = ["items", "metadata", "slack", "carved", "unallocated", "gaps", "unread"]
    #expect(parts.reduce(0) { $0 + (medium[$1] as? Int ?? 0) } == medium["size"] as? Int)
  }

  /// A description whose checksum is wrong is not believed; the disk is carved, and named.
  @Test func aDamagedDescriptionIsNamed() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path + "/disk.dd"
    try ContainerFixtures.run("cp", ["--sparse=always", VolumeFixture.path("lvm.dd"), path])
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    // The text goes around the end of the area of metadata, on behind its header.
    try handle.seek(toOffset: UInt64(Self.mebibyte + 4096 + 512))
    try handle.write(contentsOf: Array("####".utf8))
    try handle.close()
    let (_, lines) = try Command.lines(path)
    let problems = lines.ofType("problem")
    #expect(problems.count == 1)
    #expect((problems.first?["message"] as? String)?.contains("description") == true)
    #expect(lines.ofType("finding").contains { $0["state"] as? String == "carved" })
    #expect(lines.last?["complete"] as? Bool == false)
  }
}
