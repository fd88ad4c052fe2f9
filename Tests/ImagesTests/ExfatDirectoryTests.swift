import TestSupport
import Testing

@testable import FileSystems

/// Entry sets of exFAT, whole, damaged and deleted.
@Suite struct ExfatDirectoryTests {
  private let geometry: FatGeometry

  init() throws { geometry = try #require(FatGeometryTests.exfat()) }

  /// A file entry, a stream entry and the entries of the name, with their checksum.
  private func set(
    _ name: String, first: UInt32 = 5, size: UInt64 = 100, attributes: UInt8 = 0x20,
    isUsed: Bool = true
  ) -> [[UInt8]] {
    var units = Array(name.utf16)
    let length = units.count
    while units.isEmpty || units.count % 15 != 0 { units.append(0) }
    let mark: UInt8 = isUsed ? 0x80 : 0
    var file = [UInt8](zeros: 32)
    file[0] = mark | 0x05
    file[1] = UInt8(1 + units.count / 15)
    file[4] = attributes
    var stream = [UInt8](zeros: 32)
    stream[0] = mark | 0x40
    stream[1] = 3
    stream[3] = UInt8(length)
    stream.write(little: size - min(size, 1), at: 8)
    stream.write(little: first, at: 20)
    stream.write(little: size, at: 24)
    let names = stride(from: 0, to: units.count, by: 15).map { start -> [UInt8] in
      [mark | 0x41, 0] + units[start..<(start + 15)].flatMap { [UInt8](little: $0) }
    }
    var entries = [file, stream] + names
    var sum: UInt16 = 0
    for (index, byte) in entries.joined().enumerated() where index != 2 && index != 3 {
      sum = (sum << 15 | sum >> 1) &+ UInt16(byte)
    }
    entries[0].write(little: sum, at: 2)
    return entries
  }

  private func read(_ entries: [[UInt8]], isFree: Bool = false) -> (ExfatDirectory, [FatEntry]) {
    var directory = ExfatDirectory(geometry, isFree: isFree)
    var found = [FatEntry]()
    for (index, entry) in entries.enumerated() {
      entry.withUnsafeBytes {
        directory.add($0, at: geometry.dataStart + UInt64(32 * index)) { found.append($0) }
      }
    }
    directory.finish { found.append($0) }
    return (directory, found)
  }

  private func names(_ entries: [FatEntry]) -> [String] {
    entries.map { String(decoding: $0.name, as: UTF8.self) }
  }

  @Test func aSetIsAFile() throws {
    let name = "a name of more than fifteen letters.sys"
    let (directory, found) = read(set(name) + set("b", attributes: 0x10))
    #expect(names(found) == [name, "b"] && directory.damaged == 0)
    let file = try #require(found.first)
    #expect(file.first == 5 && file.size == 100 && file.written == 99 && file.isContiguous)
    #expect(file.inode == 3 && !file.isFree && file.damage == nil)
    #expect(found[1].isDirectory)
  }

  @Test func aSetThatIsNotWholeIsDamaged() {
    let whole = set("klif.sys")
    var wrong = whole
    wrong[2][4] ^= 1
    #expect(read(wrong).1.first?.damage?.contains("checksum") == true)
    // The next file begins before the name is complete.
    let (directory, found) = read(whole.dropLast() + set("b"))
    #expect(names(found) == ["b"] && directory.damaged == 1)
    let (last, none) = read([whole[0]])
    #expect(none.isEmpty && last.damaged == 1)
    // Entries without a file entry belong to nothing.
    #expect(read(Array(whole.dropFirst())).1.isEmpty)
  }

  @Test func deletedSetsMustBePossible() {
    #expect(read(set("gone.sys", isUsed: false)).1.map(\.isFree) == [true])
    #expect(read(set("gone.sys"), isFree: true).1.map(\.isFree) == [true])
    #expect(read(set("gone.sys", first: 9999, isUsed: false)).1.isEmpty)
    #expect(read(set("gone.sys", first: 0, isUsed: false)).1.isEmpty)
    #expect(read(set("gone.sys", size: .max, isUsed: false)).1.isEmpty)
    #expect(read(set("there.sys", size: .max)).1.count == 1, "damage in use is kept")
  }

  @Test func theRootNamesTheBitmap() {
    var bitmap = [UInt8](zeros: 32)
    bitmap[0] = 0x81
    bitmap.write(little: UInt32(2), at: 20)
    bitmap.write(little: (geometry.clusterCount + 7) / 8, at: 24)
    var label = [UInt8](zeros: 32)
    label.write([0x83, 2] + [UInt8](utf16: "PC"), at: 0)
    let (directory, found) = read([label, bitmap])
    #expect(names(found) == ["PC (Volume Label Entry)", "$ALLOC_BITMAP"])
    #expect(directory.bitmap?.first == 2)
    bitmap[24] ^= 1
    #expect(read([bitmap]).0.bitmap == nil, "of another length")
    label[1] = 16
    #expect(read([label]).1.isEmpty)
  }
}
