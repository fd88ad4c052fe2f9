import Bytes
import Evidence
import Foundation
import TestSupport
import Testing

@testable import FileSystems

/// Files of an NTFS volume, by the entries of its table: those that libntfs-3g wrote, and the same with changes.
@Suite struct NtfsWalkTests {
  private static let path = RawPath("/ordner/" + NtfsImage.name)

  private func bytes() throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: try NtfsImage.shared().path)))
  }

  private func listing(_ bytes: [UInt8]) throws -> FileSystemListing {
    try #require(try FileSystemListing(bytes))
  }

  /// The listing after a change of the entry of the file in `ordner`, from its first byte on.
  private func changed(_ change: (inout [UInt8], Int) throws -> Void) throws -> FileSystemListing {
    let image = try NtfsImage.shared()
    let table = try image.table()
    let size = UInt64(table.geometry.recordSize)
    let entry = try image.entry(of: "ordner/" + NtfsImage.name)
    let place = try #require(table.extents(from: entry * size, count: size).first?.offset)
    var bytes = try bytes()
    try change(&bytes, Int(place))
    return try listing(bytes)
  }

  @Test func eachStreamOfAFileIsListed() throws {
    let found = try listing(try bytes())
    #expect(found.problems.isEmpty)
    // The default one, 60 small ones and a large one.
    let many = found.files.filter { $0.path == "/many" }
    #expect(many.count == 62 && many.allSatisfy { $0.state == .allocated })
    let small = UInt64(try NtfsImage.shared().small.count)
    #expect(many.filter { $0.size == small }.count == 61)
    #expect(found.files.filter { $0.path == Self.path }.count == 1)
    // Compressed content has no places in the image.
    #expect(found.files.first { $0.path == "/packed/text" }.map { $0.extents == nil } == true)
  }

  @Test func anEntryThatIsNotInUseIsADeletedFile() throws {
    let found = try changed { bytes, place in
      #expect(bytes[place + 22] == 1)
      bytes[place + 22] = 0
    }
    #expect(found.files.filter { $0.path == Self.path }.map(\.state) == [.deleted])
  }

  @Test func aFileInAReusedDirectoryIsAnOrphan() throws {
    let found = try changed { bytes, place in
      bytes[place + 22] = 0
      // The sequence number of the directory, in the name: the folder was replaced by another.
      let attribute = try #require(Self.attribute(0x30, in: bytes, at: place))
      let content = attribute + Int(bytes[attribute + 20])
      bytes[content + 6] &+= 7
    }
    #expect(!found.files.contains { $0.path == Self.path })
    let orphans = found.files.filter { $0.state == .orphan }
    #expect(orphans.map(\.path) == [RawPath("/$OrphanFiles/" + NtfsImage.name)])
  }

  @Test func encryptedContentIsAProblem() throws {
    let found = try changed { bytes, place in
      let attribute = try #require(Self.attribute(0x80, in: bytes, at: place))
      bytes[attribute + 13] = 0x40
    }
    #expect(found.problems.map(\.path) == [Self.path])
    #expect(found.problems.first?.reason == .encrypted)
    #expect(!found.files.contains { $0.path == Self.path })
  }

  /// Place of the first attribute of a type in an entry.
  private static func attribute(_ type: UInt8, in bytes: [UInt8], at entry: Int) -> Int? {
    var place = entry + Int(bytes[entry + 20]) + Int(bytes[entry + 21]) << 8
    while place < entry + 1000 {
      if bytes[place] == type { return place }
      place += max(8, Int(bytes[place + 4]) + Int(bytes[place + 5]) << 8)
    }
    return nil
  }
}
