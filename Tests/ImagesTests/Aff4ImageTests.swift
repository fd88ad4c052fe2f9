import Bytes
import Evidence
import Foundation
import TestSupport
import Testing

@testable import Containers
@testable import Images

/// AFF4 containers: the reference image of the standard, and those that the fixture makes.
@Suite struct Aff4ImageTests {
  /// A medium of 1.5 MB: noise, text, zeros, and one repeated byte.
  private static let raw: [UInt8] = {
    var random = SeededGenerator(seed: 4)
    var bytes = [UInt8](repeating: 0, count: 1_500_160)
    for place in 0..<300_000 { bytes[place] = UInt8(random.number(0...255)) }
    for place in 400_000..<600_000 { bytes[place] = UInt8(place / 7 % 26 + 97) }
    for place in 700_000..<1_000_000 { bytes[place] = 0xFF }
    for place in 1_450_000..<1_500_160 { bytes[place] = UInt8(place / 100 % 256) }
    return bytes
  }()

  private func made(_ arguments: [String], in folder: TemporaryDirectory) throws -> String {
    let raw = try folder.write(Self.raw, to: "raw")
    let path = folder.path + "/image.aff4"
    try ContainerFixtures.makeAFF4(of: raw, at: path, arguments)
    return path
  }

  private func problem(_ path: String) throws -> ItemProblem? {
    try ImageDescription(RawPath(path)).problem
  }

  /// The image with every occurrence of a text replaced by another of the same length.
  private func replaced(
    _ old: String, _ new: String, _ arguments: [String] = [], in folder: TemporaryDirectory
  ) throws -> String {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: try made(arguments, in: folder)))
    #expect(old.utf8.count == new.utf8.count)
    var changed = bytes
    var position = changed.startIndex
    while let range = changed.range(of: Data(old.utf8), in: position..<changed.endIndex) {
      changed.replaceSubrange(range, with: Data(new.utf8))
      position = range.upperBound
    }
    #expect(changed != bytes, "\(old)")
    return try folder.write([UInt8](changed), to: "changed.aff4")
  }

  private func shared(_ name: String) -> String? {
    SharedImages.files.first { $0.hasSuffix("/" + name) }
  }

  @Test(.enabled(if: SharedImages.isAvailable, "\(SharedImages.absence)"))
  func theReferenceImageHasTheDigestsThatItsMakersPublish() throws {
    let path = try #require(shared("Base-Linear.aff4"))
    let medium = try TestImage(path)
    #expect(medium.size == 268_435_456)
    let digest = MediumReading(medium.image.medium, isCancelled: { false }).finish()
    // pyaff4, standards_test.py: the linear hash of this image.
    let linear = "7d3d27f667f95f7ec5b9d32121622c0f4b60b48d"
    #expect(digest.map { Hexadecimal.text(of: $0.digest.sha1) } == linear)
    #expect(digest?.unreadable == [])
    // Its information.turtle: digests of the stored data.
    let volume = try Aff4Volume(try ImageFile(RawPath(path), mustBeRegular: true))
    let subject = "aff4://c215ba20-5648-4209-a793-1f918c723610"
    let stream = MediumReading(
      try Aff4Stream(volume, subject), isCancelled: { false }
    ).finish()
    #expect(
      stream.map { Hexadecimal.text(of: $0.digest.sha1) }
        == "fbac22cca549310bc5df03b7560afcf490995fbb")
    #expect(
      stream.map { Hexadecimal.text(of: $0.digest.md5) } == "d5825dc1152a42958c8219ff11ed01a3")
    #expect(volume.digests(subject).map(\.algorithm) == [.sha1, .md5])
  }

  @Test(.enabled(if: SharedImages.isAvailable, "\(SharedImages.absence)"))
  func aStreamWithoutAMapIsAFileSystem() throws {
    let path = try #require(shared("ext4.aff4"))
    let folder = try TemporaryDirectory()
    let medium = try TestImage(path)
    #expect(medium.words == "AFF4, ext2/3/4")
    let raw = try folder.write([UInt8](try medium.bytes(0, medium.size)), to: "raw")
    #expect(try Subprocess.run("e2fsck", ["-fn", raw]).status == 0)
    let listing = try Subprocess.run("fls", ["-r", "-p", raw])
    #expect(listing.status == 0)
    #expect(listing.lines.count > 3)
  }

  @Test(arguments: [
    "--method deflate", "--method snappy-always", "--method lz4-length",
    "--method stored --deflated",
    "--method snappy --index starts", "--method zlib --index ends --per-segment 5",
    "--gaps --zip64",
    "--method lz4 --chunk 512 --plain", "--method lz4 --chunk 1048576 --layout stream",
    "--method zlib --deflated --layout stream --per-segment 3",
  ])
  func theMediumIsTheRawImage(_ arguments: String) throws {
    let folder = try TemporaryDirectory()
    let path = try made(arguments.split(separator: " ").map(String.init), in: folder)
    let medium = try TestImage(path)
    #expect(medium.size == Self.raw.count)
    #expect(medium.words == "AFF4")
    let raw = Data(Self.raw)
    #expect(try medium.isIdentical(to: raw))
    #expect(medium.mistakes(against: raw, reads: 100, seed: 5) == 0)
    #expect(medium.promisesHold(in: raw, seed: 6))
    let verification = try #require(try ImageDescription(RawPath(path)).verify())
    #expect(verification.isSound)
    #expect(verification.stored.map(\.algorithm) == ["MD5", "SHA-1", "SHA-256"])
  }

  @Test func whatWasNotAcquiredIsCountedAndNeverZeros() throws {
    let folder = try TemporaryDirectory()
    let medium = try TestImage(
      try made(
        ["--unknown", "65536:131072", "--unreadable", "1048576:1081344"], in: folder))
    #expect(
      medium.words
        == "AFF4 (bytes not acquired: 65536) (bytes unreadable when acquired: 32768)")
    #expect(try medium.bytes(0, 65536) == Data(Self.raw[..<65536]))
    for (place, word) in [(70_000, "UnknownData"), (1_050_000, "UnreadableData")] {
      let error = #expect(throws: ImageError.self) { try medium.bytes(place, 1) }
      #expect(error?.description.contains(word) == true)
      #expect(medium.image.medium.zeros(from: UInt64(place)) == 0)
    }
    let verification = MediumReading(medium.image.medium, isCancelled: { false })
      .finish()
    #expect(
      verification?.unreadable == [
        Run(offset: 65536, length: 65536), Run(offset: 1_048_576, length: 32768),
      ])
  }

  @Test func aMissingSegmentIsAnErrorWhereItIsRead() throws {
    let folder = try TemporaryDirectory()
    let path = try replaced(
      "0001/00000001", "0001/0000000X", ["--per-segment", "4", "--layout", "stream"], in: folder)
    let medium = try TestImage(path)
    #expect(medium.words == "AFF4 (segments missing: 1)")
    #expect(try medium.bytes(0, 131_072) == Data(Self.raw[..<131_072]))
    #expect(throws: ImageError.self) { try medium.bytes(131_072, 1) }
    #expect(try medium.bytes(262_144, 10) == Data(Self.raw[262_144..<262_154]))
  }

  @Test func whatIsNotReadIsNamed() throws {
    let folder = try TemporaryDirectory()
    let cases: [([String], ItemProblem.Reason, String)] = [
      (["--type", "EncryptedStream"], .encrypted, "encrypted"),
      (["--elsewhere"], .unsupported, "multi-file"),
      (["--type", "FileImage"], .unsupported, "multi-file"),
    ]
    for (arguments, reason, word) in cases {
      let problem = try problem(try made(arguments, in: folder))
      #expect(problem?.reason == reason, "\(arguments)")
      #expect(problem?.message.contains(word) == true, "\(problem?.message ?? "")")
    }
    let method = try replaced("code.google.com/p/snappy", "code.google.com/p/zstd!!", in: folder)
    #expect(try problem(method)?.message.contains("zstd!!") == true)
    let images = try replaced("aff4:dataStream", "aff4:dataStreaX", in: folder)
    // It has one map: that is the medium.
    #expect(try TestImage(images).words == "AFF4")
  }

  @Test func descriptionsThatLieAreErrors() throws {
    let folder = try TemporaryDirectory()
    let cases = [
      (#"aff4:size "1500160""#, #"aff4:size "150016x""#),
      (#"chunkSize "32768""#, #"chunkSize "00000""#),
      (#"chunksInSegment 256"#, #"chunksInSegment 000"#), ("aff4:chunkSize", "aff4:[hunkSize"),
      ("information.turtle", "information.turtlX"),
    ]
    for (old, new) in cases {
      let path = try replaced(old, new, ["--layout", "stream"], in: folder)
      #expect(try problem(path)?.reason == .unreadable, "\(new)")
    }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: try made([], in: folder)))
    let cut = try folder.write([UInt8](bytes.prefix(bytes.count / 2)), to: "cut.aff4")
    #expect(try problem(cut)?.reason == .truncated)
    // A stream that claims to be longer than all data there is.
    let long = try replaced(
      #"size "1500160""#, #"size "9000000""#, ["--layout", "stream", "--per-segment", "4"],
      in: folder)
    let medium = try TestImage(long)
    #expect(throws: ImageError.self) { try medium.bytes(1_600_000, 10) }
  }
}
