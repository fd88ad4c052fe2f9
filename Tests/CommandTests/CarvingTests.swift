import Foundation
import TestSupport
import Testing

/// Files that no file system lists are found in place; every byte of an image is accounted for.
@Suite struct CarvingTests {
  private static let driver =
    Fixtures.folder + "/positive/kaspersky_windows_driver_klif/klif.sys"

  /// Writes `file` into `image` at a byte.
  private func plant(_ file: String, in image: String, at offset: Int) throws {
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: image))
    try handle.seek(toOffset: UInt64(offset))
    try handle.write(contentsOf: try Data(contentsOf: URL(fileURLWithPath: file)))
    try handle.close()
  }

  private func sha256(_ file: String) throws -> String {
    String(try Subprocess.run("sha256sum", [file]).text.prefix(64))
  }

  private func carved(_ lines: [OutputRecord], _ state: String) -> [OutputRecord] {
    lines.ofType("finding").filter { $0.state == state }
  }

  private func diskCopy(in folder: TemporaryDirectory) throws -> String {
    let disk = folder.path + "/disk.dd"
    try ContainerFixtures.run("cp", ["--sparse=always", ImageFixture.disk, disk])
    return disk
  }

  @Test func aDriverInTheGapBetweenVolumesIsFound() throws {
    let folder = try TemporaryDirectory()
    let disk = try diskCopy(in: folder)
    try plant(Self.driver, in: disk, at: 100 * 512)
    let finding = try #require(carved(try Command.lines(disk).lines, "carved").first)
    #expect(finding.offset == 51_200)
    #expect(finding.path == "/$Unpartitioned/offset-51200.exe")
    #expect(finding.volume == nil)
    #expect(finding.sha256 == (try sha256(Self.driver)))
    // Users can turn carving off.
    let without = try Command.lines("--unallocated", "none", disk).lines
    #expect(carved(without, "carved").isEmpty)
    let medium = try #require(without.last?.media?.first)
    #expect(medium.unread > 4_000_000)
  }

  /// A chunk that does not decode affects its own bytes, not its neighbours.
  @Test func whatLiesBesideABadPlaceIsFound() throws {
    let folder = try TemporaryDirectory()
    let disk = try diskCopy(in: folder)
    try plant(Self.driver, in: disk, at: 1016 * 512)
    let mark = Data("a place that is going to be bad".utf8)
    try plant(try folder.write([UInt8](mark), to: "mark"), in: disk, at: 400_000)
    let image = folder.path + "/image"
    try ContainerFixtures.run(
      "ewfacquire",
      ["-u", "-q", "-t", image, "-f", "encase6", "-c", "none", "-S", "4GiB", disk])
    var bytes = try Data(contentsOf: URL(fileURLWithPath: image + ".E01"))
    let place = try #require(bytes.range(of: mark))
    bytes[place.lowerBound] ^= 1
    try bytes.write(to: URL(fileURLWithPath: image + ".E01"))
    let (_, lines) = try Command.lines(image + ".E01")
    #expect(carved(lines, "carved").compactMap(\.offset).contains(1016 * 512))
    #expect(lines.last?.complete == false)
    let medium = try #require(lines.last?.media?.first)
    #expect(medium.unread == 32_768)
  }

  /// Every family of executables that has a fixture, together, in the free space of ext4; a
  /// deleted file whose inode was wiped is equivalent.
  @Test func executablesInFreeSpaceAreFoundWhole() throws {
    let folder = try TemporaryDirectory()
    let image = folder.path + "/ext4"
    try ContainerFixtures.run("mke2fs", ["-q", "-t", "ext4", image, "64M"])
    var expected = [Int: String]()
    var place = 40 << 20
    for (_, file) in Fixtures.files("positive") {
      let magic = try Data(contentsOf: URL(fileURLWithPath: file)).prefix(4)
      let isExecutable =
        magic.starts(with: Data("MZ".utf8)) || magic == Data([0x7F, 0x45, 0x4C, 0x46])
        || [0xFE, 0xCE, 0xCF, 0xCA].contains(magic.first ?? 0)
      guard isExecutable else { continue }
      try plant(file, in: image, at: place)
      expected[place] = try sha256(file)
      place += 512 * 129
    }
    let (_, lines) = try Command.lines(image)
    var found = [Int: String]()
    for finding in carved(lines, "carved") {
      let offset = finding.offset ?? -1
      found[offset] = finding.sha256
    }
    #expect(expected.count > 25)
    // The parts of a universal file are found, too, each at its own sector.
    #expect(found.filter { expected[$0.key] != nil } == expected)
  }

  /// Rest of another vendor's signed driver, with a sector of a driver of Kaspersky in it: whole, without its
  /// certificate table, and beside a whole driver of Kaspersky.
  @Test func aFragmentOfAnotherVendorsDriverBorrowsNoIdentity() throws {
    let folder = try TemporaryDirectory()
    let image = folder.path + "/ext4"
    try ContainerFixtures.run("mke2fs", ["-q", "-t", "ext4", image, "64M"])
    let fragment = Fixtures.folder + "/signed/authority/overwritten.sys"
    let places = [40 << 20, 44 << 20, 48 << 20]
    try plant(fragment, in: image, at: places[0])
    try plant(fragment, in: image, at: places[1])
    try plant(Self.driver, in: image, at: places[2])
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: fragment)))
    let optional = bytes[0x3C..<0x40].reversed().reduce(0) { $0 << 8 | Int($1) } + 24
    let entry = optional + 112 + 32
    let table = bytes[entry..<(entry + 4)].reversed().reduce(0) { $0 << 8 | Int($1) }
    let zeros = try folder.write([UInt8](repeating: 0, count: bytes.count - table), to: "zeros")
    try plant(zeros, in: image, at: places[1] + table)
    let found = carved(try Command.lines(image).lines, "carved")
      .sorted { $0.offset ?? 0 < $1.offset ?? 0 }
    #expect(found.map(\.offset) == places)
    #expect(found.map(\.confidence) == ["claimed", "claimed", "strong"])
    for finding in found.prefix(2) {
      #expect(finding.reasons?.first?.contains("perhaps by bytes of another file") == true)
    }
  }

  @Test func aDriverInTheSlackOfAnotherFileIsFound() throws {
    let folder = try TemporaryDirectory()
    let image = folder.path + "/fat"
    let host = try folder.write(Array("the host of slack".utf8), to: "host.txt")
    try ContainerFixtures.run("mkfs.fat", ["-C", "-F", "16", "-s", "64", image, "140000"])
    try ContainerFixtures.run("mcopy", ["-i", image, host, "::/host.txt"])
    let bytes = try Data(contentsOf: URL(fileURLWithPath: image), options: .alwaysMapped)
    let offset = try #require(bytes.range(of: Data("the host of slack".utf8))?.lowerBound)
    try plant(Self.driver, in: image, at: offset + 1024)
    let finding = try #require(carved(try Command.lines(image).lines, "slack").first)
    #expect(finding.path == "/host.txt")
    #expect(finding.offset == offset + 1024)
    #expect(finding.sha256 == (try sha256(Self.driver)))
  }

  @Test func aDeletedFileThatIsFoundByItsNameIsNotCarvedAgain() throws {
    let lines = try Command.lines(ImageFixture.disk).lines
    #expect(lines.ofType("finding").contains { $0.state == "deleted" })
    #expect(carved(lines, "carved").isEmpty)
  }

  /// The file's metadata no longer refers to its first block: the driver that is there now is not
  /// in that file.
  @Test func aDriverWhereADeletedFileInFragmentsBeganIsFound() throws {
    let folder = try TemporaryDirectory()
    let image = folder.path + "/ext4"
    try ContainerFixtures.run(
      "mke2fs", ["-q", "-t", "ext4", "-b", "1024", "-O", "^has_journal", image, "16M"])
    let spacer = try folder.write("spacer", to: "spacer")
    let old = try folder.write([UInt8](repeating: 0x6F, count: 10_000), to: "old")
    func debugfs(_ commands: [String]) throws -> String {
      let script = try folder.write(commands.joined(separator: "\n") + "\n", to: "commands")
      return try Subprocess.run("debugfs", ["-w", "-f", script, image]).text
    }
    let spacers = (0..<20).map { "spacer-\($0)" }
    let blocks = try debugfs(
      spacers.map { "write \(spacer) \($0)" }
        + (0..<10).map { "rm spacer-\(2 * $0)" } + ["write \(old) old", "bmap old 0", "bmap old 1"])
    let places = blocks.split(separator: "\n").suffix(4).compactMap { Int($0) }
    try #require(places.count == 2 && places[1] == places[0] + 2, "in fragments: \(blocks)")
    _ = try debugfs(["rm old"] + spacers.map { "rm \($0)" })
    try plant(Self.driver, in: image, at: places[0] * 1024)
    let found = carved(try Command.lines(image).lines, "carved")
    #expect(found.map(\.offset) == [places[0] * 1024])
    #expect(found.first?.sha256 == (try sha256(Self.driver)))
  }

  @Test func aVolumeThatCannotBeReadIsCarvedAndStaysIncomplete() throws {
    let folder = try TemporaryDirectory()
    let disk = try diskCopy(in: folder)
    // The boot sectors of the NTFS volume: the first, and the copy at its end.
    for sector in [71_680, 120_831] {
      try ContainerFixtures.run(
        "dd",
        ["if=/dev/zero", "of=\(disk)", "bs=512", "seek=\(sector)", "count=1", "conv=notrunc"])
    }
    let (_, lines) = try Command.lines(disk)
    #expect(lines.last?.complete == false)
    let found = carved(lines, "carved")
    #expect(found.contains { $0.rule == "kaspersky_windows_driver_klflt" })
    #expect(found.allSatisfy { $0.volume?.index == 1 })
  }

  /// The parts of every image's account add up to its size.
  @Test func everyByteIsAccountedFor() throws {
    #expect(try accounts(of: [ImageFixture.disk]) == 1)
  }

  @Test(.enabled(if: SharedImages.isAvailable, "\(SharedImages.absence)"))
  func everyByteOfSharedImagesIsAccountedFor() throws {
    #expect(try accounts(of: SharedImages.files) > 30)
  }

  /// Checks the account of each image, and returns how many had one.
  private func accounts(of images: [String]) throws -> Int {
    var count = 0
    for path in images {
      let (_, lines) = try Command.lines("--as", "image", path)
      for medium in lines.last?.media ?? [] {
        #expect(medium.sumOfParts == medium.size, "\(path): \(medium)")
        count += 1
      }
    }
    return count
  }
}
