import Foundation
import TestSupport
import Testing

/// Whatever is on a medium whole is found, with its place; and nothing else is said. `scripts/nightly` runs these
/// tests on an NTFS volume of 4 GB with 100,000 files, too.
@Suite(.serialized) struct PlantedImageTests {
  private static let noExfat: Comment =
    "exFAT cannot be made here: it needs root, a loop device, FUSE, exfatprogs and exfat-fuse"

  @Test(.enabled(if: PlantedImage.makesExfat, noExfat))
  func everythingThatIsThereWholeOnExfatIsFound() throws {
    try everythingThatIsThereWholeIsFound("exfat")
  }

  @Test(.enabled(if: PlantedImage.makesExfat, noExfat))
  func answersForExfatAreThoseOfYaraOnTheExtractedFiles() throws {
    try answersAreThoseOfYaraOnTheExtractedFiles("exfat")
  }

  @Test(arguments: PlantedImage.kinds) func everythingThatIsThereWholeIsFound(_ kind: String) throws
  {
    let image = try PlantedImage(kind)
    let (status, lines) = try Command.lines("--as", "image", image.path)
    #expect(status == 1)
    let findings = lines.ofType("finding").map(PlantedImage.Place.init)
    let found = Set(findings)
    let whole = image.plants.filter(\.isWhole)
    #expect(image.plants.count == 200)
    #expect(whole.count > 165, "most are whole")
    let missing = whole.filter { !found.contains($0.place) }
    #expect(missing.isEmpty, "\(missing.map { "\($0.condition) \($0.place)" })")
    // The table does not call damaged what a scan brings back.
    let sums = Set(findings.map(\.sha256))
    let damaged = image.plants.filter { !$0.isWhole && sums.contains($0.place.sha256) }
    #expect(damaged.isEmpty, "\(damaged.map { "\($0.condition) \($0.place)" })")
    #expect(findings.count == found.count, "nothing is reported twice")
    Self.expectAccount(of: lines)
    print(
      "planted \(kind): \(whole.count - missing.count) of \(whole.count) found,"
        + " \(lines.last?["seconds"] ?? "?") s")
  }

  /// Every item has its outcome, every byte is part of something, and nothing was passed over.
  private static func expectAccount(of lines: [[String: Any]]) {
    let summary = lines.last ?? [:]
    #expect(summary["complete"] as? Bool == true)
    #expect(lines.ofType("problem").isEmpty)
    let items = summary["items"] as? [String: Int] ?? [:]
    #expect(items["seen"] == items.filter { $0.key != "seen" }.values.reduce(0, +))
    #expect(items["matched"] == Set(lines.ofType("finding").map { "\($0["item_id"] ?? "")" }).count)
    let medium = (summary["media"] as? [[String: Any]])?.first ?? [:]
    let parts = ["items", "metadata", "slack", "carved", "unallocated", "gaps", "unread"]
    #expect(medium["size"] as? Int == parts.reduce(0) { $0 + (medium[$1] as? Int ?? -1) })
    #expect(medium["unread"] as? Int == 0)
  }

  /// Items, slack and free space are read in the order of the medium: each chunk of an E01 is decoded once, or nearly,
  /// though three of ten files are in fragments. A small image fits the cache; the large one of `scripts/nightly` does not.
  @Test func chunksOfAnE01AreDecodedOnceAndGiveTheSameFindings() throws {
    let image = try PlantedImage("ntfs")
    let folder = try TemporaryDirectory()
    try ContainerFixtures.run(
      "ewfacquire",
      [
        "-u", "-q", "-t", folder.path + "/image", "-f", "encase6", "-c", "deflate:fast", "-S",
        "8GiB", image.path,
      ])
    let (_, lines) = try Command.lines(folder.path + "/image.E01")
    let whole = image.plants.filter(\.isWhole).map(\.place)
    #expect(Set(whole).subtracting(lines.ofType("finding").map(PlantedImage.Place.init)) == [])
    let medium = try #require((lines.last?["media"] as? [[String: Any]])?.first)
    let needed = try #require(medium["chunks_needed"] as? Int)
    let decoded = try #require(medium["chunks_decoded"] as? Int)
    let helpers = try #require(medium["chunks_decoded_by_helpers"] as? Int)
    #expect(needed > 1000)
    #expect(helpers > 0)
    #expect(Double(decoded) <= 1.05 * Double(needed))
    print("E01: \(decoded) chunks decoded of \(needed) needed, \(helpers) by helpers")
  }

  /// What is carved has no file to be compared with; all else is what The Sleuth Kit extracts and yara says of it.
  @Test(arguments: PlantedImage.kinds) func answersAreThoseOfYaraOnTheExtractedFiles(_ kind: String)
    throws
  {
    let image = try PlantedImage(kind)
    let folder = try TemporaryDirectory()
    let rules = folder.path + "/rules.yar"
    #expect(try Command.run("signatures", "export", rules).status == 0)
    let findings = try Command.lines("--as", "image", image.path).lines.ofType("finding")
    let named = findings.filter { !["carved", "slack"].contains($0["state"] as? String) }
    let extracted = folder.path + "/extracted"
    #expect(try Subprocess.run("tsk_recover", ["-e", image.path, extracted]).status == 0)
    // It leaves out streams, and files in use without a name.
    try extract(Self.streams(of: image) + Self.inodes(of: named), of: image, to: extracted)
    let ours = named.flatMap { finding in
      (finding["matches"] as? [[String: Any]] ?? []).map {
        "\(finding["sha256"] ?? "") \($0["rule"] ?? "")"
      }
    }
    let theirs = try Self.answers(ofYara: rules, on: extracted)
    #expect(theirs.count > 150)
    #expect(theirs.subtracting(ours) == [])
    #expect(Set(ours).subtracting(theirs) == [])
  }

  private func extract(_ addresses: [String], of image: PlantedImage, to folder: String) throws {
    for (index, address) in addresses.enumerated() {
      let content = try Subprocess.run("icat", [image.path, address]).output
      try content.write(to: URL(fileURLWithPath: folder + "/stream-\(index)"))
    }
  }

  /// Alternate data streams, as `fls` names them: `r/r 64-128-3:`, a tab, the path with the stream.
  private static func streams(of image: PlantedImage) throws -> [String] {
    guard image.kind == "ntfs" else { return [] }
    return try Subprocess.run("fls", ["-rp", image.path]).lines.compactMap { line in
      let (kind, path) = (line.prefix { $0 != "\t" }, line.drop { $0 != "\t" })
      guard path.contains(":"), let address = kind.dropLast().split(separator: " ").last,
        address.split(separator: "-").dropFirst().first == "128"
      else { return nil }
      return String(address)
    }
  }

  private static func inodes(of findings: [[String: Any]]) -> [String] {
    findings.filter { $0["state"] as? String == "orphan" }.compactMap { $0["inode"] as? String }
  }

  /// The rules that match in files of a folder, behind the SHA-256 of the file.
  private static func answers(ofYara rules: String, on folder: String) throws -> Set<String> {
    let matches = try Subprocess.run("yara", ["-r", "-w", rules, folder]).lines
    var files = [String: [String]]()
    for line in matches {
      let rule = line.prefix { $0 != " " }
      files[String(line.dropFirst(rule.count + 1)), default: []].append(String(rule))
    }
    let sums = try Subprocess.run("sha256sum", files.keys.sorted()).lines
    return Set(
      sums.flatMap { line in
        (files[String(line.dropFirst(66))] ?? []).map { "\(line.prefix(64)) \($0)" }
      })
  }
}
