import Foundation
import TestSupport
import Testing

/// Everything that is complete on a medium is found at its place, and nothing else is reported.
/// `scripts/nightly` also runs these tests on an NTFS volume of 4 GB with 100,000 files.
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
    // The table does not mark recovered files as damaged.
    let sums = Set(findings.map(\.sha256))
    let damaged = image.plants.filter { !$0.isWhole && sums.contains($0.place.sha256) }
    #expect(damaged.isEmpty, "\(damaged.map { "\($0.condition) \($0.place)" })")
    #expect(findings.count == found.count, "nothing is reported twice")
    Self.expectAccount(of: lines)
    print(
      "planted \(kind): \(whole.count - missing.count) of \(whole.count) found,"
        + " \(lines.last?.seconds ?? -1) s")
  }

  /// Every item has its outcome, every byte belongs to a part, and nothing was ignored.
  private static func expectAccount(of lines: [OutputRecord]) {
    let summary = lines.last
    #expect(summary?.complete == true)
    #expect(lines.ofType("problem").isEmpty)
    let items = summary?.items ?? [:]
    #expect(items["seen"] == items.filter { $0.key != "seen" }.values.reduce(0, +))
    #expect(items["matched"] == Set(lines.ofType("finding").map(\.itemId)).count)
    let medium = summary?.media?.first
    #expect(medium != nil && medium?.size == medium?.sumOfParts)
    #expect(medium?.unread == 0)
  }

  /// All kinds that can be made here.
  private static let made = PlantedImage.kinds + (PlantedImage.makesExfat ? ["exfat"] : [])
  /// File systems that The Sleuth Kit also reads.
  private static let extracted = PlantedImage.kinds.filter { $0 != "xfs" }

  /// A copy of the boot sector or superblock stands in for it: nothing that is whole is lost.
  @Test(arguments: made) func aZeroedFrontLosesNothing(_ kind: String) throws {
    let image = try PlantedImage(kind)
    let folder = try TemporaryDirectory()
    let copy = try Self.copy(of: image, in: folder)
    // The superblock of ext4 follows a kibibyte.
    try Self.write(Data(count: kind == "ext4" ? 2048 : 512), at: 0, to: copy)
    let lines = try Command.lines(copy).lines
    let found = Set(lines.ofType("finding").map(PlantedImage.Place.init))
    let whole = image.plants.filter(\.isWhole).map(\.place)
    #expect(Set(whole).subtracting(found) == [])
    #expect(lines.last?.complete == true, "\(lines.ofType("problem").map { $0.message ?? "" })")
  }

  /// Everything before the cut of a truncated image is found, and the rest is reported as missing.
  @Test(arguments: made) func whatIsBeforeACutIsFound(_ kind: String) throws {
    let image = try PlantedImage(kind)
    let folder = try TemporaryDirectory()
    let copy = try Self.copy(of: image, in: folder)
    let size = try #require(FileManager.default.attributesOfItem(atPath: copy)[.size] as? Int)
    let cut = size / 10 * 9
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: copy))
    try handle.truncate(atOffset: UInt64(cut))
    try handle.close()
    let lines = try Command.lines("--as", "image", copy).lines
    let sums = Set(lines.ofType("finding").compactMap { $0.sha256 })
    let before = image.plants.filter { plant in
      // One piece, which ends before the cut; compressed content has no place.
      plant.isWhole && ["plain", "carved", "unowned", "slack"].contains(plant.condition)
        && (plant.place.offset ?? cut) + plant.place.size <= cut
    }
    #expect(before.count > 20)
    #expect(Set(before.map(\.place.sha256)).subtracting(sums) == [])
    #expect(lines.last?.complete == false)
    #expect(!lines.ofType("problem").isEmpty)
  }

  /// A chunk of an E01 that does not decode costs the hashes of what lies in it, and nothing else.
  @Test(arguments: made) func aBadChunkCostsOnlyWhatLiesInIt(_ kind: String) throws {
    let image = try PlantedImage(kind)
    let folder = try TemporaryDirectory()
    try ContainerFixtures.run(
      "ewfacquire",
      ["-u", "-q", "-t", folder.path + "/i", "-c", "none", "-S", "8GiB", image.path])
    let container = folder.path + "/i.E01"
    let bytes = try Data(
      contentsOf: URL(fileURLWithPath: container), options: .alwaysMapped)
    // A number in the first sector makes each executable different.
    let plant = try #require(
      image.plants.first {
        $0.isWhole && $0.condition == "fragmented" && $0.place.path.hasSuffix(".sys")
      })
    let offset = try #require(plant.place.offset)
    let medium = try FileHandle(forReadingFrom: URL(fileURLWithPath: image.path))
    try medium.seek(toOffset: UInt64(offset))
    let sample = try #require(try medium.read(upToCount: 512))
    let place = try #require(bytes.range(of: sample)).lowerBound
    try Self.write(Data([bytes[place] ^ 1]), at: place, to: container)
    let lines = try Command.lines(container).lines
    let found = Set(lines.ofType("finding").map(PlantedImage.Place.init))
    // The rest of it is scanned, whether or not a rule still matches.
    let paths = Set(lines.ofType("problem").map { $0.path ?? "" })
    #expect(paths.contains(plant.place.path))
    // Chunks have 32 KiB.
    let chunk = offset / 32_768 * 32_768..<offset / 32_768 * 32_768 + 32_768
    let elsewhere = image.plants.filter { other in
      guard other.isWhole, other.condition == "plain" || other.condition == "carved",
        let offset = other.place.offset
      else { return false }
      return !chunk.overlaps(offset..<offset + other.place.size)
    }
    #expect(elsewhere.count > 20)
    #expect(Set(elsewhere.map(\.place)).subtracting(found) == [])
    #expect(lines.last?.complete == false)
    #expect((lines.last?.media?.first?.unread ?? 0) > 0)
  }

  private static func copy(of image: PlantedImage, in folder: TemporaryDirectory) throws -> String {
    let copy = folder.path + "/image"
    try ContainerFixtures.run("cp", ["--sparse=always", image.path, copy])
    return copy
  }

  private static func write(_ bytes: Data, at offset: Int, to path: String) throws {
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try handle.seek(toOffset: UInt64(offset))
    try handle.write(contentsOf: bytes)
    try handle.close()
  }

  /// Items, slack and free space are read in the order of the medium: each chunk of an E01 is
  /// decoded about once, although three of ten files are fragmented. A small image fits the
  /// cache; the large one of `scripts/nightly` does not.
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
    let medium = try #require(lines.last?.media?.first)
    let needed = try #require(medium.chunksNeeded)
    let decoded = try #require(medium.chunksDecoded)
    let helpers = try #require(medium.chunksDecodedByHelpers)
    #expect(needed > 1000)
    #expect(helpers > 0)
    #expect(Double(decoded) <= 1.05 * Double(needed))
    print("E01: \(decoded) chunks decoded of \(needed) needed, \(helpers) by helpers")
  }

  /// Carved items have no file to compare with; all others are compared with yara's answers for
  /// the files that The Sleuth Kit extracts.
  @Test(arguments: extracted) func answersAreThoseOfYaraOnTheExtractedFiles(_ kind: String)
    throws
  {
    let image = try PlantedImage(kind)
    let folder = try TemporaryDirectory()
    let rules = folder.path + "/rules.yar"
    #expect(try Command.run("signatures", "export", rules).status == 0)
    let findings = try Command.lines("--as", "image", image.path).lines.ofType("finding")
    let named = findings.filter { !["carved", "slack"].contains($0.state) }
    let extracted = folder.path + "/extracted"
    #expect(try Subprocess.run("tsk_recover", ["-e", image.path, extracted]).status == 0)
    // It omits streams, and files in use without a name.
    try extract(Self.streams(of: image) + Self.inodes(of: named), of: image, to: extracted)
    let theirs = try Self.answers(ofYara: rules, on: extracted)
    #expect(theirs.count > 150)
    // tsk_recover also extracts what an inode holds whose mode says that it is a socket: Trawl carves that.
    #expect(theirs.subtracting(Self.answers(of: findings)) == [])
    #expect(Self.answers(of: named).subtracting(theirs) == [])
  }

  private static func answers(of findings: [OutputRecord]) -> Set<String> {
    Set(
      findings.flatMap { finding in
        (finding.matches ?? []).map { "\(finding.sha256 ?? "") \($0.rule)" }
      })
  }

  private func extract(_ addresses: [String], of image: PlantedImage, to folder: String) throws {
    for (index, address) in addresses.enumerated() {
      let content = try Subprocess.run("icat", [image.path, address]).output
      try content.write(to: URL(fileURLWithPath: folder + "/stream-\(index)"))
    }
  }

  /// Alternate data streams as named by `fls`: `r/r 64-128-3:`, a tab, the path with the stream.
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

  private static func inodes(of findings: [OutputRecord]) -> [String] {
    findings.filter { $0.state == "orphan" }.compactMap(\.inode)
  }

  /// Rules that match in files of a folder, by the SHA-256 of the file.
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
