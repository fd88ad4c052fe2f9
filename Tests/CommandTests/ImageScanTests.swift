import Foundation
import TestSupport
import Testing

@Suite struct ImageScanTests {
  private func planted(_ finding: [String: Any]) -> ImageFixture.Planted {
    ImageFixture.Planted(
      volume: (finding["volume"] as? [String: Any])?["index"] as? Int ?? -1,
      path: finding["path"] as? String ?? "", stream: finding["stream"] as? String,
      state: finding["state"] as? String ?? "", sha256: finding["sha256"] as? String ?? "")
  }

  @Test func everythingPlantedIsFoundWithItsPlace() throws {
    let (status, lines) = try Command.lines(ImageFixture.disk)
    #expect(status == 1)
    #expect(lines.last?["complete"] as? Bool == true)
    let findings = lines.ofType("finding")
    #expect(Set(findings.map(planted)) == (try ImageFixture.planted()))
    #expect(findings.count == (try ImageFixture.planted().count))
    // The bytes at the runs of the image are the file.
    let image = try Data(
      contentsOf: URL(fileURLWithPath: ImageFixture.disk), options: .alwaysMapped)
    for finding in findings {
      guard let runs = finding["runs"] as? [[Int]] else { continue }
      #expect(finding["offset"] as? Int == runs[0][0])
      let content = runs.reduce(into: Data()) { $0 += image[$1[0]..<($1[0] + $1[1])] }
      #expect(content.count == finding["size"] as? Int)
      let file = try TemporaryDirectory()
      let path = try file.write([UInt8](content), to: "content")
      let sum = try Subprocess.run("sha256sum", [path]).text.prefix(64)
      #expect(finding["sha256"] as? String == String(sum))
    }
    let fragmented = findings.first { $0["path"] as? String == "/Windows/fragmented.exe" }
    #expect((fragmented?["runs"] as? [[Int]] ?? []).count > 20, "in many fragments")
    let compressed = findings.first { $0["path"] as? String == "/compressed/avpui.exe" }
    #expect(compressed != nil && compressed?["runs"] == nil, "compressed content has no runs")
    let fat = findings.first { $0["path"] as? String == "/drivers/klif.sys" }
    #expect(fat?["time_zone"] as? String == "unknown")
    #expect((fat?["volume"] as? [String: Any])?["type"] as? String == "fat32")
  }

  @Test func aSplitImageIsOneImageHoweverItIsNamed() throws {
    let whole = try Command.lines(ImageFixture.disk).lines.ofType("finding").map(planted)
    let first = try Command.lines(ImageFixture.splitDisk)
    #expect(Set(first.lines.ofType("finding").map(planted)) == Set(whole))
    // As the shell expands disk.00*.
    let all = (1...4).map { ImageFixture.folder + "/disk.00\($0)" }
    let result = try Subprocess.run(Command.path, ["scan", "--format", "jsonl"] + all)
    let summary = try #require(result.lines.last)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(summary.utf8)) as? [String: Any])
    let evidence = (object["custody"] as? [String: Any])?["evidence"] as? [[String: Any]]
    #expect(evidence?.count == 1)
    #expect(result.lines.filter { $0.contains("\"type\":\"finding\"") }.count == whole.count)
  }

  @Test func findingsAreThoseOfTheExtractedFiles() throws {
    // tsk_recover is the peer: it extracts what the file systems hold.
    let folder = try TemporaryDirectory()
    for (volume, sector) in [2048, 71_680, 120_832].enumerated() {
      let recovered = try Subprocess.run(
        "tsk_recover",
        ["-e", "-o", "\(sector)", ImageFixture.disk, folder.path + "/\(volume)"])
      #expect(recovered.status == 0, "\(recovered.errors)")
    }
    let extracted = try Command.lines(folder.path).lines.ofType("finding")
    let inImage = try Command.lines(ImageFixture.disk).lines.ofType("finding")
    func key(_ finding: [String: Any]) -> String {
      "\(finding["sha256"] as? String ?? "") \(finding["rule"] as? String ?? "")"
    }
    #expect(Set(extracted.map(key)) == Set(inImage.map(key)))
  }

  @Test func asFileScansTheImageAsOneFile() throws {
    let (_, lines) = try Command.lines("--as", "file", ImageFixture.disk)
    #expect((lines.last?["items"] as? [String: Int])?["seen"] == 1)
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
      ("qcow2", "QCOW"), ("vmdk", "VMDK"), ("vpc", "VHD"), ("vhdx", "VHDX"), ("vdi", "VDI"),
    ]
    for (format, name) in formats {
      let image = folder.path + "/image." + format
      let made = try Subprocess.run(
        "qemu-img", ["convert", "-O", format, ImageFixture.disk, image])
      #expect(made.status == 0, "\(made.errors)")
      let (status, lines) = try Command.lines(image)
      #expect(status == 3, "\(format)")
      #expect((lines.last?["items"] as? [String: Int])?["clean"] == 0, "\(format)")
      let problem = lines.ofType("problem").first
      #expect(problem?["reason"] as? String == "unsupported", "\(format)")
      #expect((problem?["message"] as? String)?.contains(name) == true, "\(format)")
    }
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

  @Test func everySharedImageOpensOrFailsWithAReason() throws {
    for image in SharedImages.files {
      let (status, lines) = try Command.lines("--as", "image", image)
      #expect([0, 1, 3].contains(status), "\(image)")
      let items = try #require(lines.last?["items"] as? [String: Int], "\(image)")
      #expect(
        items["seen"]
          == (items["matched"] ?? 0) + (items["clean"] ?? 0) + (items["skipped"] ?? 0)
            + (items["failed"] ?? 0),
        "\(image)")
      if status == 3 { #expect(!lines.ofType("problem").isEmpty, "\(image)") }
    }
  }
}
