import Bytes
import Evidence
import TestSupport
import Testing

@testable import FileSystems

/// Attributes of entries, compared with istat: attribute lists spread them over further entries.
@Suite struct NtfsAttributesTests {
  private static let kinds: [(UInt32, String)] = [
    (NtfsAttribute.Kind.data, "$DATA"), (NtfsAttribute.Kind.indexRoot, "$INDEX_ROOT"),
    (NtfsAttribute.Kind.bitmap, "$BITMAP"),
  ]

  /// Kind, name, place and size of each stream.
  private func ours(_ entry: UInt64, _ image: NtfsImage, _ table: NtfsTable) throws -> [String] {
    let attributes = try image.attributes(of: entry, table)
    #expect(!attributes.isIncomplete, "\(entry)")
    return Self.kinds.flatMap { kind, label in
      attributes.streams(of: kind).map { stream in
        let name = stream.name.withUnsafeBytes { NtfsName.utf8($0) }
        let shown = name.isEmpty ? "N/A" : String(decoding: name, as: UTF8.self)
        let place = stream.isResident ? "Resident" : "Non-Resident"
        return "\(label) \(shown) \(place) \(stream.size)"
      }
    }.sorted()
  }

  private func theirs(_ entry: UInt64, _ image: NtfsImage) throws -> [String] {
    let line =
      /Type: (\S+) \(\d+-\d+\)   Name: (.*?)   (Non-Resident|Resident)(?:, \w+)*   size: (\d+).*/
    return try image.istat(entry).compactMap { text in
      guard let match = text.wholeMatch(of: line)?.output,
        Self.kinds.contains(where: { $0.1 == match.1 })
      else { return nil }
      return "\(match.1) \(match.2) \(match.3) \(match.4)"
    }.sorted()
  }

  @Test func streamsAreThoseOfIstat() throws {
    let image = try NtfsImage.shared()
    let table = try image.table()
    var record = [UInt8](repeating: 0, count: table.geometry.recordSize)
    var compared = 0
    for entry in 0..<table.count where table.isInUse(entry) {
      guard try table.read(entry, into: &record) == .whole,
        // Base entries only: the others belong to the files whose lists name them.
        record[32..<40].allSatisfy({ $0 == 0 })
      else { continue }
      let found = try ours(entry, image, table)
      #expect(found == (try theirs(entry, image)), "entry \(entry)")
      compared += found.count
    }
    #expect(compared > 80)
  }

  @Test func aListLeadsToFurtherEntries() throws {
    let image = try NtfsImage.shared()
    let table = try image.table()
    for (file, streams) in [("many", 62), ("packed/text", 1)] {
      let entry = try image.entry(of: file)
      #expect(try image.istat(entry).contains { $0.hasPrefix("$ATTRIBUTE_LIST") }, "\(file)")
      let attributes = try image.attributes(of: entry, table)
      #expect(Set(attributes.all.map(\.record)).count > 1, "\(file)")
      #expect(attributes.streams(of: NtfsAttribute.Kind.data).count == streams, "\(file)")
    }
  }

  /// An attribute whose length, name or content leaves its entry ends the list of attributes.
  @Test(arguments: [(4, 0x10), (4, 0x7FFF_FFFF), (16, 0x7FFF_FFFF), (20, 0xFFFF)])
  func anAttributeThatLeavesItsEntryIsNotRead(_ offset: Int, _ value: Int) throws {
    let image = try NtfsImage.shared()
    let table = try image.table()
    var record = [UInt8](repeating: 0, count: table.geometry.recordSize)
    let entry = try image.entry(of: "ordner/" + NtfsImage.name)
    try #require(try table.read(entry, into: &record) == .whole)
    let first = Int(record[20]) | Int(record[21]) << 8
    let (before, length) = try #require(
      record.withUnsafeBytes { NtfsAttribute.read($0, at: first) })
    #expect(before.type == NtfsAttribute.Kind.standardInformation && length >= 24)
    let width = offset == 20 ? 2 : 4
    withUnsafeBytes(of: UInt32(value).littleEndian) {
      record.replaceSubrange(first + offset..<first + offset + width, with: $0.prefix(width))
    }
    #expect(record.withUnsafeBytes { NtfsAttribute.read($0, at: first) } == nil)
  }
}
