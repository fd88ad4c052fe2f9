import Containers
import TestSupport
import Testing

@testable import Volumes

/// Structures of file systems whose superblocks are lost.
@Suite struct MediumRemainsTests {
  private static func sector(_ parts: [(Int, [UInt8])]) -> [UInt8] {
    var bytes = [UInt8](zeros: 512)
    for (offset, part) in parts { bytes.write(part, at: offset) }
    return bytes
  }

  private func isStructure(_ sector: [UInt8]) -> Bool {
    sector.withUnsafeBytes { MediumRemains.isStructure($0) }
  }

  /// An entry of an MFT: offset of the update sequence, of the first attribute, its type.
  private static func entry(
    _ update: UInt16 = 0x30, _ first: UInt16 = 0x38, type: UInt8 = 0x10
  ) -> [UInt8] {
    sector([
      (0, Array("FILE".utf8)), (4, [UInt8](little: update)), (20, [UInt8](little: first)),
      (Int(min(first, 500)), [type]),
    ])
  }

  /// `.` and `..` of a directory of ext, with file types.
  private static let ext = sector([
    (0, [2, 0, 0, 0, 12, 0, 1, 2, 0x2E]), (12, [2, 0, 0, 0, 0xF4, 3, 2, 2, 0x2E, 0x2E]),
  ])
  /// `.` and `..` of a directory of FAT.
  private static let fat = sector([
    (0, Array(".          ".utf8) + [0x10]), (32, Array("..         ".utf8) + [0x10]),
  ])
  /// Journal of jbd2 with the superblock of version 2; headers of XFS.
  private static let journal = sector([(0, [0xC0, 0x3B, 0x39, 0x98, 0, 0, 0, 4])])
  private static let agf = sector([(0, Array("XAGF".utf8) + [0, 0, 0, 1])])
  private static let exfat = sector([(0, [0x83]), (32, [0x81]), (64, [0x82])])

  @Test(arguments: [
    entry(), entry(0x2A, 0x30), ext, fat, journal, agf,
    sector([(0, Array("XAGI".utf8) + [0, 0, 0, 1])]),
    sector([(0, Array("XDB3".utf8))]), sector([(0, Array("XDD3".utf8))]), exfat,
    sector([(0, [0x03]), (32, [0x81]), (64, [0x82])]), sector([(0, [0x81]), (32, [0x82])]),
  ])
  func structuresRevealAFileSystem(_ sector: [UInt8]) {
    #expect(isStructure(sector))
    let medium = MemoryMedium([UInt8](zeros: 3 * 512) + sector)
    #expect(MediumRemains.exist(on: medium))
    #expect(
      !MediumRemains.exist(on: MemoryMedium([UInt8](zeros: 100) + sector)), "no sector begins there"
    )
  }

  @Test(arguments: [
    entry(0x31), entry(0x30, 0x39), entry(0x30, 128), entry(0x30, .max), entry(type: 0x30),
    sector([(0, [0xC0, 0x3B, 0x39, 0x98, 0, 0, 0, 5])]),
    sector([(0, Array("XAGF".utf8) + [0, 0, 0, 2])]),
    sector([(0, Array("FILE".utf8))]), sector([]), [UInt8](repeating: 0xFF, count: 512),
    sector([(0, [0x83]), (32, [0x82]), (64, [0x81])]), sector([(0, [0x85]), (32, [0x81])]),
  ])
  func othersAreNone(_ sector: [UInt8]) {
    #expect(!isStructure(sector))
    #expect(!MediumRemains.exist(on: MemoryMedium(sector)))
  }

  @Test(
    "A single byte that differs",
    arguments: [
      (ext, 4), (ext, 6), (ext, 8), (ext, 18), (ext, 21), (ext, 22), (fat, 0), (fat, 1), (fat, 11),
      (fat, 33),
    ])
  func damage(_ sector: [UInt8], _ place: Int) {
    var changed = sector
    changed[place] ^= 0x10
    #expect(!isStructure(changed), "\(place)")
  }

  @Test func onlyTheFrontIsExamined() {
    let front = MediumRemains.front
    func exist(at offset: UInt64, size: UInt64) -> SparseMedium {
      SparseMedium(size: size, knowsZeros: true, [(offset, Self.agf)])
    }
    let last = exist(at: front - 512, size: 4 << 30)
    #expect(MediumRemains.exist(on: last) && last.readCount <= 2 << 20)
    #expect(!MediumRemains.exist(on: exist(at: front + (1 << 20), size: 4 << 30)))
    #expect(!MediumRemains.exist(on: SparseMedium(size: 0)))
    #expect(!MediumRemains.exist(on: SparseMedium(size: 511)))
  }

  @Test func anUnreadablePartHidesNothingBesideIt() {
    let medium = MemoryMedium([UInt8](zeros: 1024) + Self.agf, unreadable: 0..<512)
    #expect(MediumRemains.exist(on: medium))
  }
}
