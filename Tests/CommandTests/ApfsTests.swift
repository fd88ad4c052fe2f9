import Foundation
import TestSupport
import Testing

/// APFS volumes, compared with the tools of The Sleuth Kit. No tool on Linux makes them.
@Suite(.enabled(if: SharedImages.isAvailable, "\(SharedImages.absence)"))
struct ApfsTests {
  /// Containers made by macOS; empty without the shared images.
  private static let images: [String] =
    SharedImages.folder.map { folder in
      [
        folder + "/log2timeline+dfvfs/apfs.raw",
        folder + "/SecurityRonin+forensic-vfs-engine/tests/data/apfs_volume.bin",
      ]
    } ?? []

  private let folder: TemporaryDirectory
  /// Rules that match everything, so that each item is a finding with its hashes.
  private let rules: String

  init() throws {
    folder = try TemporaryDirectory()
    rules = try folder.write("rule everything { condition: true }", to: "everything.yar")
  }

  private func scan(_ image: String) throws -> (status: Int32, lines: [OutputRecord]) {
    try Command.lines("--signatures", rules, "--as", "image", image)
  }

  /// Path (and stream) and SHA-256 of each file in the scan.
  private func files(_ lines: [OutputRecord]) -> [String: String] {
    Dictionary(
      lines.ofType("finding").map { finding in
        let stream = (finding.stream).map { ":" + $0 } ?? ""
        return ((finding.path ?? "") + stream, finding.sha256 ?? "")
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The same from `fls` and `icat`, default streams only.
  private func listed(_ image: String) throws -> [String: String] {
    let stat = try Subprocess.run("pstat", [image])
    let line = try #require(stat.lines.first { $0.contains("APSB Block Number") })
    let block = String(try #require(line.split(separator: " ").last))
    let names = try Subprocess.run("fls", ["-r", "-p", "-F", "-P", "apfs", "-B", block, image])
    var files = [String: String]()
    for line in names.lines where line.hasPrefix("r/r ") {
      let parts = line.dropFirst(4).split(separator: ":\t", maxSplits: 1)
      let content = folder.path + "/content"
      let number = String(parts[0])
      // An empty file has no attribute, which is an error for icat.
      let script =
        "icat -P apfs -B \(block) '\(image)' \(number) > '\(content)' 2>/dev/null || true"
      try ContainerFixtures.run("bash", ["-c", script])
      files["/" + parts[1]] = String(
        try Subprocess.run("sha256sum", [content]).text.prefix(64))
    }
    return files
  }

  private func isWhole(_ lines: [OutputRecord]) -> Bool {
    let medium = lines.last?.media?.first
    return medium?.sumOfParts == medium?.size
  }

  @Test(arguments: images)
  func aVolumeHasTheFilesThatTheSleuthKitLists(_ image: String) throws {
    let (status, lines) = try scan(image)
    #expect(status == 1)
    #expect(lines.last?.complete == true)
    let found = files(lines)
    let expected = try listed(image)
    #expect(expected.count > 4)
    #expect(found.filter { !$0.key.contains(":") } == expected)
    #expect(isWhole(lines))
    let volume = lines.ofType("finding").first?.volume
    #expect(volume?.type == "apfs")
    #expect(["apfs_test", "APFSP4"].contains(volume?.name ?? ""))
    #expect(try Command.run("image", image).text.contains("apfs"))
  }

  @Test func aResourceForkIsAStreamOfItsFile() throws {
    let image = try #require(Self.images.first)
    let forks = files(try scan(image).lines).filter { $0.key.contains(":") }
    #expect(forks.keys.sorted() == ["/a_directory/a_resourcefork:rsrc"])
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    #expect(forks.values.first.map { $0 != empty } == true)
  }

  @Test func runsAreBytesOfTheImageBehindAPartitionTable() throws {
    let image = try #require(Self.images.first)
    let disk = folder.path + "/disk"
    try ContainerFixtures.run("truncate", ["-s", "8M", disk])
    try ContainerFixtures.run("/sbin/sgdisk", ["-n", "1:2048:+4M", "-t", "1:af0a", disk])
    try ContainerFixtures.run(
      "dd", ["if=" + image, "of=" + disk, "bs=1M", "seek=1", "conv=notrunc"])
    let (_, lines) = try scan(disk)
    let found = files(lines).filter { !$0.key.hasPrefix("/$") }
    let expected = files(try scan(image).lines).filter { !$0.key.hasPrefix("/$") }
    #expect(found == expected)
    #expect(isWhole(lines))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: disk), options: .alwaysMapped)
    var checked = 0
    for finding in lines.ofType("finding") {
      guard let runs = finding.runs else { continue }
      #expect(runs[0][0] > 1 << 20)
      let content = runs.reduce(into: Data()) { $0 += bytes[$1[0]..<($1[0] + $1[1])] }
      let path = try folder.write([UInt8](content), to: "run")
      let sum = try Subprocess.run("sha256sum", [path]).text.prefix(64)
      #expect(finding.sha256 == String(sum))
      checked += 1
    }
    #expect(checked > 4)
  }

  /// A copy of an image with some bytes replaced.
  private func changed(_ image: String, _ change: (inout [UInt8]) throws -> Void) throws -> String {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: image)))
    try change(&bytes)
    return try folder.write(bytes, to: "changed")
  }

  @Test func theNewestCheckpointCountsAndNotTheCopyInTheFirstBlock() throws {
    let image = try #require(Self.images.first)
    // Block 6 has the superblock of the transaction before last, as has the first block of a disk
    // that lost its power.
    let stale = try changed(image) { $0.replaceSubrange(0..<4096, with: $0[6 * 4096..<7 * 4096]) }
    let (status, lines) = try scan(stale)
    #expect(status == 1)
    #expect(files(lines) == files(try scan(image).lines))
  }

  @Test func contentThatTSKCannotDecompressIsAProblemOfItsFile() throws {
    let image = try #require(Self.images.last)
    // The header of a compressed file: "fpmc", then its kind; 12 is LZFSE in the resource fork.
    let foreign = try changed(image) { bytes in
      // Trees are copied on write: the header is in older copies, too.
      for place in bytes.indices.dropLast(5)
      where bytes[place..<place + 5].elementsEqual("fpmc\u{08}".utf8) {
        bytes[place + 4] = 12
      }
    }
    let (_, lines) = try scan(foreign)
    let problem = lines.ofType("problem").first
    #expect(problem?.path == "/compressed.txt")
    #expect(problem?.reason == "unsupported")
    #expect(lines.last?.complete == false)
    #expect(files(lines)["/compressed.txt"] == nil)
  }

  @Test func snapshotsAreCountedAndWhatTheyKeepIsNotSaidToBeRead() throws {
    let image = try #require(Self.images.first)
    // apfs_num_snapshots of the volume's superblock, block 107.
    let kept = try changed(image) { $0[107 * 4096 + 0xD8] = 2 }
    let (_, lines) = try scan(kept)
    let problems = lines.ofType("problem")
    #expect(problems.count == 1)
    #expect(problems.first?.message?.hasPrefix("2 snapshots") == true)
    #expect(lines.last?.complete == false)
    let medium = lines.last?.media?.first
    #expect(medium?.metadata == 0)
    #expect(medium?.unread ?? 0 > 0)
    #expect(isWhole(lines))
  }

  @Test func anEncryptedVolumeIsNamedAndNeverClean() throws {
    let image = try #require(Self.images.first)
    // APFS_FS_UNENCRYPTED of the volume's flags is cleared, and there is no key bag.
    let locked = try changed(image) { $0[107 * 4096 + 0x108] &= ~1 }
    let (status, lines) = try scan(locked)
    #expect([1, 3].contains(status))
    let problem = lines.ofType("problem").first
    #expect(problem?.message?.contains("APFS") == true)
    #expect(lines.last?.complete == false)
    #expect(isWhole(lines))
  }
}
