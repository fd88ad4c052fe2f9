import Foundation
import TestSupport
import Testing

/// `--verify` tells whether a medium is unchanged since its acquisition.
@Suite struct VerificationTests {
  private func acquired(in folder: TemporaryDirectory) throws -> String {
    try ContainerFixtures.run(
      "ewfacquire",
      [
        "-u", "-q", "-t", folder.path + "/disk", "-f", "encase6", "-c", "deflate:fast", "-S",
        "4GiB",
        "-d", "sha1", ImageFixture.disk,
      ])
    return folder.path + "/disk.E01"
  }

  private func digest(_ tool: String, _ file: String) throws -> String {
    String(try Subprocess.run(tool, [file]).text.prefix { $0 != " " })
  }

  @Test func theDigestsAreThoseOfTheMediumAndThoseThatAreStored() throws {
    let folder = try TemporaryDirectory()
    let image = try acquired(in: folder)
    let result = try Command.run("image", "--verify", image)
    #expect(result.status == 0)
    for (name, tool) in [("MD5", "md5sum"), ("SHA-1", "sha1sum"), ("SHA-256", "sha256sum")] {
      let line = try #require(result.lines.first { $0.hasPrefix(name + " ") })
      #expect(line.contains(try digest(tool, ImageFixture.disk)), "\(line)")
      #expect(line.hasSuffix(name == "SHA-256" ? "not stored" : "as stored"))
    }
    let (status, lines) = try Command.lines("--verify", image)
    #expect(status == 1)
    #expect(lines.last?.complete == true)
    let medium = try #require(lines.last?.media?.first)
    let verification = try #require(medium.verification)
    #expect(verification.sha256 == (try digest("sha256sum", ImageFixture.disk)))
    let stored = verification.stored
    #expect(stored.map(\.algorithm) == ["MD5", "SHA-1"])
    #expect(stored.allSatisfy { $0.equal == true })
    // The scan's own pass also serves the digests: a second pass would decode again everything that
    // the cache cannot keep.
    let needed = try #require(medium.chunksNeeded)
    let decoded = try #require(medium.chunksDecoded)
    // More than the cache keeps: 64 MiB of chunks of 32 KiB.
    #expect(needed > 2048)
    #expect(decoded <= needed + needed / 10)
  }

  @Test func aChangedChunkIsNamedAndTheScanIncomplete() throws {
    let folder = try TemporaryDirectory()
    let image = try acquired(in: folder)
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: image))
    // In the data of the sectors section.
    try handle.seek(toOffset: 500_000)
    try handle.write(contentsOf: Array("changed".utf8))
    try handle.close()
    let result = try Command.run("image", "--verify", image)
    #expect(result.status == 2)
    #expect(result.text.contains("UNREADABLE 32768 bytes at byte"))
    #expect(result.text.contains("MD5") && result.text.contains("DIFFERENT"))
    let (_, lines) = try Command.lines("--verify", image)
    #expect(lines.last?.complete == false)
    #expect(
      lines.ofType("problem").contains { $0.message?.contains("MD5") == true })
  }

  @Test func aRawImageHasDigestsAndNothingToCompare() throws {
    let result = try Command.run("image", "--verify", ImageFixture.splitDisk)
    #expect(result.status == 0)
    #expect(result.text.contains(try digest("sha256sum", ImageFixture.disk) + "  not stored"))
  }
}
