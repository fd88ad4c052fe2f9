import TestSupport
import Testing

@testable import Volumes

/// Volumes by any sector that identifies them; hostile numbers in it name none.
@Suite struct SuperblockSearchTests {
  private func candidate(_ medium: [UInt8], at place: Int) -> VolumeCandidate? {
    let search = SuperblockSearch(medium: MemoryMedium(medium))
    let bytes = Array(medium[place...].prefix(SuperblockSearch.lookahead))
    return bytes.withUnsafeBytes { search.candidate($0, at: UInt64(place)) }
  }

  /// A boot sector of NTFS: sectors of 512 bytes, clusters of eight, the table in cluster 4.
  private func ntfs(sectors: UInt64 = 127, perCluster: UInt8 = 8) -> [UInt8] {
    var bytes = [UInt8](zeros: 512)
    bytes.write("NTFS    ", at: 3)
    bytes.write(little: UInt16(512), at: 11)
    bytes[13] = perCluster
    bytes.write(little: sectors, at: 40)
    bytes.write(little: UInt64(4), at: 48)
    bytes.write(little: UInt64(8), at: 56)
    bytes[64] = 0xF6
    bytes.write([0x55, 0xAA], at: 510)
    return bytes
  }

  @Test func aBootSectorOfNTFSBeginsItsVolume() throws {
    var medium = [UInt8](zeros: 128 * 512)
    medium.write(ntfs(), at: 0)
    medium.write("FILE", at: 4 * 4096)
    let found = try #require(candidate(medium, at: 0))
    #expect(found.start == 0 && found.length == 127 * 512 && found.patches.isEmpty)
  }

  @Test func theCopyBehindTheVolumeReplacesItsBootSector() throws {
    var medium = [UInt8](zeros: 130 * 512)
    medium.write(ntfs(), at: 128 * 512)
    medium.write("FILE", at: 512 + 4 * 4096)
    let found = try #require(candidate(medium, at: 128 * 512))
    #expect(found.start == 512)
    #expect(found.patches == [MediumPatch(offset: 512, bytes: ntfs())])
  }

  @Test func theMirrorReplacesLostEntries() throws {
    var medium = [UInt8](zeros: 128 * 512)
    medium.write(ntfs(), at: 0)
    medium.write("FILE", at: 8 * 4096)
    let found = try #require(candidate(medium, at: 0))
    #expect(found.patches.map(\.offset) == [4 * 4096])
    #expect(found.patches.first?.bytes == Array(medium[(8 * 4096)..<(9 * 4096)]))
  }

  /// Clusters of 2^55 sectors and more, and volumes of 2^64 bytes.
  @Test func impossibleClustersOfNTFSNameNoVolume() {
    for perCluster: UInt8 in [0x81, 0xC0, 0xC1, 0xC5, 0xC9, 0xCA] {
      let medium = ntfs(perCluster: perCluster) + [UInt8](zeros: 4096)
      #expect(candidate(medium, at: 0) == nil, "\(perCluster)")
    }
    #expect(candidate(ntfs(sectors: .max) + [UInt8](zeros: 4096), at: 0) == nil)
    // Entries of 127 clusters of 2^54 bytes.
    var wide = ntfs(perCluster: 0xD3)
    wide[64] = 127
    #expect(candidate(wide + [UInt8](zeros: 4096), at: 0)?.patches.isEmpty == true)
  }

  @Test func aCopyOfAnExtSuperblockStatesItsGroup() throws {
    // Blocks of 1 KiB, 64 in a group; the copy of group 1 is in block 65.
    var block = [UInt8](zeros: 1024)
    block.write(little: UInt32(16), at: 0)
    block.write(little: UInt32(100), at: 4)
    block.write(little: UInt32(1), at: 20)
    block.write(little: UInt32(64), at: 32)
    block.write([0x53, 0xEF], at: 56)
    block.write(little: UInt16(1), at: 90)
    var medium = [UInt8](zeros: 102 * 1024)
    medium.write(block, at: 66 * 1024)
    let found = try #require(candidate(medium, at: 66 * 1024))
    #expect(found.start == 1024 && found.length == 100 * 1024)
    #expect(found.patches.first?.offset == 2048)
    // Before the start of the medium.
    block.write(little: UInt16(9), at: 90)
    medium.write(block, at: 66 * 1024)
    #expect(candidate(medium, at: 66 * 1024) == nil)
  }

  @Test func magicsLeadToTheStartOfTheirVolume() {
    func start(_ text: [UInt8], at offset: Int, place: Int) -> UInt64? {
      var medium = [UInt8](zeros: 80 << 10)
      medium.write(text, at: place + offset)
      return candidate(medium, at: place)?.start
    }
    let iso = [1] + Array("CD001".utf8)
    #expect(start(iso, at: 0, place: 40_960) == 8192)
    #expect(start(iso, at: 0, place: 512) == nil)
    #expect(start([0x10, 0x20, 0xF5, 0xF2], at: 0, place: 2048) == 1024)
    #expect(start(Array("LUKS".utf8) + [0xBA, 0xBE], at: 0, place: 512) == 512)
    #expect(start(Array("LABELONE".utf8) + [UInt8](little: UInt64(1)), at: 0, place: 1024) == 512)
    #expect(start(Array("LABELONE".utf8) + [UInt8](little: UInt64(4)), at: 0, place: 4096) == nil)
  }

  @Test func anyBytesNameAVolumeOrNone() {
    var random = SeededGenerator(seed: 9)
    var named = 0
    for _ in 0..<20_000 {
      var bytes = ntfs() + [UInt8](zeros: 1024)
      switch random.number(0...3) {
      case 0: bytes.write("XFSB", at: 0)
      case 1: bytes.write([0x53, 0xEF], at: 56)
      case 2: bytes.write("H+\u{0}\u{4}", at: 0)
      default: break
      }
      for _ in 0..<random.number(1...12) {
        let place = random.number(4...400)
        bytes[place] = UInt8(random.pick([0, 1, 4, 0x7F, 0x80, 0xC1, 0xFF]))
      }
      if let found = candidate(bytes, at: 0) {
        named += 1
        #expect(found.length ?? 0 <= UInt64(Int64.max))
      }
    }
    #expect(named > 100)
  }
}
