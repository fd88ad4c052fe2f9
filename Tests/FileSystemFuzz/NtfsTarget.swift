import TestSupport

/// An NTFS image to be damaged: its boot sector, and the entries of its master file table.
struct NtfsTarget: Target {
  let name: String
  let bytes: [UInt8]
  /// Attribute types, and the length of a short attribute.
  let halfWords = [0x10, 0x20, 0x30, 0x80, 0xB0, 0x18]
  private let entries: [Int]

  /// Nil if the image is not NTFS.
  init?(name: String, bytes: [UInt8]) {
    guard bytes.count > 4096, bytes[3..<11].elementsEqual("NTFS    ".utf8) else { return nil }
    self.name = name
    self.bytes = bytes
    entries = stride(from: 0, to: bytes.count - 1024, by: 1024).filter {
      bytes[$0..<($0 + 4)].elementsEqual("FILE".utf8)
    }
  }

  func place(_ random: inout SeededGenerator) -> Int {
    if random.oneIn(20) { return random.number(11...90) }
    // The table itself, its map and the first files matter most.
    let most = min(entries.count, random.oneIn(3) ? 12 : random.oneIn(2) ? 100 : entries.count)
    let entry = entries[random.number(0...(most - 1))]
    return entry + (random.oneIn(3) ? random.number(0...55) : random.number(56...1023))
  }

  func foreignBytes(at place: Int, _ random: inout SeededGenerator) -> [UInt8] {
    // Another entry's bytes: lists and runs of others.
    let from = random.pick(entries) + 8 * random.number(6...100)
    return Array(bytes[from..<min(from + random.pick([8, 24, 64, 200]), bytes.count)])
  }
}
