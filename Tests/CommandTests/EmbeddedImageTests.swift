import Foundation
import TestSupport
import Testing

/// Disk images that are met as files are opened in place: what is found in them is what a scan of them finds, at nested
/// paths, and what cannot be read of them is said.
@Suite struct EmbeddedImageTests {
  private static let driver = Fixtures.positive("kaspersky_windows_driver_klif")

  /// A finding, without its place on the medium.
  struct Found: Hashable {
    let path: String
    let stream: String?
    let state: String?
    let size: Int?
    let sha256: String?

    /// A finding in the image at `outer`; its volume is named if there are several.
    init(_ finding: OutputRecord, in outer: String? = nil, named: Bool = false) {
      let volume = named ? finding.volume.map { "/volume\($0.index)" } ?? "" : ""
      path = (outer.map { $0 + "!" + volume } ?? "") + (finding.path ?? "")
      stream = finding.stream
      state = finding.state
      size = finding.size
      sha256 = finding.sha256
    }
  }

  private func shell(_ command: String, in folder: String) throws {
    let result = try Subprocess.run(
      "bash", ["-c", "set -e; PATH=$PATH:/sbin; " + command], in: folder)
    #expect(result.status == 0, "\(command): \(result.errors)")
  }

  /// An ext4 image of a folder with the files below `vm`.
  private func disk(_ folder: TemporaryDirectory, holding files: [String]) throws -> String {
    try shell(
      "mkdir -p o/vm; cp --sparse=always \(files.map { "'\($0)'" }.joined(separator: " ")) o/vm/;"
        + " mke2fs -q -t ext4 -E lazy_itable_init=1 -d o outer.dd 256M", in: folder.path)
    return folder.path + "/outer.dd"
  }

  static let containers = ContainerFixtures.formats.filter {
    // Several files, and a format that the readers of ZIP have.
    !$0.name.hasPrefix("extents") && $0.name != "flat.vmdk" && !$0.name.hasSuffix(".aff4")
      && !$0.name.hasSuffix(".hds")
  }

  @Test(arguments: containers) func aContainerInAnImageIsOpened(
    _ format: ContainerFixtures.Format
  ) throws {
    let folder = try TemporaryDirectory()
    let file = try ContainerFixtures.make(format, of: MutationFixture.disk, in: folder.path)
    guard try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1 else {
      return
    }
    let direct = try Command.lines("--as", "image", file)
    let outer = try disk(folder, holding: [file])
    let (status, lines) = try Command.lines("--as", "image", outer)
    let inside = lines.ofType("finding").filter { $0.archive != nil }
    #expect(status == 1)
    let name = "/vm/" + format.name
    #expect(inside.allSatisfy { $0.archive == name && $0.evidence == outer && $0.runs == nil })
    #expect(Set(inside.map { $0.volume }) == Set(lines.ofType("finding").map(\.volume)))
    let wanted = direct.lines.ofType("finding").map { Found($0, in: name) }
    #expect(wanted.count > 1)
    #expect(Set(inside.map { Found($0) }) == Set(wanted))
    #expect(inside.count == wanted.count)
    #expect(lines.last?.complete == true, "\(lines.ofType("problem").map { $0.message ?? "" })")
  }

  /// Partitions, deleted files, streams, a swap partition: each with its state.
  @Test(arguments: ["gpt.dd", "ntfs.dd", "fat32.dd", "floppy.dd", "fat16.dd"])
  func whatADiskHasIsFoundInside(_ name: String) throws {
    let folder = try TemporaryDirectory()
    let file = MutationFixture.folder + "/" + name
    let direct = try Command.lines("--as", "image", file)
    let findings = direct.lines.ofType("finding")
    #expect(findings.count > 1)
    let outer = try disk(folder, holding: [file])
    let (_, lines) = try Command.lines("--as", "image", outer)
    let wanted = findings.map { Found($0, in: "/vm/" + name, named: name == "gpt.dd") }
    let inside = lines.ofType("finding").filter { $0.archive != nil }
    #expect(Set(inside.map { Found($0) }) == Set(wanted))
    #expect(inside.count == wanted.count)
    #expect(lines.last?.complete == direct.lines.last?.complete)
  }

  @Test func anISOImageIsADisk() throws {
    let folder = try TemporaryDirectory()
    try shell(
      "mkdir t; cp '\(Self.driver)' t/klif.sys; genisoimage -quiet -R -o a.iso t", in: folder.path)
    let outer = try disk(folder, holding: [folder.path + "/a.iso"])
    let direct = try Command.lines("--as", "image", folder.path + "/a.iso").lines
    let (_, lines) = try Command.lines("--as", "image", outer)
    let wanted = direct.ofType("finding").map { Found($0, in: "/vm/a.iso") }
    #expect(wanted.count == 1)
    #expect(lines.ofType("finding").map { Found($0) } == wanted)
  }

  /// In a folder images are opened on demand, in an image they are unless that is refused.
  @Test func theOptionDecides() throws {
    let folder = try TemporaryDirectory()
    try shell(
      """
      mkdir e; qemu-img convert -f raw -O vmdk '\(MutationFixture.disk)' e/disk.vmdk
      cd e; zip -q a.zip disk.vmdk
      """, in: folder.path)
    let evidence = folder.path + "/e"
    let (status, closed) = try Command.lines(evidence)
    #expect(status == 0)
    #expect(closed.last?.archives == ["vmdk": 2])
    let (_, opened) = try Command.lines("--open-images", evidence)
    let paths = Set(opened.ofType("finding").compactMap(\.path))
    #expect(paths.contains(evidence + "/disk.vmdk!/drivers/klif.sys"))
    #expect(paths.contains(evidence + "/a.zip!/disk.vmdk!/drivers/klif.sys"))
    #expect(
      opened.ofType("finding").allSatisfy {
        [evidence + "/disk.vmdk", evidence + "/a.zip"].contains($0.archive)
      })
    #expect(opened.ofType("product").allSatisfy { $0.installation == evidence })
    #expect(opened.last?.archives == nil)
    let outer = try disk(folder, holding: [evidence + "/disk.vmdk"])
    let (_, refused) = try Command.lines("--no-open-images", outer)
    #expect(refused.last?.archives == ["vmdk": 1])
    #expect(refused.ofType("finding").allSatisfy { $0.archive == nil })
  }

  @Test func imagesInsideEachOtherEndAtALimit() throws {
    let folder = try TemporaryDirectory()
    try shell(
      """
      cp '\(MutationFixture.disk)' 0.dd
      for i in 1 2 3 4 5; do
        mkdir t$i; mv $((i - 1)).dd t$i/; mke2fs -q -t ext4 -O ^has_journal -d t$i $i.dd $((i * 2 + 2))M
      done
      """, in: folder.path)
    let (status, lines) = try Command.lines(folder.path + "/5.dd")
    #expect(status == 3)
    let problem = try #require(lines.ofType("problem").first)
    #expect(problem.reason == "too_large" && problem.path == "/4.dd!/3.dd!/2.dd!/1.dd!/0.dd")
    #expect(lines.ofType("finding").isEmpty)
    let (_, whole) = try Command.lines(folder.path + "/t5/4.dd")
    #expect(
      whole.ofType("finding").compactMap(\.path).contains(
        "/3.dd!/2.dd!/1.dd!/0.dd!/drivers/klif.sys"))
  }

  /// Volumes of the inner disk that are not read are problems of their own.
  @Test func aLockedVolumeInsideIsSaid() throws {
    let folder = try TemporaryDirectory()
    let outer = try disk(folder, holding: [VolumeFixture.path("disk.dd")])
    let (status, lines) = try Command.lines(outer)
    #expect(status == 1)
    let problem = try #require(lines.ofType("problem").first)
    #expect(problem.path == "/vm/disk.dd!/volume0/" && problem.reason == "encrypted")
    #expect(problem.outcome == "skipped")
    #expect(lines.last?.skipped?["encrypted"] == 1)
    #expect(lines.last?.complete == false)
    #expect(
      lines.ofType("finding").compactMap(\.path).contains("/vm/disk.dd!/volume1/klif.sys"))
  }

  /// Images in several files, and those with parents.
  @Test(arguments: [
    ("segments/disk.E01", "segment 2"), ("backing/qcow2/top.qcow2", "backing file"),
    ("backing/vmdk/top.vmdk", "parent"), ("segments/disk.E02", "first segment"),
  ]) func anImageThatNeedsFilesIsSkipped(_ name: String, _ words: String) throws {
    let folder = try TemporaryDirectory()
    let file = MutationFixture.folder + "/" + name
    // Its other files are beside it, and must not be opened.
    let others = try FileManager.default.contentsOfDirectory(
      atPath: (file as NSString).deletingLastPathComponent)
    let place = (file as NSString).deletingLastPathComponent + "/"
    let outer = try disk(folder, holding: others.map { place + $0 })
    let (status, lines) = try Command.lines(outer)
    #expect(status == 3 || status == 1)
    let path = "/vm/" + (name as NSString).lastPathComponent
    let problem = try #require(lines.ofType("problem").first { $0.path == path })
    #expect(problem.outcome == "skipped" && problem.reason == "unsupported")
    #expect(problem.message?.contains(words) == true, "\(problem.message ?? "")")
    #expect(problem.message?.contains("\\x00") == false)
    #expect(lines.last?.complete == false)
  }

  /// The first part of a split image shows what it has, and that there is more.
  @Test func aPartOfASplitImageIsSaid() throws {
    let folder = try TemporaryDirectory()
    let outer = try disk(folder, holding: [MutationFixture.folder + "/split/floppy.001"])
    let (_, lines) = try Command.lines(outer)
    let problems = lines.ofType("problem")
    #expect(problems.contains { $0.reason == "truncated" && $0.path == "/vm/floppy.001!/" })
    #expect(
      problems.contains {
        $0.outcome == "skipped" && $0.message?.contains("split image") == true
      })
    #expect(
      lines.ofType("finding").compactMap(\.path).contains("/vm/floppy.001!/drivers/klif.sys"))
  }

  /// A container that is damaged is no clean file.
  @Test func aDamagedContainerIsSaid() throws {
    let folder = try TemporaryDirectory()
    try shell(
      """
      qemu-img convert -f raw -O qcow2 '\(MutationFixture.disk)' a.qcow2
      qemu-img convert -f raw -O vmdk '\(MutationFixture.disk)' a.vmdk
      truncate -s 350K a.qcow2; truncate -s 100000 a.vmdk
      """, in: folder.path)
    let outer = try disk(folder, holding: [folder.path + "/a.qcow2", folder.path + "/a.vmdk"])
    let (status, lines) = try Command.lines(outer)
    #expect(status == 1 || status == 3)
    for name in ["a.qcow2", "a.vmdk"] {
      #expect(
        lines.ofType("problem").contains { $0.path?.hasPrefix("/vm/" + name) == true },
        "\(name)")
    }
    #expect(lines.last?.complete == false)
  }

  /// Files on bytes that the outer image lost are not clean.
  @Test func unreadBytesOfTheOuterImageAreSaid() throws {
    let folder = try TemporaryDirectory()
    // Nothing else of either disk is in the chunk of the driver.
    try shell(
      """
      head -c 200000 /dev/urandom > a-pad; truncate -s 2M inner.dd; mkfs.fat -F 12 inner.dd > /dev/null
      mcopy -i inner.dd a-pad ::/pad; mcopy -i inner.dd '\(Self.driver)' ::/klif.sys
      """, in: folder.path)
    let outer = try disk(folder, holding: [folder.path + "/a-pad", folder.path + "/inner.dd"])
    try ContainerFixtures.run(
      "ewfacquire",
      ["-u", "-q", "-t", folder.path + "/i", "-c", "none", "-S", "8GiB", outer])
    let container = folder.path + "/i.E01"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: container), options: .alwaysMapped)
    let sample = try Data(contentsOf: URL(fileURLWithPath: Self.driver)).prefix(600)
    // Each place where the driver lies in the disk.
    var places = [Int]()
    var start = 0
    while let place = bytes.range(of: sample, in: start..<bytes.count) {
      places.append(place.lowerBound)
      start = place.upperBound
    }
    #expect(!places.isEmpty)
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: container))
    for place in places {
      try handle.seek(toOffset: UInt64(place))
      try handle.write(contentsOf: Data([bytes[place] ^ 1]))
    }
    try handle.close()
    let (_, lines) = try Command.lines(container)
    let inside = "/vm/inner.dd!/klif.sys"
    #expect(lines.ofType("problem").contains { $0.path == inside })
    #expect(lines.ofType("finding").allSatisfy { $0.path != inside || $0.sha256 == nil })
    #expect(lines.ofType("problem").contains { $0.path == "/vm/inner.dd" })
    #expect(lines.ofType("problem").allSatisfy { $0.path != "/vm/inner.dd!/pad" })
    #expect(lines.last?.complete == false)
  }

  /// Swap space, a kernel and a table of bytes are no disks.
  @Test func whatOnlyLooksLikeADiskIsAFile() throws {
    let folder = try TemporaryDirectory()
    var kernel = [UInt8](repeating: 0x90, count: 512 * 400)
    kernel.replaceSubrange(446..<510, with: repeatElement(0, count: 64))
    kernel[498] = 1
    kernel[502] = 9
    kernel.replaceSubrange(506..<508, with: [0xFF, 0xFF])
    kernel.replaceSubrange(510..<512, with: [0x55, 0xAA])
    kernel.replaceSubrange(0x202..<0x206, with: Array("HdrS".utf8))
    let files = [
      try folder.write(kernel, to: "kernel"),
      try folder.write([UInt8](repeating: 0, count: 1 << 20), to: "zeros"),
      try folder.write([UInt8](repeating: 0, count: 510) + [0x55, 0xAA], to: "sector"),
      VolumeFixture.path("swap"),
    ]
    let outer = try disk(folder, holding: files)
    let (_, lines) = try Command.lines(outer)
    #expect(lines.ofType("problem").isEmpty)
    #expect(lines.ofType("finding").allSatisfy { $0.archive == nil })
    #expect(lines.last?.complete == true)
  }

  /// A case ends like a scan that was not interrupted, and keeps what was said of the inner disk.
  @Test func aCaseResumesInTheMiddleOfAnImage() throws {
    let folder = try TemporaryDirectory()
    let outer = try disk(
      folder, holding: [VolumeFixture.path("disk.dd"), MutationFixture.folder + "/gpt.dd"])
    let arguments = ["--as", "image", outer]
    let whole = try CaseScans.plain(arguments)
    #expect(whole.problems.contains { $0.contains("disk.dd!") })
    for round in 1...6 {
      let file = folder.path + "/\(round).case"
      try CaseScans.kill(arguments, case: file, after: 0.08 * Double(round))
      let command = ["scan", "--format", "jsonl", "--case", file] + arguments
      for _ in 1...2 {
        // The second time, the case is complete and answers by itself.
        let resumed = try Subprocess.run(Command.path, command)
        #expect(try CaseScans.result(resumed.lines) == whole, "round \(round)")
      }
      let other = try Subprocess.run(
        Command.path, ["scan", "--no-open-images", "--case", file] + arguments)
      #expect(other.status == 2 && other.errors.contains("--open-images"), "\(other.errors)")
    }
  }
}
