import TestSupport

/// A FAT or exFAT image to be damaged: its boot sector, tables and directories.
struct FatTarget: Target {
  let name: String
  let bytes: [UInt8]
  /// End marks, bad clusters, attributes, types of entries of exFAT.
  let halfWords = [0xFFF8, 0xFFF7, 0x0FFF, 2, 0x10, 0x0F, 0x85, 0xC0, 0xC1, 0xE5]
  /// The first table, which the others follow, and the offsets of entries in directories.
  private let table: Range<Int>
  private let entries: [Int]

  /// Nil if the image has no boot sector of these formats.
  init?(name: String, bytes: [UInt8]) {
    guard bytes.count > 65_536, bytes[510] == 0x55, bytes[511] == 0xAA else { return nil }
    func number(_ offset: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    let isExfat = bytes[3..<11].elementsEqual("EXFAT   ".utf8)
    if isExfat {
      let sector = 1 << Int(bytes[108])
      table = number(80, 4) * sector..<(number(80, 4) + number(84, 4)) * sector
    } else {
      let sectors = number(22, 2) == 0 ? number(36, 4) : number(22, 2)
      guard number(11, 2) == 512, number(14, 2) > 0, sectors > 0 else { return nil }
      table = number(14, 2) * 512..<(number(14, 2) + sectors) * 512
    }
    guard table.upperBound < bytes.count, !table.isEmpty else { return nil }
    self.name = name
    self.bytes = bytes
    // An entry of FAT has a name of letters and a known attribute, or is a part of a long name.
    entries = stride(from: table.upperBound, to: bytes.count - 32, by: 32).filter { place in
      if isExfat {
        return [0x81, 0x82, 0x83, 0x85, 0xC0, 0xC1, 5, 0x40, 0x41].contains(bytes[place])
      }
      let attributes = bytes[place + 11]
      let isName =
        [0x10, 0x20, 0x08].contains(attributes) && bytes[place] > 0x20 && bytes[place + 10] >= 0x20
      return isName || attributes == 0x0F && bytes[place + 12] == 0
    }
    guard !entries.isEmpty else { return nil }
  }

  func place(_ random: inout SeededGenerator) -> Int {
    switch random.number(0...9) {
    case 0: random.number(3...120)
    case 1...4:
      // The tables are mostly empty behind their front.
      table.lowerBound + random.number(0...min(table.count, random.oneIn(2) ? 400 : 4000) - 1)
        + (random.oneIn(3) ? table.count : 0)
    default: random.pick(entries) + random.number(0...31)
    }
  }

  func foreignBytes(at place: Int, _ random: inout SeededGenerator) -> [UInt8] {
    let from = random.oneIn(3) ? table.lowerBound + random.number(0...100) : random.pick(entries)
    return Array(bytes[from..<min(from + random.pick([2, 4, 32, 64, 512]), bytes.count)])
  }
}
