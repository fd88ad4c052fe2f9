import Glibc
import TestSupport

/// Layout of a file, so that damage hits bytes that are read as metadata: most bytes of an
/// image are content of files.
struct Places {
  private(set) var size = 0
  /// Sectors with a structure recognised by its magic.
  private(set) var known: [Int] = []
  /// Sectors that look like tables: zeros between other bytes.
  private(set) var tables: [Int] = []
  /// Nonempty sectors.
  private(set) var used: [Int] = []

  static let sector = 512

  init(_ file: DamagedFile) {
    size = file.size
    file.forEachPiece { start, bytes in
      for offset in stride(from: 0, to: bytes.count, by: Self.sector) {
        let rest = min(Self.sector, bytes.count - offset)
        note(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + rest]), at: start + offset)
      }
    }
  }

  private mutating func note(_ sector: UnsafeRawBufferPointer, at place: Int) {
    guard let start = sector.baseAddress else { return }
    let isEmpty = memcmp(start, Self.zeros, sector.count) == 0
    guard !isEmpty else { return }
    used.append(place)
    let isKnown = Magic.all.contains { magic in
      magic.offset + magic.bytes.count <= sector.count
        && memcmp(start + magic.offset, magic.bytes, magic.bytes.count) == 0
    }
    if isKnown { known.append(place) }
    // One byte in sixteen is sufficient.
    var zeros = 0
    var index = 0
    while index < sector.count {
      if sector[index] == 0 { zeros += 1 }
      index += 16
    }
    if zeros >= 4 { tables.append(place) }
  }

  private static let zeros = [UInt8](repeating: 0, count: sector)

  /// Picks a sector to damage, mostly metadata.
  func pick(_ random: inout Random) -> Int {
    let last = max(0, size - 1) / Self.sector * Self.sector
    switch random.number(0...99) {
    case 0...34 where !known.isEmpty: return known[random.skewed(known.count)]
    case 35...54 where !tables.isEmpty: return tables[random.skewed(tables.count)]
    case 55...64: return min(last, random.number(0...7) * Self.sector)
    case 65...74: return max(0, last - random.number(0...3) * Self.sector)
    case 75...91 where !used.isEmpty: return random.pick(used)
    default: return random.number(0...last / Self.sector) * Self.sector
    }
  }
}
