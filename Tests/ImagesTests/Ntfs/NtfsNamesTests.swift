import Bytes
import Evidence
import Foundation
import TestSupport
import Testing

@testable import FileSystems

/// Names and paths, compared with `fls`.
@Suite struct NtfsNamesTests {
  @Test func pathsAreThoseOfFls() throws {
    let image = try NtfsImage.shared()
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: image.path)))
    let listing = try #require(try FileSystemListing(bytes))
    let ours = Set(listing.files.filter { $0.state == .allocated }.map { $0.path.shown })
    let line = /r\/r \d+-128-\d+:\t([^:]*)(:.*)?/
    let names = try Subprocess.run("fls", ["-r", "-p", "-u", image.path]).lines
    let theirs = Set(names.compactMap { $0.wholeMatch(of: line).map { "/" + $0.output.1 } })
    #expect(theirs.contains("/ordner/" + NtfsImage.name))
    #expect(theirs.subtracting(ours) == [])
    #expect(ours.subtracting(theirs).allSatisfy { $0.hasPrefix("/$") || $0 == "/" })
  }

  @Test func unpairedSurrogatesStayDifferent() {
    func utf8(_ units: [UInt16]) -> [UInt8] {
      units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }.withUnsafeBytes { NtfsName.utf8($0) }
    }
    #expect(utf8(Array("ä🔑".utf16)) == Array("ä🔑".utf8))
    #expect(utf8([0xD83D]) == [0xED, 0xA0, 0xBD])
    #expect(utf8([0xDD11]) == [0xED, 0xB4, 0x91])
    #expect(utf8([0xD83D, 0x41]) == [0xED, 0xA0, 0xBD, 0x41])
  }

  @Test func aDirectoryThatWasFreedLeadsNoFurther() {
    func name(_ text: String, in entry: UInt64, sequence: UInt64) -> NtfsName {
      var content = [UInt8](repeating: 0, count: 66)
      withUnsafeBytes(of: (entry | sequence << 48).littleEndian) {
        content.replaceSubrange(0..<8, with: $0)
      }
      content[64] = UInt8(text.utf16.count)
      content += text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
      return content.withUnsafeBytes { NtfsName($0)! }
    }
    var directories = NtfsDirectories()
    directories.add(64, name: name("a", in: 5, sequence: 5), sequence: 3, isInUse: true)
    directories.add(65, name: name("b", in: 64, sequence: 3), sequence: 1, isInUse: true)
    // Deleted: its sequence number was raised when it was freed.
    directories.add(66, name: name("c", in: 64, sequence: 3), sequence: 8, isInUse: false)
    #expect(directories.place(of: NtfsReference(65 | 1 << 48)).path == "/a/b")
    #expect(directories.place(of: NtfsReference(66 | 7 << 48)).path == "/a/c")
    // Another directory has the entry by now.
    #expect(directories.place(of: NtfsReference(64 | 2 << 48)).isOrphan)
    // A ring of directories ends.
    directories.add(67, name: name("d", in: 68, sequence: 1), sequence: 1, isInUse: true)
    directories.add(68, name: name("e", in: 67, sequence: 1), sequence: 1, isInUse: true)
    #expect(directories.place(of: NtfsReference(67 | 1 << 48)).isOrphan)
  }
}
