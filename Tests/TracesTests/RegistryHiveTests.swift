import Catalogue
import Evidence
import Findings
import Foundation
import Profiles
import TestSupport
import Testing

@testable import Traces

/// A damaged file yields what can be read, and reports the damage.
@Suite struct RegistryHiveTests {
  private let hive = TraceFixture.samples("installed")[0]

  private func reading(_ change: (inout [UInt8]) -> Void) throws -> TraceReading {
    var bytes = try hive.bytes
    change(&bytes)
    return TraceReading(bytes.span.bytes, at: hive.place, VendorProfile.kaspersky.records)
  }

  @Test func sequenceNumbersThatDifferSayThatLogsAreNotApplied() throws {
    let reading = try reading { bytes in
      // The primary sequence number, and the checksum that goes with it.
      bytes[4] ^= 1
      bytes[508] ^= 1
    }
    #expect(reading.traces.count == 9)
    #expect(reading.problem?.reason == .unsupported)
    #expect(reading.problem?.message.contains(".LOG1") == true)
  }

  @Test func aChecksumThatDoesNotHoldSaysTheSame() throws {
    #expect(try reading { $0[60] ^= 0x10 }.problem?.reason == .unsupported)
  }

  @Test func aHiveThatIsCutOffIsDamaged() throws {
    let reading = try reading { $0.removeLast(4096) }
    #expect(reading.problem?.reason == .unreadable)
    #expect(reading.problem?.message.contains("4096 bytes are missing") == true)
  }

  @Test func aHiveWithoutARootHasNothingButAProblem() throws {
    for length in [0, 4, 48, 511, 512, 4096, 4200] {
      let reading = try reading { $0.removeLast($0.count - length) }
      #expect(reading.traces.isEmpty)
      #expect(reading.problem?.reason == .unreadable)
    }
  }

  @Test func aListThatLeadsInCirclesEnds() throws {
    let shapes = try TraceFixture.shapes.bytes
    // Each offset of the index root leads to the root itself, then to a leaf again and again.
    for element in 0..<3 {
      for target in [0, 4, 8] {
        var bytes = shapes
        let list = try #require(bytes.firstRange(of: Array("ri".utf8) + [3, 0]))
        let from = list.lowerBound + 4 + target
        let root = Array(bytes[36..<40])
        let place = list.lowerBound + 4 + 4 * element
        bytes.replaceSubrange(
          place..<(place + 4), with: target == 0 ? root[...] : bytes[from..<(from + 4)])
        let reading = TraceReading(
          bytes.span.bytes, at: .softwareHive, VendorProfile.kaspersky.records)
        if target == 0 { #expect(reading.problem?.reason == .unreadable) }
      }
    }
  }

  /// Lists of maximal length that all refer to the same list: 4,000 million keys without a limit.
  @Test(.timeLimit(.minutes(5))) func aHiveThatIsAllListsEnds() throws {
    var bytes = try hive.bytes
    let root = Int(bytes[36]) | Int(bytes[37]) << 8
    func put(_ number: Int, _ count: Int, at place: Int) {
      for index in 0..<count {
        bytes[place + index] = UInt8(truncatingIfNeeded: number >> (8 * index))
      }
    }
    // Two cells at the end: an index root of 65,535 leaves, and the leaf, with the root key 65,535
    // times.
    let place = bytes.count
    let length = 65535 * 4 + 12
    bytes += [UInt8](repeating: 0, count: 2 * length)
    for (cell, name) in [(place, "ri"), (place + length, "li")] {
      put(-length, 4, at: cell)
      bytes.replaceSubrange((cell + 4)..<(cell + 6), with: name.utf8)
      put(65535, 2, at: cell + 6)
      for element in 0..<65535 {
        put(name == "ri" ? place + length - 4096 : root, 4, at: cell + 8 + 4 * element)
      }
    }
    put(place - 4096, 4, at: 4096 + root + 4 + 28)
    let reading = TraceReading(bytes.span.bytes, at: .softwareHive, VendorProfile.kaspersky.records)
    #expect(reading.problem?.reason == .unreadable)
    // The root is below itself: the search continues in it until the steps are used up.
    #expect(reading.traces.isEmpty)
  }

  @Test func indexRootsWideNamesAndBigDataAreRead() throws {
    let bytes = try TraceFixture.shapes.bytes
    let reading = TraceReading(bytes.span.bytes, at: .softwareHive, VendorProfile.kaspersky.records)
    #expect(reading.problem == nil)
    let trace = try #require(reading.traces.first)
    #expect(reading.traces.count == 1)
    #expect(trace.place == #"HKLM\SOFTWARE\KasperskyLab\KES12\environment"#)
    #expect(trace.product == "Kaspersky Endpoint Security für Windows")
    #expect(trace.version == "12.4.0.467")
    // Only the beginning of big data is read.
    #expect(trace.folder?.hasPrefix(#"C:\Program Files\Kaspersky Lab\xxx"#) == true)
    #expect(trace.folder?.count == 1024)
    #expect(trace.written?.rfc3339 == "2023-11-14T22:13:20Z")
    // hivex, an independent reader, finds the same in it.
    let peer = try String(
      contentsOfFile: TraceFixture.shapes.path + ".xml", encoding: .utf8)
    #expect(peer.contains("<node name=\"KasperskyLab\">"))
    #expect(peer.contains("Kaspersky Endpoint Security für Windows"))
    #expect(peer.contains("12.4.0.467"))
  }

  /// A long value of an old hive, written by hivex, is what hivex reads, though its data begins like big data.
  @Test func aLongValueOfAnOldHiveIsReadAsHivexReadsIt() throws {
    let bytes = try TraceFixture.old.bytes
    #expect(bytes[24] == 3)
    let reading = TraceReading(bytes.span.bytes, at: .softwareHive, VendorProfile.kaspersky.records)
    #expect(reading.problem == nil)
    let trace = try #require(reading.traces.first { $0.kind == .installation })
    #expect(trace.version == "7.0.1.325")
    let peer = try String(
      contentsOfFile: TraceFixture.folder + "/old/ProductRoot", encoding: .utf8)
    #expect(peer.hasPrefix("\u{6264}\\Kaspersky Lab\\xxx") && peer.count > 20_000)
    #expect(trace.folder.map { peer.hasPrefix($0) } == true)
    #expect(trace.folder?.count == 1024)
  }

  /// Big data exists since 1.4: in an older hive a cell that begins with its letters is the data.
  @Test func anOlderHiveHasNoBigData() throws {
    var bytes = try TraceFixture.shapes.bytes
    // The minor version, and the checksum, which is an exclusive or of all words.
    let minor = bytes[24]
    #expect(minor > 3)
    bytes[24] = 3
    bytes[508] ^= minor ^ 3
    let reading = TraceReading(bytes.span.bytes, at: .softwareHive, VendorProfile.kaspersky.records)
    let folder = try #require(reading.traces.first?.folder)
    // The letters "db" as one letter of UTF-16.
    #expect(folder.hasPrefix("\u{6264}"))
    #expect(reading.problem?.message.contains("a value of") == true)
  }

  // MARK: Built hives

  private typealias Key = HiveBuilder.Key

  /// Reads a hive of these bytes.
  private func read(_ bytes: [UInt8], _ body: (inout RegistryHive) throws -> Void) throws {
    try bytes.withUnsafeBytes { bytes in
      var hive = try RegistryHive(bytes, name: "HKLM")
      try body(&hive)
    }
  }

  @Test func keysAndValuesAreFoundInAnyCase() throws {
    let list = [UInt8](utf16: "one\0two\0\0")
    let key = Key("Inner").with("Text", "Grüße").with("Short", "A").with("Number", 7)
      .with("List", 7, list).with("Path", 2, [UInt8](utf16: "%SystemRoot%"))
    try read(HiveBuilder.hive([Key("Other"), Key("Outer", [key])])) { hive in
      let found = hive.key(["OUTER", "inner"], below: hive.root)
      let inner = try #require(found)
      #expect(inner.path == #"HKLM\Outer\Inner"# && inner.written?.seconds == 1_655_526_400)
      let texts = hive.texts(of: inner)
      #expect(texts == ["text": "Grüße", "short": "A", "path": "%SystemRoot%"])
      let first = hive.value("number", of: inner)
      let second = hive.value("LIST", of: inner)
      let number = try #require(first)
      let names = try #require(second)
      #expect(hive.number(of: number) == 7 && hive.number(of: names) == nil)
      let lists = [hive.textList(of: names, inner), hive.textList(of: number, inner)]
      #expect(lists == [["one", "two"], []])
      let none = (hive.text(of: number, inner), hive.key(["Outer", "None"], below: hive.root))
      #expect(none.0 == nil && none.1 == nil)
      #expect(hive.damage == nil && !hive.isDirty)
    }
  }

  @Test func aLongTextIsCut() throws {
    let long = String(repeating: "x", count: 5000)
    try read(HiveBuilder.hive([Key("K").with("Text", long)])) { hive in
      let found = hive.key(["K"], below: hive.root)
      let key = try #require(found)
      let text = hive.texts(of: key)["text"]
      #expect(text?.count == 1024 && hive.damage == nil)
    }
  }

  /// Offset of the record of the root, which is in the first cell.
  private static let root = 4096 + 32 + 4

  @Test(
    "Numbers of the root that do not hold",
    arguments: [
      (20, 3, "keys below HKLM are missing"), (20, .max, "keys below HKLM are missing"),
      (28, .max, "the key list below HKLM cannot be read"),
      (28, 32, "the key list below HKLM is invalid"), (36, 5, "values of HKLM cannot be read"),
    ] as [(Int, UInt32, String)])
  func damagedLists(_ place: Int, _ number: UInt32, _ expected: String) throws {
    var bytes = HiveBuilder.hive([Key("A"), Key("B")])
    bytes.write(little: number, at: Self.root + place)
    try read(bytes) { hive in
      let (keys, values) = (hive.subkeys(of: hive.root), hive.values(of: hive.root))
      #expect(keys.count <= 2 && values.isEmpty)
      #expect(hive.damage == expected)
    }
  }

  @Test func aKeyOfAnotherParentIsReadAndNoted() throws {
    var bytes = HiveBuilder.hive([Key("A")])
    // The cell of the root has 88 bytes.
    bytes.write(little: UInt32(0x80), at: Self.root + 88 + 16)
    try read(bytes) { hive in
      let keys = hive.subkeys(of: hive.root)
      #expect(keys.map(\.name) == ["A"])
      #expect(hive.damage == #"HKLM\A belongs to another key"#)
    }
  }

  @Test func dataOutsideTheHiveIsNoted() throws {
    var bytes = HiveBuilder.hive([Key("A").with("Text", "a long text")])
    let record = try #require(bytes.firstRange(of: Array("vk".utf8))).lowerBound
    bytes.write(little: UInt32.max, at: record + 8)
    try read(bytes) { hive in
      let found = hive.key(["A"], below: hive.root)
      let key = try #require(found)
      let texts = hive.texts(of: key)
      #expect(texts.isEmpty && hive.damage == #"a value of HKLM\A cannot be read"#)
    }
  }
}
