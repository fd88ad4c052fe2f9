import Containers
import TestSupport
import Testing

@testable import Volumes

/// The search for volumes that no table names: where it looks, what it skips, and that it ends.
@Suite struct LostVolumesTests {
  /// The magic of F2FS, which is 1024 bytes behind the start of its volume.
  private static let magic: [UInt8] = [0x10, 0x20, 0xF5, 0xF2]

  /// A medium with volumes that begin at these bytes.
  private func medium(_ size: UInt64, _ starts: UInt64...) -> SparseMedium {
    SparseMedium(size: size, knowsZeros: true, starts.map { ($0 + 1024, Self.magic) })
  }

  private func starts(on medium: any Medium, in range: Range<UInt64>? = nil, floor: UInt64 = 0)
    -> [UInt64]
  {
    let search = LostVolumes(medium: medium)
    let range = range ?? 0..<medium.size
    var starts = [UInt64]()
    var position = range.lowerBound
    while let found = search.first(from: position, in: range, floor: floor) {
      starts.append(found.candidate.start)
      position = found.next
    }
    return starts
  }

  @Test func theSearchContinuesBehindTheSectorThatWasFound() throws {
    let medium = medium(1 << 20, 7 * 512)
    let found = try #require(
      LostVolumes(medium: medium).first(from: 0, in: 0..<medium.size, floor: 0))
    #expect(found.candidate.start == 7 * 512 && found.next == 10 * 512)
    #expect(LostVolumes(medium: medium).first(from: 10 * 512, in: 0..<medium.size, floor: 0) == nil)
    // A position inside a sector is that of the next one.
    #expect(
      LostVolumes(medium: medium).first(from: 9 * 512 + 1, in: 0..<medium.size, floor: 0) == nil)
  }

  @Test func everySectorOfTheFirstGibibyteAndTheLastMebibyteIsExamined() {
    let size: UInt64 = 4 << 30
    let odd: [UInt64] = [12_345 * 512, (1 << 30) - 5 * 512, size - 601 * 512]
    let medium = medium(size, odd[0], odd[1], odd[2])
    #expect(starts(on: medium) == odd)
  }

  @Test func elsewhereTheStartsOfPartitionsAre() {
    let cylinder: UInt64 = 255 * 63 * 512
    let track: UInt64 = 63 * 512
    // Half a mebibyte is no start of a partition, nor near one.
    let between: UInt64 = (2 << 30) + (512 << 10)
    #expect(between % cylinder > track + (72 << 10))
    let aligned: [UInt64] = [300 * cylinder, 310 * cylinder + track, 3 << 30]
    let medium = medium(4 << 30, between, aligned[0], aligned[1], aligned[2])
    #expect(starts(on: medium) == aligned)
  }

  @Test func volumesOutsideTheRangeOrBeforeTheFloorAreNone() {
    let medium = medium(1 << 20, 4096, 65_536)
    #expect(starts(on: medium) == [4096, 65_536])
    #expect(starts(on: medium, floor: 4097) == [65_536])
    #expect(starts(on: medium, in: 8192..<(64 << 10)) == [])
    #expect(starts(on: medium, in: 5000..<(1 << 20), floor: 5000) == [65_536])
    #expect(starts(on: medium, in: 6144..<6144) == [])
  }

  @Test func knownZerosAreNotRead() {
    let medium = medium(64 << 40, 1 << 40)
    #expect(starts(on: medium) == [1 << 40])
    #expect(medium.readCount < 4 << 20)
  }

  @Test func anUnreadablePartHidesNoVolumeBehindIt() {
    var bytes = [UInt8](zeros: 64 << 10)
    bytes.write(Self.magic, at: 20_480 + 1024)
    let medium = MemoryMedium(bytes, unreadable: 0..<8192)
    #expect(starts(on: medium) == [20_480])
    // The magic itself is in the part.
    #expect(starts(on: MemoryMedium(bytes, unreadable: 21_504..<22_016)) == [])
  }

  @Test func aMediumThatEndsInsideASectorIsSearchedToItsEnd() {
    for size: UInt64 in [0, 1, 511, 1024, 1027] { #expect(starts(on: medium(size)) == []) }
    #expect(starts(on: medium(4096 + 1024 + 512, 4096)) == [4096])
    #expect(starts(on: medium(4096 + 1024 + 511, 4096)) == [], "the sector is cut")
  }
}
