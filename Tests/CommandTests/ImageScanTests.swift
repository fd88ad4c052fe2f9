import Foundation
import TestSupport
import Testing

@Suite struct ImageScanTests {
  private func planted(_ finding: OutputRecord) -> ImageFixture.Planted {
    ImageFixture.Planted(
      volume: finding.volume?.index ?? -1,
      path: finding.path ?? "", stream: finding.stream,
      state: finding.state ?? "", sha256: finding.sha256 ?? "")
  }

  @Test func everythingPlantedIsFoundWithItsPlace() throws {
    let (status, lines) = try Command.lines(ImageFixture.disk)
    #expect(status == 1)
    #expect(lines.last?.complete == true)
    let findings = lines.ofType("finding")
    #expect(Set(findings.map(planted)) == (try ImageFixture.planted()))
    #expect(findings.count == (try ImageFixture.planted().count))
    // The bytes at the runs of the image are the file.
    let image = try Data(
      contentsOf: URL(fileURLWithPath: ImageFixture.disk), options: .alwaysMapped)
    for finding in findings {
      guard let runs = finding.runs else { continue }
      #expect(finding.offset == runs[0][0])
      let content = runs.reduce(into: Data()) { $0 += image[$1[0]..<($1[0] + $1[1])] }
      #expect(content.count == finding.size)
      let file = try TemporaryDirectory()
      let path = try file.write([UInt8](content), to: "content")
      let sum = try Subprocess.run("sha256sum", [path]).text.prefix(64)
      #expect(finding.sha256 == String(sum))
    }
    let fragmented = findings.first { $0.path == "/Windows/fragmented.exe" }
    #expect((fragmented?.runs ?? []).count > 20, "in many fragments")
    let compressed = findings.first { $0.path == "/compressed/avpui.exe" }
    #expect(compressed != nil && compressed?.runs == nil, "compressed content has no runs")
    let fat = findings.first { $0.path == "/drivers/klif.sys" }
    #expect(fat?.timeZone == "unknown")
    #expect(fat?.volume?.type == "fat32")
  }

  /// The name of a deleted file leads to its first cluster; if another file owns that now, the
  /// content is lost, as for many deleted files.
  @Test func aDeletedFileWhoseClustersAnotherFileHasIsNoFailure() throws {
    let folder = try TemporaryDirectory()
    let disk = folder.path + "/disk"
    try ContainerFixtures.run("truncate", ["-s", "1440K", disk])
    try ContainerFixtures.run("/sbin/mkfs.fat", ["-F", "12", disk])
    let large = try folder.write([UInt8](repeating: 0x61, count: 9000), to: "large")
    let small = try folder.write([UInt8](repeating: 0x62, count: 600), to: "small")
    try ContainerFixtures.run("mmd", ["-i", disk, "::/one", "::/two"])
    try ContainerFixtures.run("mcopy", ["-i", disk, large, "::/one/large"])
    try ContainerFixtures.run("mdel", ["-i", disk, "::/one/large"])
    try ContainerFixtures.run("mcopy", ["-i", disk, small, "::/two/small"])
    let lines = try Command.lines("--as", "image", disk).lines
    #expect(lines.ofType("problem").isEmpty)
    #expect(lines.last?.complete == true)
    #expect(lines.last?.items?["clean"] == 1)
    #expect(lines.last?.ignored?["names_without_content"] == 1)
  }

  @Test func aSplitImageIsOneImageHoweverItIsNamed() throws {
    let whole = try Command.lines(ImageFixture.disk).lines.ofType("finding").map(planted)
    let first = try Command.lines(ImageFixture.splitDisk)
    #expect(Set(first.lines.ofType("finding").map(planted)) == Set(whole))
    // As the shell expands disk.00*.
    let all = (1...4).map { ImageFixture.folder + "/disk.00\($0)" }
    let result = try Subprocess.run(Command.path, ["scan", "--format", "jsonl"] + all)
    let summary = try #require(try OutputRecord.all(in: result.lines).last)
    #expect(summary.custody?.evidence.count == 1)
    #expect(result.lines.filter { $0.contains("\"type\":\"finding\"") }.count == whole.count)
  }

  @Test func findingsAreThoseOfTheExtractedFiles() throws {
    // tsk_recover is the peer: it extracts the content of the file systems.
    let folder = try TemporaryDirectory()
    for (volume, sector) in [2048, 71_680, 120_832].enumerated() {
      let recovered = try Subprocess.run(
        "tsk_recover",
        ["-e", "-o", "\(sector)", ImageFixture.disk, folder.path + "/\(volume)"])
      #expect(recovered.status == 0, "\(recovered.errors)")
    }
    let extracted = try Command.lines(folder.path).lines.ofType("finding")
    let inImage = try Command.lines(ImageFixture.disk).lines.ofType("finding")
    func key(_ finding: OutputRecord) -> String {
      "\(finding.sha256 ?? "") \(finding.rule ?? "")"
    }
    #expect(Set(extracted.map(key)) == Set(inImage.map(key)))
  }

  @Test func asFileScansTheImageAsOneFile() throws {
    let (_, lines) = try Command.lines("--as", "file", ImageFixture.disk)
    #expect(lines.last?.items?["seen"] == 1)
  }

  @Test func theImageCommandShowsVolumesAndFileSystems() throws {
    let result = try Command.run("image", ImageFixture.disk)
    #expect(result.status == 0)
    for type in ["fat32", "ntfs", "ext4", "GPT"] { #expect(result.text.contains(type)) }
    let split = try Command.run("image", ImageFixture.splitDisk)
    #expect(split.text.contains("split raw"))
    #expect(split.text.contains("disk.004"))
    #expect(try Command.run("image", "/bin/true").status == 2)
    #expect(try Command.run("image", "/dev/zero").status == 2)
    #expect(try Command.run("image", "/nonexistent").status == 2)
  }

  @Test func containersThatCannotBeOpenedAreNamedNeverClean() throws {
    let folder = try TemporaryDirectory()
    let formats = [
      (
        [
          "qcow2", "--object", "secret,id=s,data=x", "-o",
          "encrypt.format=aes,encrypt.key-secret=s",
        ],
        "encrypted"
      )
    ]
    for (arguments, word) in formats {
      let image = folder.path + "/image"
      let made = try Subprocess.run(
        "qemu-img", ["convert", "-O"] + arguments + [ImageFixture.disk, image])
      #expect(made.status == 0, "\(made.errors)")
      let (status, lines) = try Command.lines(image)
      #expect(status == 3, "\(arguments)")
      #expect(lines.last?.items?["clean"] == 0, "\(arguments)")
      let problem = lines.ofType("problem").first
      #expect(problem?.outcome == "skipped", "\(arguments)")
      #expect(problem?.message?.contains(word) == true, "\(arguments)")
    }
  }

  @Test func containersOfAKindThatIsNotReadAreNamedWithARemedy() throws {
    let folder = try TemporaryDirectory()
    let list = """
      <?xml version="1.0"?><plist><dict><key>diskimage-bundle-type</key>
      <string>com.apple.diskimage.sparsebundle</string></dict></plist>
      """
    try FileManager.default.createDirectory(
      atPath: folder.path + "/b.sparsebundle/bands", withIntermediateDirectories: true)
    try folder.write(list, to: "b.sparsebundle/Info.plist")
    try folder.write([UInt8](repeating: 7, count: 10_000), to: "b.sparsebundle/bands/0")
    let zeros = [UInt8](repeating: 0, count: 5000)
    try folder.write(Array("EVF2\r\n\u{1}\0".utf8) + zeros, to: "e.Ex01")
    try folder.write(Array("LVF\t\r\n".utf8) + [0xFF, 0] + zeros, to: "l.L01")
    try folder.write(Array("sprs".utf8) + zeros, to: "s.sparseimage")
    for (name, word) in [
      ("b.sparsebundle", "hdiutil"), ("b.sparsebundle/Info.plist", "hdiutil"),
      ("s.sparseimage", "hdiutil"), ("e.Ex01", "E01"), ("l.L01", "files"),
    ] {
      let (status, lines) = try Command.lines(folder.path + "/" + name)
      #expect(status == 3, "\(name)")
      #expect(lines.last?.items?["clean"] == 0, "\(name)")
      let message = lines.ofType("problem").first?.message
      #expect(message?.contains("not supported; ") == true, "\(message ?? name)")
      #expect(message?.contains(word) == true, "\(message ?? name)")
      #expect(try Command.run("image", folder.path + "/" + name).status == 2)
    }
  }

  /// Identity and location of a finding.
  private static func facts(_ finding: OutputRecord) -> [String] {
    let texts = [
      finding.sha256, finding.rule, finding.path, finding.stream, finding.state, finding.inode,
    ].map { $0 ?? "-" }
    return texts + [
      "\(finding.runs ?? [])", "\(finding.offset ?? -1)", "\(finding.size ?? -1)",
      "\(finding.volume?.start ?? -1)",
    ]
  }

  /// Findings in the raw image.
  private static let expected = Result {
    let (_, lines) = try Command.lines(ImageFixture.disk)
    return (
      Set(lines.ofType("finding").map(facts)), lines.last?.items ?? [:]
    )
  }

  @Test(arguments: ContainerFixtures.formats)
  func aContainerHasTheFindingsAndTheItemsOfTheRawImage(_ format: ContainerFixtures.Format) throws {
    let folder = try TemporaryDirectory()
    let image = try ContainerFixtures.make(format, of: ImageFixture.disk, in: folder.path)
    let (status, lines) = try Command.lines(image)
    #expect(status == 1)
    #expect(lines.last?.complete == true)
    let (findings, items) = try Self.expected.get()
    // Not in the expectation, which would print them all.
    let isSame = Set(lines.ofType("finding").map(Self.facts)) == findings
    #expect(isSame)
    #expect(lines.last?.items == items)
    // Reports into any file of the image are refused.
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let result = try Command.run("scan", "--output", folder.path + "/" + name, image)
      #expect(result.status == 2, "\(name)")
    }
    // All its files as targets, as the shell expands them, are one image.
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    guard files.count > 1 else { return }
    let result = try Subprocess.run(
      Command.path, ["scan", "--format", "jsonl"] + files.map { folder.path + "/" + $0 })
    #expect(
      result.lines.filter { $0.contains("\"type\":\"finding\"") }.count == findings.count)
  }

  @Test func theProductOpensNoSocket() throws {
    let folder = try TemporaryDirectory()
    let log = folder.path + "/calls"
    let result = try Subprocess.run(
      "strace",
      ["-f", "-o", log, "-e", "trace=network", Command.path, "scan", ImageFixture.disk, "/bin"])
    #expect(result.status == 1)
    let calls = try String(contentsOfFile: log, encoding: .utf8)
    #expect(!calls.contains("socket"), "\(calls.prefix(300))")
    #expect(!calls.contains("connect"))
  }

  @Test(.enabled(if: SharedImages.isAvailable, "\(SharedImages.absence)"))
  func everySharedImageOpensOrFailsWithAReason() throws {
    for image in SharedImages.files {
      let (status, lines) = try Command.lines("--as", "image", image)
      #expect([0, 1, 3].contains(status), "\(image)")
      let items = try #require(lines.last?.items, "\(image)")
      #expect(
        items["seen"]
          == (items["matched"] ?? 0) + (items["clean"] ?? 0) + (items["skipped"] ?? 0)
            + (items["failed"] ?? 0),
        "\(image)")
      if status == 3 { #expect(!lines.ofType("problem").isEmpty, "\(image)") }
    }
  }
}
