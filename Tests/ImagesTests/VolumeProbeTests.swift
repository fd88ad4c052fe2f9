import Containers
import Evidence
import TestSupport
import Testing

@testable import Volumes

/// Volumes of a medium, as a table, file systems and the medium's own bytes state them.
@Suite struct VolumeProbeTests {
  /// Answers as the helper process does.
  private final class Opener: VolumeOpener {
    var tables: [UInt32: [VolumeEntry]] = [:]
    var types: [UInt64: String] = [:]
    var failures: [UInt64: VolumeFailure] = [:]
    var contained: Result<[ContainedVolume], VolumeFailure> = .success([])
    private(set) var patches: [MediumPatch] = []

    func partitions(sectorSize: UInt32) throws(VolumeFailure) -> [VolumeEntry] {
      tables[sectorSize] ?? []
    }

    func fileSystem(at volume: VolumeAddress) throws(VolumeFailure) -> String {
      if let failure = failures[volume.start] { throw failure }
      guard let type = types[volume.start] else { throw .refused(.unknown("nothing is known")) }
      return type
    }

    func containedVolumes(at container: UInt64) throws(VolumeFailure) -> [ContainedVolume] {
      try contained.get()
    }

    func replace(_ change: (inout [MediumPatch]) -> Void) { change(&patches) }
  }

  private let size: UInt64 = 8 << 20
  private let mebibyte: UInt64 = 1 << 20

  private func entry(_ start: UInt64, _ length: UInt64, _ label: String = "data") -> VolumeEntry {
    VolumeEntry(start: start, length: length, label: label)
  }

  private func volumes(
    _ opener: Opener, _ parts: (offset: UInt64, bytes: [UInt8])...
  ) throws -> [ImageVolume] {
    try VolumeProbe(medium: SparseMedium(size: size, knowsZeros: true, parts), opener: opener)
      .volumes()
  }

  @Test func volumesOfTheTableComeInItsOrder() throws {
    let opener = Opener()
    opener.tables[512] = [entry(4 * mebibyte, mebibyte, "b"), entry(mebibyte, mebibyte, "a")]
    opener.types = [mebibyte: "ext4", 4 * mebibyte: "ntfs"]
    let found = try volumes(opener)
    #expect(found.map(\.volume.type) == ["ntfs", "ext4"] && found.map(\.volume.index) == [0, 1])
    #expect(found.map(\.label) == ["b", "a"] && found.allSatisfy { $0.problem == nil })
    #expect(found.map(\.runs) == [[4 * mebibyte..<5 * mebibyte], [mebibyte..<2 * mebibyte]])
  }

  @Test func aMediumWithoutATableIsOneVolume() throws {
    let opener = Opener()
    opener.types[0] = "xfs"
    let found = try volumes(opener)
    #expect(found.map(\.volume) == [Volume(index: 0, start: 0, length: size, type: "xfs")])
    #expect(found.first?.label == "")
    // Nothing is known of it either: it is reported, never silently empty.
    let unknown = try volumes(Opener())
    #expect(unknown.map(\.volume.type) == ["unknown"])
    #expect(unknown.first?.problem == ItemProblem(.unsupported, "nothing is known"))
  }

  @Test func aTableThatNamesOnlySkippedVolumesMayHaveAnotherSectorSize() throws {
    let opener = Opener()
    opener.tables = [512: [entry(512, 4096)], 4096: [entry(4096, mebibyte)]]
    opener.types[4096] = "ext4"
    #expect(try volumes(opener).map(\.volume.type) == ["ext4"])
    // A failure is no skip: the table stands.
    opener.failures[512] = .failed(ItemProblem(.unreadable, "the helper ended"))
    let failed = try volumes(opener)
    #expect(failed.map(\.problem?.reason) == [.unreadable] && failed.first?.volume.start == 512)
  }

  @Test func entriesOfAMasterBootRecordReplaceARefusedTable() throws {
    var sector = [UInt8](zeros: 512)
    sector[450] = 0x83
    sector.write(little: UInt32(2048), at: 454)
    sector.write(little: UInt32(2048), at: 458)
    sector.write([0x55, 0xAA], at: 510)
    let opener = Opener()
    opener.types[mebibyte] = "ext4"
    let found = try volumes(opener, (0, sector))
    #expect(found.map(\.volume.start) == [mebibyte])
    #expect(found.first?.label == "partition of type 0x83")
  }

  @Test func whatLiesBeyondTheEndIsTruncated() throws {
    let opener = Opener()
    opener.tables[512] = [
      entry(7 * mebibyte, 2 * mebibyte), entry(9 * mebibyte, mebibyte), entry(mebibyte, .max),
    ]
    opener.types = [7 * mebibyte: "ext4", 9 * mebibyte: "ext4", mebibyte: "ext4"]
    let found = try volumes(opener)
    // The first is there in part, the second is gone.
    #expect(found.map(\.problem?.reason) == [nil, .truncated, nil])
    #expect(found[0].omissions.map(\.reason) == [.truncated] && found[1].omissions.isEmpty)
    #expect(found[0].omissions[0].message.contains("bytes 8388608 to 9437184"))
    #expect(found[2].omissions.map(\.reason) == [.truncated])
  }

  /// The magic of F2FS leads to the start of a volume.
  private func lost(at start: UInt64) -> (offset: UInt64, bytes: [UInt8]) {
    (start + 1024, [0x10, 0x20, 0xF5, 0xF2])
  }

  @Test func volumesBetweenThoseOfTheTableAreFound() throws {
    let opener = Opener()
    opener.tables[512] = [entry(mebibyte, mebibyte)]
    opener.types = [mebibyte: "ext4", 4 * mebibyte: "f2fs"]
    let found = try volumes(opener, lost(at: 4 * mebibyte), lost(at: 6 * mebibyte))
    #expect(found.map(\.volume.type) == ["ext4", "f2fs"])
    #expect(found[1].label == "not in the partition table")
    // It states no length: it takes the rest, where the other one is.
    #expect(found[1].volume.range == 4 * mebibyte..<size)
  }

  @Test func aLostVolumeThatNobodyOpensIsReportedIfItsFormatIsKnown() throws {
    let opener = Opener()
    opener.tables[512] = [entry(mebibyte, mebibyte)]
    opener.types = [mebibyte: "ext4"]
    let known = try volumes(opener, lost(at: 4 * mebibyte))
    #expect(known.map(\.volume.type) == ["ext4", "F2FS"])
    #expect(known[1].problem?.reason == .unsupported)
    // A descriptor of an optical disc without any block only looks like one.
    let coincidence: (offset: UInt64, bytes: [UInt8]) = (4 * mebibyte, [1] + Array("CD001".utf8))
    #expect(try volumes(opener, coincidence).map(\.volume.type) == ["ext4"])
  }

  @Test func volumesInsideAnUnknownPartitionReplaceIt() throws {
    let opener = Opener()
    opener.tables[512] = [entry(mebibyte, 6 * mebibyte), entry(7 * mebibyte, mebibyte)]
    opener.types = [3 * mebibyte: "f2fs", 7 * mebibyte: "ext4"]
    let found = try volumes(opener, lost(at: 3 * mebibyte))
    #expect(found.map(\.volume.start) == [7 * mebibyte, 3 * mebibyte])
    #expect(found[1].volume.range == 3 * mebibyte..<7 * mebibyte)
  }

  @Test func copiesReplaceLostStructuresOfAVolumeOnly() throws {
    // A copy of the superblock of group 1: blocks of 1 KiB, 64 in a group.
    var block = [UInt8](zeros: 1024)
    block.write(little: UInt32(16), at: 0)
    block.write(little: UInt32(1000), at: 4)
    block.write(little: UInt32(1), at: 20)
    block.write(little: UInt32(64), at: 32)
    block.write([0x53, 0xEF], at: 56)
    block.write(little: UInt16(1), at: 90)
    let copy = (offset: 4 * mebibyte + 65 * 1024, bytes: block)
    let opener = Opener()
    opener.tables[512] = [entry(mebibyte, mebibyte)]
    opener.types = [mebibyte: "ntfs"]
    #expect(try volumes(opener, copy).count == 1)
    #expect(opener.patches.isEmpty, "it was a coincidence")
    opener.types[4 * mebibyte] = "ext4"
    #expect(try volumes(opener, copy).map(\.volume.start) == [mebibyte, 4 * mebibyte])
    #expect(opener.patches.first?.offset == 4 * mebibyte + 1024)
  }

  @Test func containersOfVolumesAreReplacedByTheirVolumes() throws {
    let opener = Opener()
    let superblock = (offset: UInt64(32), bytes: Array("NXSB".utf8))
    opener.contained = .success([
      ContainedVolume(block: 100, name: "Macintosh HD", isEncrypted: false, snapshotCount: 1),
      ContainedVolume(block: 200, name: "Data", isEncrypted: true, snapshotCount: 0),
    ])
    let found = try volumes(opener, superblock)
    #expect(found.map(\.volume.name) == ["Macintosh HD", "Data"])
    #expect(found.map(\.volume.index) == [0, 1] && found.map(\.address.block) == [100, 200])
    #expect(found.map(\.problem?.reason) == [nil, .encrypted])
    #expect(found[0].omissions.first?.message.hasPrefix("1 snapshot of") == true)
    opener.contained = .success([])
    #expect(try volumes(opener, superblock).first?.problem?.message.contains("without") == true)
    opener.contained = .failure(.failed(ItemProblem(.timedOut, "it took too long")))
    #expect(try volumes(opener, superblock).map(\.problem?.reason) == [.timedOut])
  }

  @Test func aFileSystemThatClaimsMoreThanItsPartitionIsSaid() throws {
    // F2FS states no length; a boot sector of FAT16 with 20,000 sectors does.
    var sector = [UInt8](zeros: 512)
    sector.write([0xEB, 0x3C, 0x90], at: 0)
    sector.write([0, 2, 2, 1, 0, 2, 0, 2], at: 11)
    sector.write(little: UInt16(20_000), at: 19)
    sector.write([0xF8, 40, 0], at: 21)
    sector.write("FAT16   ", at: 54)
    sector.write([0x55, 0xAA], at: 510)
    let opener = Opener()
    opener.tables[512] = [entry(mebibyte, mebibyte)]
    opener.types = [mebibyte: "fat16"]
    let found = try volumes(opener, (mebibyte, sector))
    #expect(found.map(\.omissions.first?.reason) == [.truncated])
    #expect(found.first?.omissions.first?.message.contains("claims 10240000 bytes") == true)
  }

  @Test func aDiscWithATableHasItsFileSystemBesides() throws {
    var descriptor = [1] + Array("CD001".utf8) + [UInt8](zeros: 78)
    descriptor.write(little: UInt32(100), at: 80)
    let opener = Opener()
    opener.tables[512] = [entry(4 * mebibyte, mebibyte)]
    opener.types = [0: "iso9660", 4 * mebibyte: "hfs+"]
    let found = try volumes(opener, (32_768, descriptor))
    #expect(found.map(\.volume.type) == ["hfs+", "iso9660"])
    #expect(found[1].volume.length == 100 * 2048)
  }
}
