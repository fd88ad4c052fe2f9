import Foundation
import TestSupport
import Testing

/// The ext reader through the built binary, compared with debugfs and the original trees.
@Suite struct ExtScanTests {
  private struct Found {
    let state: String
    let sha256: String
    let size: Int
    let modified: String?
    let created: String?
  }

  /// Findings of a scan with a rule that matches everything, by path.
  private func everything(_ name: String) throws -> (found: [String: Found], lines: [OutputRecord])
  {
    let folder = try TemporaryDirectory()
    let rules = try folder.write("rule every_item { condition: filesize >= 0 }", to: "every.yar")
    let (_, lines) = try Command.lines(
      "--as", "image", "--signatures", rules, ExtFixture.path(name))
    var found = [String: Found]()
    for finding in lines.ofType("finding") {
      found[finding.path ?? ""] = Found(
        state: finding.state ?? "", sha256: finding.sha256 ?? "",
        size: finding.size ?? -1, modified: finding.modified,
        created: finding.created)
    }
    return (found, lines)
  }

  @Test(arguments: ExtFixture.names) func everythingPlantedIsFound(_ name: String) throws {
    let (_, lines) = try Command.lines(ExtFixture.path(name))
    let found = lines.ofType("finding").map {
      ExtFixture.Planted(
        path: $0.path ?? "", state: $0.state ?? "",
        sha256: $0.sha256 ?? "")
    }
    let planted = try #require(try ExtFixture.planted()[name])
    #expect(planted.subtracting(found) == [], "\(name)")
    let isDamaged = name.hasSuffix("damaged") || name == "ext4-encrypted"
    #expect(lines.last?.complete == !isDamaged, "\(name)")
    let items = lines.last?.items ?? [:]
    #expect(items["seen"] == items.filter { $0.key != "seen" }.values.reduce(0, +), "\(name)")
  }

  /// The fragmented file has its runs, and their bytes are the file.
  @Test(arguments: [("ext4-two-leaves", 680), ("ext4-two-levels", 900)])
  func runsOfAFragmentedFileAreTheFile(_ name: String, _ least: Int) throws {
    let (_, lines) = try Command.lines(ExtFixture.path(name))
    let finding = try #require(
      lines.ofType("finding").first { $0.path == "/fragmented.exe" })
    let runs = try #require(finding.runs)
    #expect(runs.count >= least)
    #expect(finding.offset == runs[0][0])
    let image = try ExtFixture.bytes(name)
    let content = runs.flatMap { image[$0[0]..<($0[0] + $0[1])] }
    let file = try TemporaryDirectory()
    let sum = try Subprocess.run("sha256sum", [try file.write(content, to: "content")]).text
    #expect(finding.sha256 == String(sum.prefix(64)))
  }

  /// Remains of an older file system below a newer one are not scanned in its place.
  @Test func aSuperblockUnderAnotherFileSystemIsNotTrusted() throws {
    let folder = try TemporaryDirectory()
    let image = try folder.write([UInt8](repeating: 0, count: 40 << 20), to: "image")
    let made = try Subprocess.run(
      "mkfs.fat", ["-F", "32", "-s", "1", image],
      environment: ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"])
    #expect(made.status == 0, "\(made.errors)")
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: image)))
    bytes.replaceSubrange(1024..<2048, with: try ExtFixture.bytes("ext4-plain")[1024..<2048])
    let (status, lines) = try Command.lines(
      "--as", "image", try folder.write(bytes, to: "image"))
    #expect(status == 3)
    #expect(lines.ofType("problem").first?.reason == "unsupported")
  }

  /// `rdump` of debugfs extracts files in use, with libext2fs.
  @Test(arguments: ExtFixture.names) func filesInUseAreThoseOfDebugfs(_ name: String) throws {
    let folder = try TemporaryDirectory()
    _ = try Subprocess.run("debugfs", ["-R", "rdump / \(folder.path)", ExtFixture.path(name)])
    let (found, lines) = try everything(name)
    var theirs = Set<String>()
    for file in FileManager.default.subpaths(atPath: folder.path) ?? [] {
      let path = folder.path + "/" + file
      let type = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
      guard type == .typeRegular else { continue }
      theirs.insert("/" + file)
    }
    for problem in lines.ofType("problem") where problem.reason == "encrypted" {
      theirs.remove(problem.path ?? "")
    }
    let ours = found.filter { $0.value.state == "allocated" }
    #expect(Set(ours.keys) == theirs, "\(name)")
    #expect(ours.count >= 317 - 2)
    // The sums of all files, one process for a folder of any size.
    let sums = try Subprocess.run(
      "find", [folder.path, "-type", "f", "-exec", "sha256sum", "{}", "+"])
    for line in sums.lines {
      let file = String(line.dropFirst(66 + folder.path.count))
      // debugfs pads content in an inode to 60 bytes: the original tree is compared below.
      guard let item = ours[file], item.size >= 60 else { continue }
      #expect(item.sha256 == String(line.prefix(64)), "\(name): \(file)")
    }
  }

  @Test(arguments: ExtFixture.names) func filesAreThoseOfTheTreeThatWentIn(_ name: String) throws {
    guard try ExtFixture.planted()[name]?.contains(where: { $0.path == "/usr/bin/avp.exe" }) == true
    else { return }
    let (found, _) = try everything(name)
    for (path, sum) in try ExtFixture.tree() {
      #expect(found[path]?.sha256 == sum, "\(name): \(path)")
    }
  }

  @Test func deletedAndReallocatedNamesAreCountedAsSuch() throws {
    for name in ["ext2-deleted", "ext4-deleted"] {
      let (found, lines) = try everything(name)
      #expect(found["/replaced"] == nil, "another file has its inode")
      let ignored = lines.last?.ignored
      #expect(ignored?["reallocated_names"] == 1)
    }
  }

  /// An inode of 256 bytes has two more bits of seconds, and a time of birth.
  @Test func timesAreThoseOfDebugfs() throws {
    let (found, _) = try everything("ext4-plain")
    let file = try #require(found["/nothing"])
    #expect(file.modified == "2045-02-03T04:05:06Z")
    let status = try Subprocess.run(
      "debugfs", ["-R", "stat /nothing", ExtFixture.path("ext4-plain")])
    let line = try #require(status.lines.first { $0.hasPrefix("crtime: 0x") })
    let seconds = try #require(Int(line.dropFirst(10).prefix(8), radix: 16))
    let formatter = ISO8601DateFormatter()
    #expect(
      file.created?.prefix(19)
        == formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds))).prefix(19))
  }

  @Test func aDirectoryThatLostItsBlockIsAProblemAndItsFilesAreNotLost() throws {
    for name in ["ext3-damaged", "ext4-damaged"] {
      let (found, lines) = try everything(name)
      let problems = lines.ofType("problem")
      #expect(problems.map(\.path) == ["/zapped"])
      #expect(problems.first?.reason == "unreadable")
      #expect(found.values.count { $0.state == "orphan" } == 3)
    }
  }

  @Test func encryptedFilesAreSkippedByName() throws {
    let (_, lines) = try everything("ext4-encrypted")
    let problems = lines.ofType("problem")
    #expect(
      Set(problems.compactMap(\.path)) == [
        "/usr/bin/avp.exe", "/usr/bin/other-name.exe",
      ])
    #expect(problems.allSatisfy { $0.reason == "encrypted" })
  }

  @Test func theTypeIsThatOfTheFeatures() throws {
    for name in ExtFixture.names {
      let text = try Command.run("image", ExtFixture.path(name)).text
      #expect(text.contains(name.prefix(4)), "\(name)")
    }
  }
}
