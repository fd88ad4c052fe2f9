import Foundation
import TestSupport
import Testing

/// LVM2 logical volumes are read if they are entirely on the available disk.
@Suite struct LogicalVolumeTests {
  private static let mebibyte = 1 << 20

  /// Paths and inodes that fls lists for a volume extracted from a disk.
  private func listed(_ volume: String) throws -> Set<String> {
    let line = /[r-]\/r (\d+):\t(.*)/
    return Set(
      try Subprocess.run("fls", ["-r", "-p", volume]).lines.compactMap { text in
        text.wholeMatch(of: line).map { "\($0.output.1) /\($0.output.2)" }
      })
  }

  /// Images made by others with lvm2: the first extent is the first mebibyte, and has 4 MiB.
  @Test(
    .enabled(if: SharedImages.isAvailable, "\(SharedImages.absence)"),
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
    #expect(lines.last?.complete == true)
    let findings = lines.ofType("finding").filter { $0.state == "allocated" }
    let names = findings.map { "\($0.inode ?? "") \($0.path ?? "")" }
    let expected = try listed(folder.path + "/cut")
    #expect(!expected.isEmpty)
    #expect(Set(names) == expected)
    // Their bytes are at the reported runs.
    for finding in findings {
      let digest = try digest(of: finding, in: folder.path + "/raw", folder)
      #expect(digest == finding.sha256)
    }
  }

  /// The bytes at the runs of a finding.
  private func content(of finding: OutputRecord, in image: String) throws -> Data {
    let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: image))
    var content = Data()
    for run in finding.runs ?? [] {
      try handle.seek(toOffset: UInt64(run[0]))
      content += try handle.read(upToCount: run[1]) ?? Data()
    }
    return content
  }

  /// Digest of those bytes, computed by a system tool.
  private func digest(of finding: OutputRecord, in image: String, _ folder: TemporaryDirectory)
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
    #expect(problems.first?.volume?.name == "vg/two")
    #expect(lines.last?.complete == false)

    let findings = lines.ofType("finding")
    func named(_ name: String) -> [OutputRecord] {
      findings.filter { $0.volume?.name == name }
    }
    let root = named("vg/root").filter { $0.state == "allocated" }
    #expect(Set(root.compactMap(\.path)).count == 31)
    // Read again from the image at the reported offsets; one spans both pieces.
    for finding in root {
      #expect(try digest(of: finding, in: image, folder) == finding.sha256)
    }
    let long = try #require(root.first { $0.path == "/long.sys" })
    let runs = long.runs ?? []
    #expect(runs.count >= 2)
    // Swap, and space of no volume: each as it was written, whatever volume it is reported with.
    let carved = findings.filter { $0.state == "carved" }
    let places = carved.compactMap(\.offset)
    let start = 2 * Self.mebibyte
    #expect(places.contains(start + 20 * Self.mebibyte + 16 * 4096))
    #expect(places.contains(start + 36 * Self.mebibyte))

    let medium = try #require(lines.last?.media?.first)
    #expect(medium.sumOfParts == medium.size)
  }

  /// A description with a wrong checksum is not used; the disk is carved, and reported.
  @Test func aDamagedDescriptionIsNamed() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path + "/disk.dd"
    try ContainerFixtures.run("cp", ["--sparse=always", VolumeFixture.path("lvm.dd"), path])
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    // The text wraps around the end of the metadata area, to the space behind its header.
    try handle.seek(toOffset: UInt64(Self.mebibyte + 4096 + 512))
    try handle.write(contentsOf: Array("####".utf8))
    try handle.close()
    let (_, lines) = try Command.lines(path)
    let problems = lines.ofType("problem")
    #expect(problems.count == 1)
    #expect(problems.first?.message?.contains("volume group metadata") == true)
    #expect(lines.ofType("finding").contains { $0.state == "carved" })
    #expect(lines.last?.complete == false)
  }
}
