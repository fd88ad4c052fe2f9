import Bytes
import Evidence

/// One pass over the streams of a compound file (MS-CFB), which a Windows Installer package is: its cabinets and
/// programs are streams. Every number is checked against the file, and a chain has no more steps than its stream needs.
final class CompoundFile: ArchivePass {
  private let bytes: ArchiveBytes
  private let sectorSize: UInt64
  private let miniSectorSize: UInt64
  private let cutoff: UInt64
  /// Next sector of each sector.
  private var table: [UInt32] = []
  private var miniTable: [UInt32] = []
  /// Sectors of the stream in which small streams are.
  private var miniSectors: [UInt32] = []
  private var streams: [Stream] = []
  private var current = -1

  private struct Stream {
    let name: [UInt8]
    let start: UInt32
    let size: UInt64
  }

  /// Numbers from here on mean no sector (MS-CFB 2.1).
  private static let firstSpecial: UInt32 = 0xFFFF_FFFA
  private static let entryLength = 128

  init(_ bytes: ArchiveBytes) throws(ItemProblem) {
    self.bytes = bytes
    guard let header = bytes.read(at: 0, count: 512), header.count == 512,
      [9, 12].contains(header.little(30, as: UInt16.self)),
      header.little(32, as: UInt16.self) == 6
    else { throw Self.damaged("its header is damaged") }
    sectorSize = 1 << UInt64(header.little(30, as: UInt16.self))
    miniSectorSize = 64
    cutoff = UInt64(header.little(56, as: UInt32.self))
    table = try numbers(inSectors: try tableSectors(header))
    let directory = try chain(header.little(48), in: table, atMost: bytes.size / sectorSize)
    miniTable = try numbers(
      inSectors: try chain(header.little(60), in: table, atMost: bytes.size / sectorSize))
    try readDirectory(directory, hasLongSizes: sectorSize == 4096)
  }

  private static func damaged(_ what: String) -> ItemProblem {
    ItemProblem(.unreadable, "damaged, or cut off: \(what)")
  }

  // MARK: Tables

  /// Sectors of the table of sectors: 109 in the header, others in a chain of sectors that end in the next.
  private func tableSectors(_ header: [UInt8]) throws(ItemProblem) -> [UInt32] {
    let most = bytes.size / sectorSize
    var sectors = (0..<109).map { header.little(76 + 4 * $0, as: UInt32.self) }
    var next: UInt32 = header.little(68)
    var steps: UInt64 = 0
    while next < Self.firstSpecial {
      guard steps < most, let sector = sector(next) else {
        throw Self.damaged("its table of tables")
      }
      let count = Int(sectorSize) / 4 - 1
      sectors += (0..<count).map { sector.little(4 * $0, as: UInt32.self) }
      next = sector.little(4 * count)
      steps += 1
    }
    sectors.removeAll { $0 >= Self.firstSpecial }
    guard UInt64(sectors.count) <= most else { throw Self.damaged("its table of tables") }
    return sectors
  }

  private func numbers(inSectors sectors: [UInt32]) throws(ItemProblem) -> [UInt32] {
    var numbers = [UInt32]()
    for number in sectors {
      guard let sector = sector(number) else { throw Self.damaged("its table of sectors") }
      for index in 0..<(Int(sectorSize) / 4) { numbers.append(sector.little(4 * index)) }
    }
    return numbers
  }

  /// Sectors from `start` on, at most so many.
  private func chain(_ start: UInt32, in table: [UInt32], atMost most: UInt64)
    throws(ItemProblem) -> [UInt32]
  {
    var chain = [UInt32]()
    var next = start
    while next < Self.firstSpecial, UInt64(chain.count) < most {
      guard Int(next) < table.count else { throw Self.damaged("a chain leads out of the file") }
      chain.append(next)
      next = table[Int(next)]
    }
    return chain
  }

  /// A sector of a table or of the directory; nil if it is not there as a whole: its entries would be lost unseen.
  private func sector(_ number: UInt32) -> [UInt8]? {
    let start = (UInt64(number) + 1) * sectorSize
    guard let sector = bytes.read(at: start, count: Int(sectorSize)),
      sector.count == Int(sectorSize)
    else { return nil }
    return sector
  }

  // MARK: Streams

  private func readDirectory(_ sectors: [UInt32], hasLongSizes: Bool) throws(ItemProblem) {
    for (rank, number) in sectors.enumerated() {
      guard let sector = sector(number) else { throw Self.damaged("its directory") }
      for start in stride(from: 0, to: Int(sectorSize), by: Self.entryLength) {
        let entry = Array(sector[start..<(start + Self.entryLength)])
        let long: UInt64 = entry.little(120)
        let size = hasLongSizes ? long : long & 0xFFFF_FFFF
        let first: UInt32 = entry.little(116)
        switch entry[66] {
        case 5 where rank == 0 && start == 0:
          miniSectors = try chain(first, in: table, atMost: size.blocks(of: sectorSize))
        case 2: streams.append(Stream(name: Self.name(entry), start: first, size: size))
        default: break
        }
      }
    }
  }

  /// Name of a stream. Windows Installer packs two characters of its names into one of these.
  private static func name(_ entry: [UInt8]) -> [UInt8] {
    let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._".utf16)
    var units = [UInt16]()
    let count = min(max(0, Int(entry.little(64, as: UInt16.self)) / 2 - 1), 31)
    for unit in (0..<count).map({ entry.little(2 * $0, as: UInt16.self) }) {
      switch unit {
      case 0x3800..<0x4800:
        units.append(alphabet[Int(unit - 0x3800) & 0x3F])
        units.append(alphabet[Int(unit - 0x3800) >> 6])
      case 0x4800..<0x4840: units.append(alphabet[Int(unit - 0x4800)])
      // A table of the database.
      case 0x4840: units.append(UInt16(UInt8(ascii: "!")))
      default: units.append(unit)
      }
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  func next() throws(ItemProblem) -> Bool {
    current += 1
    return current < streams.count
  }

  func member(_ index: UInt64) -> ArchiveMember {
    let stream = streams[current]
    return ArchiveMember(
      index: index, kind: .file, name: stream.name, size: stream.size, head: [], isWhole: false,
      problem: nil)
  }

  func read(upTo limit: UInt64, isExact: Bool, _ body: (UnsafeRawBufferPointer) -> Void) -> (
    end: PassEnd, problem: ItemProblem?
  ) {
    let stream = streams[current]
    let wanted = min(stream.size, limit)
    let isSmall = stream.size < cutoff
    let length = isSmall ? miniSectorSize : sectorSize
    let table = isSmall ? miniTable : table
    var next = stream.start
    var position: UInt64 = 0
    while position < wanted {
      let count = Int(min(length, wanted - position))
      guard let start = isSmall ? miniStart(next) : start(next),
        let piece = bytes.read(at: start, count: count), piece.count == count,
        Int(next) < table.count
      else { return (.failed, Self.damaged("a stream leads out of the file")) }
      piece.withUnsafeBytes(body)
      position += UInt64(count)
      next = table[Int(next)]
    }
    return (stream.size > limit || stream.size == limit && !isExact ? .cut : .whole, nil)
  }

  private func start(_ sector: UInt32) -> UInt64? {
    sector < Self.firstSpecial ? (UInt64(sector) + 1) * sectorSize : nil
  }

  private func miniStart(_ number: UInt32) -> UInt64? {
    let offset = UInt64(number) * miniSectorSize
    let rank = offset / sectorSize
    guard rank < UInt64(miniSectors.count), let start = start(miniSectors[Int(rank)]) else {
      return nil
    }
    return start + offset % sectorSize
  }
}
