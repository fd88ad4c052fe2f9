import Bytes
import Evidence
import Foundation
import TestSupport
import Testing

@testable import Containers

/// EWF images made by ewfacquire (libewf) contain the medium that they were made from.
@Suite struct EwfImageTests {
  private let raw: Data

  init() throws {
    raw = try Data(contentsOf: URL(fileURLWithPath: ImageFixture.disk), options: .alwaysMapped)
  }

  /// Acquires the disk of the fixture; returns the first segment.
  private func acquire(
    _ arguments: [String], in folder: TemporaryDirectory, from source: String = ImageFixture.disk
  ) throws -> String {
    let name = folder.path + "/disk"
    try ContainerFixtures.run("ewfacquire", ["-u", "-q", "-t", name] + arguments + [source])
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return folder.path + "/" + (try #require(names.first { $0.lowercased().hasSuffix("01") }))
  }

  @Test(arguments: [
    ["-f", "encase6", "-c", "deflate:fast", "-S", "4GiB"],
    ["-f", "encase6", "-c", "deflate:best", "-S", "4GiB"],
    ["-f", "encase6", "-c", "none", "-S", "4GiB"],
    ["-f", "encase6", "-c", "deflate:empty-block", "-S", "4GiB"],
    ["-f", "encase6", "-c", "deflate:fast", "-b", "2048", "-S", "4GiB"],
    ["-f", "encase5", "-c", "none", "-S", "10MiB"],
    ["-f", "encase5", "-c", "deflate:fast", "-S", "1MiB"],
    ["-f", "ftk", "-c", "deflate:fast"],
    ["-f", "smart", "-c", "deflate:fast"],
    ["-f", "smart", "-c", "none", "-S", "10MiB"],
    ["-f", "linen6", "-c", "deflate:fast"],
  ])
  func theMediumIsTheRawImage(_ arguments: [String]) throws {
    let folder = try TemporaryDirectory()
    let medium = try TestImage(try acquire(arguments + ["-d", "sha1"], in: folder))
    #expect(medium.size == raw.count)
    #expect(medium.words.hasPrefix("EWF"))
    #expect(medium.words.hasSuffix(", GPT"))
    #expect(try medium.isIdentical(to: raw))
    #expect(medium.mistakes(against: raw, reads: 200, seed: 3) == 0)
    let segments = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(medium.image.files.count == segments.count)
  }

  @Test func moreThanNinetyNineSegmentsFollowEachOther() throws {
    let folder = try TemporaryDirectory()
    let source = folder.path + "/source"
    try ContainerFixtures.run(
      "dd", ["if=/dev/urandom", "of=\(source)", "bs=1M", "count=140", "status=none"])
    let image = try acquire(
      ["-f", "encase5", "-c", "none", "-S", "1MiB"], in: folder, from: source)
    let medium = try TestImage(image)
    #expect(medium.image.files.count > 130)
    #expect(medium.image.files.contains { $0.shown.hasSuffix(".EAA") })
    let raw = try Data(contentsOf: URL(fileURLWithPath: source), options: .alwaysMapped)
    #expect(try medium.isIdentical(to: raw))
  }

  @Test func aSegmentThatIsMissingIsNamed() throws {
    let folder = try TemporaryDirectory()
    let image = try acquire(["-f", "encase5", "-c", "none", "-S", "10MiB"], in: folder)
    try FileManager.default.removeItem(atPath: folder.path + "/disk.E03")
    let medium = try TestImage(image)
    #expect(medium.image.omissions.map(\.reason) == [.unreadable])
    #expect(medium.image.omissions.first?.message.contains("disk.E03") == true)
    // The content of the others is read, before the gap and behind it.
    let reader = medium.image.medium
    for start in [0, UInt64(raw.count) - 65_536] {
      let bytes = try reader.bytes(at: start, count: 65_536)
      #expect(bytes == Array(raw[Int(start)..<(Int(start) + 65_536)]))
    }
    #expect(throws: ImageError.self) { try reader.bytes(at: 25 << 20, count: 512) }
    // A segment other than the first is recognised as such.
    let second = #expect(throws: ImageError.self) { try TestImage(folder.path + "/disk.E02") }
    #expect(second?.description.contains("segment 2") == true)
  }

  @Test(arguments: ["deflate:fast", "none"])
  func aChunkThatIsDamagedIsAnErrorWhereItIsRead(_ compression: String) throws {
    let folder = try TemporaryDirectory()
    let image = try acquire(["-f", "encase6", "-c", compression, "-S", "4GiB"], in: folder)
    let whole = try TestImage(image)
    // The chunk of the FAT's first file is not empty.
    let start = (2048 * 512 + 1_000_000) / 32_768 * 32_768
    let reader = try #require(whole.image.medium as? EwfImage)
    let place = try #require(try reader.storedPlace(of: UInt64(start / 32_768)))
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: image))
    try handle.seek(toOffset: place + 20)
    let byte = try #require(try handle.read(upToCount: 1)?.first)
    try handle.seek(toOffset: place + 20)
    try handle.write(contentsOf: [byte ^ 0x55])
    try handle.close()
    let medium = try TestImage(image)
    #expect(throws: ImageError.self) { try medium.bytes(start, 512) }
    #expect(try medium.bytes(start - 512, 512) == raw[(start - 512)..<start])
    let next = start + 32_768
    #expect(try medium.bytes(next, 512) == raw[next..<(next + 512)])
  }

  @Test func digestsOfTheAcquisitionAreKnown() throws {
    let folder = try TemporaryDirectory()
    let medium = try TestImage(
      try acquire(["-f", "encase6", "-c", "deflate:fast", "-S", "4GiB", "-d", "sha1"], in: folder))
    let reader = try #require(medium.image.medium as? EwfImage)
    let stored = Dictionary(
      uniqueKeysWithValues: reader.acquisition.digests.map { ($0.algorithm.rawValue, $0.bytes) })
    for (algorithm, tool) in [("MD5", "md5sum"), ("SHA-1", "sha1sum")] {
      let line = try Subprocess.run(tool, [ImageFixture.disk]).lines.first ?? ""
      let shown = stored[algorithm]?.map { String(format: "%02x", $0) }.joined()
      #expect(shown == String(line.prefix { $0 != " " }), "\(algorithm)")
    }
  }

  /// A table of chunks has a copy, which replaces it; without both the chunks are found one behind the other.
  @Test func aDamagedTableIsReplacedByItsCopyOrByTheChunksThemselves() throws {
    let folder = try TemporaryDirectory()
    let image = try acquire(["-f", "encase6", "-c", "deflate:fast", "-S", "4GiB"], in: folder)
    let file = try ImageFile(RawPath(image), mustBeRegular: true)
    let sections = try EwfSegment(file).sections
    for type in ["table", "table2"] {
      let section = try #require(sections.first { $0.type == type })
      let handle = try FileHandle(forUpdating: URL(fileURLWithPath: image))
      try handle.seek(toOffset: section.content + 40)
      try handle.write(contentsOf: [0xFF, 0xFF, 0xFF])
      try handle.close()
      #expect(try TestImage(image).isIdentical(to: raw))
    }
  }

  @Test(.enabled(if: SharedImages.isAvailable, "\(SharedImages.absence)"))
  func libewfReadsTheSharedImagesAsWeDo() throws {
    var compared = 0
    for path in SharedImages.files where path.hasSuffix(".E01") {
      guard let medium = try? TestImage(path), medium.image.omissions.isEmpty else { continue }
      let folder = try TemporaryDirectory()
      let result = try Subprocess.run(
        "ewfexport", ["-u", "-q", "-f", "raw", "-t", folder.path + "/raw", path])
      #expect(result.status == 0)
      let raw = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/raw.raw"))
      #expect(try medium.isIdentical(to: raw), "\(path)")
      #expect(medium.size == raw.count)
      compared += 1
    }
    #expect(compared >= 6, "\(compared)")
  }
}
