import Bytes
import Evidence
import Foundation
import TestSupport
import Testing

@testable import FileSystems

/// Entries of the master file table: which there are, and their update sequences.
@Suite struct NtfsTableTests {
  @Test func entriesInUseAreThoseOfIstat() throws {
    let image = try NtfsImage.shared()
    let table = try image.table()
    // The Sleuth Kit counts a folder of orphans as one more entry.
    let range = try #require(
      try Subprocess.run("fsstat", ["-f", "ntfs", image.path]).lines
        .first { $0.hasPrefix("Range: 0 - ") })
    #expect(range == "Range: 0 - \(table.count)")
    var compared = 0
    for entry in 0..<table.count {
      // istat shows nothing of an entry that continues another.
      guard let state = try image.istat(entry).first(where: { $0.contains("Allocated ") }) else {
        continue
      }
      #expect(table.isInUse(entry) == state.hasPrefix("Allocated"), "\(entry)")
      compared += 1
    }
    #expect(compared > 100)
  }

  /// The last two bytes of each sector are in the update sequence, and so are those of a file.
  @Test func updateSequencesAreRestored() throws {
    let image = try NtfsImage.shared()
    let table = try image.table()
    let raw = [UInt8](
      try Subprocess.run("icat", ["-f", "ntfs", image.path, "0"]).output)
    let size = table.geometry.recordSize
    var record = [UInt8](repeating: 0, count: size)
    var restored = 0
    for entry in 0..<table.count where try table.read(entry, into: &record) == .whole {
      let stored = Array(raw[Int(entry) * size..<(Int(entry) + 1) * size])
      let place = Int(stored[4]) | Int(stored[5]) << 8
      for sector in 1...2 {
        let end = sector * 512 - 2
        #expect(stored[end..<end + 2] == stored[place..<place + 2], "entry \(entry)")
        let kept = place + 2 * sector
        #expect(record[end..<end + 2] == stored[kept..<kept + 2], "entry \(entry)")
      }
      restored += 1
    }
    #expect(restored > 60)
  }

  /// The content of a resident file across the end of a sector has its place in the image.
  @Test func residentContentIsGivenAsPlaces() throws {
    let image = try NtfsImage.shared()
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: image.path)))
    let listing = try #require(try FileSystemListing(bytes))
    let file = try #require(
      listing.files.first { $0.path.shown == "/ordner/" + NtfsImage.name })
    let extents = try #require(file.extents)
    #expect(extents.count == 3, "before the end of a sector, in the sequence, and behind")
    let content = try extents.flatMap { extent -> ArraySlice<UInt8> in
      let offset = Int(try #require(extent.offset))
      return bytes[offset..<offset + Int(extent.length)]
    }
    #expect(content == image.small)
  }

  @Test func aTornEntryIsDamagedAndLosesItsFileAlone() throws {
    let image = try NtfsImage.shared()
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: image.path)))
    let whole = try #require(try FileSystemListing(bytes)).files.map(\.path.shown)
    let entry = try image.entry(of: "ordner/" + NtfsImage.name)
    let table = try image.table()
    let place = try #require(
      table.extents(from: entry * 1024, count: 1024).first?.offset.map { Int($0) })
    bytes[place + 510] ^= 1
    let listing = try #require(try FileSystemListing(bytes))
    #expect(
      Set(whole).subtracting(listing.files.map(\.path.shown)) == ["/ordner/" + NtfsImage.name])
    #expect(listing.problems.map(\.path.shown) == ["/$MFT"])
    #expect(listing.problems.first?.message.contains("first: \(entry)") == true)
  }
}
