import TestSupport
import Testing

@testable import FileSystems

/// Directory entries of FAT: short and long names, deleted ones, and what is no entry.
@Suite struct FatDirectoryTests {
  private let geometry: FatGeometry

  init() throws { geometry = try #require(FatGeometryTests.fat()) }

  /// A short entry with a name in its form on the disk.
  private func short(
    _ name: String, attributes: UInt8 = 0x20, first: UInt16 = 5, size: UInt32 = 100,
    case flags: UInt8 = 0
  ) -> [UInt8] {
    var entry = [UInt8](zeros: 32)
    entry.write(name.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }, at: 0)
    entry[11] = attributes
    entry[12] = flags
    entry.write(little: UInt16(0x5A21), at: 24)
    entry.write(little: first, at: 26)
    entry.write(little: size, at: 28)
    return entry
  }

  private func checksum(_ name: String) -> UInt8 {
    name.utf8.reduce(0) { sum, byte in (sum >> 1 | sum << 7) &+ byte }
  }

  /// The entries of a long name before a short one.
  private func long(_ name: String, before short: String, isDeleted: Bool = false) -> [[UInt8]] {
    var units = Array(name.utf16) + [0]
    while units.count % 13 != 0 { units.append(0xFFFF) }
    let count = units.count / 13
    return (0..<count).reversed().map { index in
      let part = units[(13 * index)..<(13 * index + 13)].flatMap { [UInt8](little: $0) }
      var entry = [UInt8](zeros: 32)
      entry[0] = isDeleted ? 0xE5 : UInt8(index + 1) | (index == count - 1 ? 0x40 : 0)
      entry.write(Array(part[..<10]), at: 1)
      entry[11] = 0x0F
      entry[13] = checksum(short)
      entry.write(Array(part[10..<22]), at: 14)
      entry.write(Array(part[22...]), at: 28)
      return entry
    }
  }

  private func read(_ entries: [[UInt8]], isFree: Bool = false) -> (FatDirectory, [FatEntry]) {
    var directory = FatDirectory(geometry, isFree: isFree)
    var found = [FatEntry]()
    for (index, entry) in entries.enumerated() {
      entry.withUnsafeBytes {
        directory.add($0, at: geometry.dataStart + UInt64(32 * index)) { found.append($0) }
      }
    }
    directory.finish { found.append($0) }
    return (directory, found)
  }

  private func names(_ entries: [[UInt8]], isFree: Bool = false) -> [String] {
    read(entries, isFree: isFree).1.map { String(decoding: $0.name, as: UTF8.self) }
  }

  @Test func shortNamesAreShownAsWindowsShowsThem() throws {
    #expect(
      names([
        short("KLIF    SYS"), short("KLIF    SYS", case: 0x18), short("README     "),
        short("\u{E9}AB        "), short("A/B     C  "),
      ]) == ["KLIF.SYS", "klif.sys", "README", "^AB", "A^B.C"])
    let entry = try #require(read([short("KLIF    SYS")]).1.first)
    #expect(entry.first == 5 && entry.size == 100 && !entry.isFree && !entry.isDirectory)
    #expect(entry.inode == 3)
    #expect(read([short("DIR        ", attributes: 0x10)]).1.first?.size == 0)
  }

  @Test func aLongNameBelongsToTheShortOneWithItsChecksum() {
    let name = "Kaspersky Endpoint Security.sys"
    let parts = long(name, before: "KASPER~1SYS")
    #expect(parts.count == 3)
    #expect(names(parts + [short("KASPER~1SYS")]) == [name])
    #expect(names(parts + [short("KASPER~2SYS")]) == ["KASPER~2.SYS"], "of another file")
    #expect(
      names(parts.dropLast() + [short("KASPER~1SYS")]) == ["KASPER~1.SYS"], "a part is missing")
    #expect(names(parts.reversed() + [short("KASPER~1SYS")]) == ["KASPER~1.SYS"])
    var many = parts
    many[0][0] = 0x40 | 21
    #expect(names(many + [short("KASPER~1SYS")]) == ["KASPER~1.SYS"], "longer than a name may be")
  }

  @Test func deletedNamesLoseTheirFirstLetterOnly() {
    let name = "Kaspersky Endpoint Security.sys"
    let parts = long(name, before: "KASPER~1SYS", isDeleted: true)
    #expect(names(parts + [short("\u{E5}ASPER~1SYS")]) == [name])
    #expect(names([short("\u{E5}LIF    SYS")]) == ["_LIF.SYS"])
    let (_, found) = read([short("\u{E5}LIF    SYS")])
    #expect(found.map(\.isFree) == [true])
    // A first cluster, a size or a character that no entry has.
    #expect(names([short("\u{E5}LIF    SYS", first: 60_000)]).isEmpty)
    #expect(names([short("\u{E5}LIF    SYS", first: 0)]).isEmpty)
    #expect(names([short("\u{E5}LIF    SYS", size: .max)]).isEmpty)
    #expect(names([short("\u{E5}L\u{1}F    SYS")]).isEmpty)
  }

  @Test func dotsNameTheDirectoryAndItsParent() {
    let dots = [short(".          ", attributes: 0x10), short("..         ", attributes: 0x10)]
    let (directory, found) = read(dots)
    #expect(directory.namesItself && found.isEmpty)
    let (other, _) = read([short("A          ", attributes: 0x10)] + dots)
    #expect(!other.namesItself)
  }

  @Test func invalidEntriesInUseAreCounted() {
    let (directory, found) = read([short("A          ", attributes: 0xC0), short("B          ")])
    #expect(directory.damaged == 1 && found.count == 1)
  }

  @Test func behindTheEndOnlyLikelyEntriesCount() {
    let end = [UInt8](zeros: 32)
    #expect(names([end, short("OLD     SYS")]) == ["OLD.SYS"])
    var unlikely = short("OLD     SYS")
    unlikely[12] = 0x04
    #expect(names([end, unlikely]).isEmpty)
    #expect(names([unlikely], isFree: true).isEmpty)
    #expect(names([unlikely]) == ["OLD.SYS"])
  }

  @Test func anyEntriesAreReadOrIgnored() {
    var random = SeededGenerator(seed: 4)
    for _ in 0..<2000 {
      let entries = (0..<4).map { _ in
        (0..<32).map { _ in UInt8(random.pick([0, 0x0F, 0x20, 0x41, 0x42, 0xE5, 0xFF])) }
      }
      for entry in read(entries).1 {
        #expect(!entry.name.isEmpty && !entry.name.contains(0x2F) && !entry.name.contains(0))
      }
    }
  }
}
