import Bytes
import Foundation
import TestSupport
import Testing

@testable import Containers

/// Members of archives that Python's zipfile wrote, and of damaged ones.
@Suite struct ZipArchiveTests {
  private let folder: TemporaryDirectory
  private let bytes: [UInt8]
  private let text = Array(String(repeating: "member of an archive ", count: 50).utf8)

  init() throws {
    folder = try TemporaryDirectory()
    let script = """
      import sys, zipfile
      text = b"member of an archive " * 50
      with zipfile.ZipFile(sys.argv[1], "w") as archive:
        archive.writestr("stored", text, zipfile.ZIP_STORED)
        archive.writestr("packed", text, zipfile.ZIP_DEFLATED)
        archive.writestr("bzip2", text, zipfile.ZIP_BZIP2)
      """
    try ContainerFixtures.run("python3", ["-W", "ignore", "-c", script, folder.path + "/a.zip"])
    bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path + "/a.zip")))
  }

  private func archive(_ bytes: [UInt8]) throws -> ZipArchive {
    try ZipArchive(try folder.imageFile(bytes))
  }

  @Test func membersAreReadStoredAndDeflated() throws {
    let archive = try archive(bytes)
    #expect(Set(archive.members.keys) == ["stored", "packed", "bzip2"])
    for name in ["stored", "packed"] {
      let member = try #require(archive.members[name])
      #expect(try archive.bytes(of: member, at: 0, count: text.count) == text, "\(name)")
      #expect(try archive.bytes(of: member, at: 7, count: 10) == Array(text[7..<17]), "\(name)")
      let number: UInt16 = try archive.little(of: member, at: 1)
      #expect(number == UInt16(text[2]) << 8 | UInt16(text[1]), "\(name)")
      #expect(throws: ImageError.self) { try archive.bytes(of: member, at: 1, count: text.count) }
      #expect(throws: ImageError.self) {
        let _: UInt32 = try archive.little(of: member, at: UInt64(text.count - 3))
      }
    }
    let stored = try #require(archive.members["stored"])
    let place = try #require(try archive.place(of: stored))
    #expect(Array(bytes[Int(place)..<(Int(place) + text.count)]) == text)
    #expect(try archive.place(of: try #require(archive.members["packed"])) == nil)
  }

  @Test func otherMethodsAreUnsupported() throws {
    let archive = try archive(bytes)
    let member = try #require(archive.members["bzip2"])
    let error = #expect(throws: ImageError.self) { try archive.bytes(of: member, at: 0, count: 1) }
    #expect(error?.reason == .unsupported)
  }

  @Test func aLocalHeaderThatLeadsNowhereIsDamage() throws {
    // The magic of the first local header, and the length of its name.
    for (place, value) in [(0, UInt8(0)), (27, 0xFF), (29, 0xFF)] {
      var damaged = bytes
      damaged[place] = value
      let archive = try archive(damaged)
      let member = try #require(archive.members["stored"])
      #expect(throws: ImageError.self, "\(place)") {
        try archive.bytes(of: member, at: 0, count: text.count)
      }
    }
  }

  @Test func aDirectoryThatIsNoListOfEntriesIsDamage() throws {
    let start = try #require(
      (0..<(bytes.count - 4)).first { bytes[$0..<($0 + 4)].elementsEqual([0x50, 0x4B, 1, 2]) })
    var damaged = bytes
    damaged[start + 28] = 0xFF
    #expect(throws: ImageError.self) { try archive(damaged) }
    damaged = bytes
    damaged[start] = 0
    #expect(throws: ImageError.self) { try archive(damaged) }
  }
}
