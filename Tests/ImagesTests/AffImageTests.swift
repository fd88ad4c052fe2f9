import Bytes
import Evidence
import Foundation
import TestSupport
import Testing

@testable import Containers
@testable import Images

/// AFF images made by affconvert (afflib), intact and changed.
@Suite struct AffImageTests {
  private static let raw =
    (try? Data(contentsOf: URL(fileURLWithPath: ImageFixture.disk), options: .alwaysMapped))
    ?? Data()

  private func made(_ name: String = "small-pages.aff", in folder: TemporaryDirectory) throws
    -> String
  {
    let path = folder.path + "/" + name
    // affconvert does not overwrite files.
    if FileManager.default.fileExists(atPath: path) { return path }
    let format = try #require(ContainerFixtures.formats.first { $0.name == name })
    return try ContainerFixtures.make(format, of: ImageFixture.disk, in: folder.path)
  }

  /// The image with small pages, changed.
  private func changed(
    in folder: TemporaryDirectory, _ edit: (inout AffFile) throws -> Void
  ) throws -> String {
    var file = try AffFile(reading: try made(in: folder))
    try edit(&file)
    return try folder.write(file.bytes, to: "changed.aff")
  }

  private func problem(_ path: String) throws -> ItemProblem? {
    try ImageDescription(RawPath(path)).problem
  }

  @Test func theDigestsOfTheAcquisitionAreCompared() throws {
    let folder = try TemporaryDirectory()
    let sum = try Subprocess.run("sha256sum", [ImageFixture.disk]).text.prefix(64)
    let digits = Array(String(sum).utf8)
    let sha256 = stride(from: 0, to: 64, by: 2).map { place in
      UInt8(String(decoding: digits[place..<(place + 2)], as: UTF8.self), radix: 16) ?? 0
    }
    let path = try changed(in: folder) { $0.segments.append(AffFile.Segment("sha256", 0, sha256)) }
    let verification = try #require(try ImageDescription(RawPath(path)).verify())
    #expect(verification.isSound)
    #expect(verification.stored.map(\.algorithm) == ["MD5", "SHA-1", "SHA-256"])
    let other = try changed(in: folder) { $0.change("md5") { $0.data[3] ^= 1 } }
    let changed = try #require(try ImageDescription(RawPath(other)).verify())
    #expect(changed.stored.map(\.isEqual) == [false, true])
  }

  @Test func aMissingPageIsAnErrorWhereItIsReadAndCounted() throws {
    let folder = try TemporaryDirectory()
    let path = try changed(in: folder) { file in
      file.segments.removeAll { $0.name == "page3" || $0.name == "page700" }
    }
    let medium = try TestImage(path)
    #expect(medium.words == "AFF (pages missing: 2), GPT")
    let page = 65536
    #expect(try medium.bytes(0, 3 * page) == Self.raw[..<(3 * page)])
    #expect(try medium.bytes(4 * page, page) == Self.raw[(4 * page)..<(5 * page)])
    let error = #expect(throws: ImageError.self) { try medium.bytes(3 * page + 5, 1) }
    #expect(error?.description.contains("page 3 (") == true)
    #expect(medium.image.medium.zeros(from: UInt64(3 * page)) == 0)
    #expect(medium.image.medium.pieces(of: 196_608..<200_000, limit: 100) == nil)
    let verification = try #require(try ImageDescription(RawPath(path)).verify())
    #expect(!verification.isSound)
    #expect(
      verification.unreadable == [
        Run(offset: 196_608, length: 65536), Run(offset: 700 * 65536, length: 65536),
      ])
  }

  @Test func theRestOfAShortPageWasNotAcquired() throws {
    let folder = try TemporaryDirectory()
    let format = try #require(ContainerFixtures.formats.first { $0.name == "plain.aff" })
    let bytes = [UInt8](repeating: 9, count: 3 << 20)
    let raw = try folder.write(bytes, to: "raw")
    var file = try AffFile(
      reading: try ContainerFixtures.make(format, of: raw, in: folder.path))
    file.change("page1") { $0.data.removeLast($0.data.count - 1000) }
    let medium = try TestImage(try folder.write(file.bytes, to: "short.aff"))
    let start = 1 << 20
    #expect(try medium.bytes(start, 1000) == Data(bytes[..<1000]))
    // Its last sector is filled up.
    #expect(try medium.bytes(start + 1000, 24) == Data(count: 24))
    #expect(throws: ImageError.self) { try medium.bytes(start + 1023, 2) }
    #expect(try medium.bytes(2 * start, 10) == Data(bytes[..<10]))
  }

  @Test func oldNamesAndAnImageWithoutASizeAreRead() throws {
    let folder = try TemporaryDirectory()
    let old = try changed(in: folder) { file in
      for index in file.segments.indices {
        let name = file.segments[index].name
        if name == "pagesize" { file.segments[index].name = "segsize" }
        if name != "pagesize", name.hasPrefix("page") {
          file.segments[index].name = "seg" + name.dropFirst(4)
        }
      }
      file.segments.removeAll { $0.name == "imagesize" || $0.name == "sectorsize" }
      // Space that was used before has no name.
      file.segments.insert(AffFile.Segment("", 0, [1, 2, 3]), at: 4)
    }
    let medium = try TestImage(old)
    #expect(medium.size == Self.raw.count)
    #expect(try medium.isIdentical(to: Self.raw))
  }

  @Test func pagesByLZMAAreRead() throws {
    let folder = try TemporaryDirectory()
    let bytes = (0..<3_500_032).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }
    let raw = try folder.write(bytes, to: "disk.raw")
    for size in ["-s64k", "-s16m"] {
      let path = folder.path + "/lzma\(size).aff"
      try ContainerFixtures.run("affconvert", ["-q", "-L", size, "-o", path, raw])
      #expect(try AffFile(reading: path).segments.contains { $0.argument == 0x21 })
      let medium = try TestImage(path)
      #expect(try medium.isIdentical(to: Data(bytes)))
      #expect(medium.mistakes(against: Data(bytes), reads: 50, seed: 8) == 0)
    }
  }

  @Test func whatIsNotReadIsNamedWithARemedy() throws {
    let folder = try TemporaryDirectory()
    let encrypted = try changed(in: folder) { $0.change("page0") { $0.name += "/aes256" } }
    #expect(try problem(encrypted)?.reason == .encrypted)
    #expect(try problem(encrypted)?.message.contains("affcrypto") == true)
    let link = folder.path + "/disk.raw"
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: ImageFixture.disk)
    for (name, arguments, file, words) in [
      ("m.afm", [], "m.afm", "ends in .000"),
      ("d.afd", ["-M8m"], "d.afd/file_000.aff", "(AFD)"),
    ] {
      try ContainerFixtures.run(
        "affconvert", ["-q"] + arguments + ["-o", folder.path + "/" + name, link])
      let problem = try problem(folder.path + "/" + file)
      #expect(problem?.reason == .unsupported, "\(name)")
      #expect(problem?.message.contains(words) == true, "\(problem?.message ?? name)")
    }
    for (flags, words) in [(UInt32(0x11), "bzip2"), (0x41, "0x40")] {
      let path = try changed(in: folder) { $0.change("page0") { $0.argument = flags } }
      #expect(try problem(path)?.message.contains(words) == true)
    }
  }

  @Test func segmentsThatLieAreErrors() throws {
    let folder = try TemporaryDirectory()
    let edits: [(inout AffFile) -> Void] = [
      { $0.change("pagesize") { $0.argument = 0 } },
      { $0.change("pagesize") { $0.argument = .max } },
      { $0.segments.removeAll { $0.name == "pagesize" } },
      { $0.change("imagesize") { $0.data = [0, 0, 0, 0, 0x10, 0, 0, 0] } },
      { $0.change("imagesize") { $0.data = [0, 0, 0, 0, 0x80, 0, 0, 0] } },
      { $0.change("page0") { $0.data[10] ^= 0xFF } },
      { $0.change("page0") { $0.argument = 0x33 } },
    ]
    for (index, edit) in edits.enumerated() {
      let problem = try problem(try changed(in: folder, edit))
      #expect(problem?.reason == .unreadable, "\(index)")
    }
    // Lengths of the first segment's name and data, and of its tail.
    let whole = try AffFile(reading: try made(in: folder)).bytes
    for place in [12, 15, 16, 18, 19, 8 + 16 + 7 + 512 + 7] {
      var bytes = whole
      bytes[place] ^= 0x55
      let reason = try problem(try folder.write(bytes, to: "lies.aff"))?.reason
      #expect(reason == .unreadable || reason == .truncated, "\(place)")
    }
  }
}
