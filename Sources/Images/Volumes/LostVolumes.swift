/// Looks for file systems that no partition table names: where one was deleted, wiped, or written over. Each is where
/// partitions begin, and fits into the room that it claims.
struct LostVolumes {
  let medium: any ImageReader

  /// Partitions begin there: with a mebibyte today, behind a track or a cylinder of old geometries before (63 sectors
  /// a track, 255 tracks a cylinder).
  private static let mebibyte: UInt64 = 1 << 20
  private static let track: UInt64 = 63 * 512
  private static let cylinder: UInt64 = 255 * 63 * 512

  /// No medium has so many volumes.
  private static let maximumCount = 128
  /// Where so many places in a row have nothing, 64 GiB or so, the range has nothing.
  private static let maximumMisses = 1 << 16

  /// What begins in some ranges of the medium and ends in the same range, in order.
  func entries(in ranges: ByteRanges) -> [VolumeEntry] {
    var entries = [VolumeEntry]()
    for range in ranges.ranges {
      var misses = 0
      var start = Self.place(from: range.lowerBound)
      while start < range.upperBound, misses < Self.maximumMisses {
        if let length = length(at: start, room: range.upperBound - start) {
          entries.append(VolumeEntry(start: start, length: length, label: Self.label))
          guard entries.count < Self.maximumCount else { return entries }
          misses = 0
          start = Self.place(from: start + length)
        } else {
          misses += 1
          // What a container knows to be zeros is not even read.
          let zeros = medium.zeros(from: start)
          start = Self.place(
            from: start + max(zeros, UInt64(Self.headSize)) - UInt64(Self.headSize) + 1)
        }
      }
    }
    return entries
  }

  /// Every superblock lies within so many bytes of a volume's start.
  private static let headSize = 8192

  /// What such a volume is called in place of its partition's name.
  static let label = "not in the partition table"

  /// The first place from a byte on at which a partition may begin.
  private static func place(from byte: UInt64) -> UInt64 {
    func up(_ step: UInt64, _ first: UInt64) -> UInt64 {
      byte <= first ? first : (byte - first + step - 1) / step * step + first
    }
    return min(up(mebibyte, 0), up(cylinder, 0), up(cylinder, track))
  }

  /// How long the file system is that begins at a byte of the medium; nil if there is none, or if it needs more room.
  private func length(at start: UInt64, room: UInt64) -> UInt64? {
    guard let head = try? medium.bytes(at: start, count: Int(min(UInt64(Self.headSize), room)))
    else {
      return nil
    }
    let length = head.withUnsafeBytes { head in
      Self.bootSector(head) ?? Self.ext(head) ?? Self.hfs(head) ?? Self.apfs(head) ?? Self.xfs(head)
    }
    guard let length, length >= 4096, length <= room else { return nil }
    return length
  }

  /// NTFS, exFAT and FAT by their boot sectors. Sources: libfsntfs, "volume header"; Microsoft, "exFAT file system
  /// specification", main boot sector; "FAT32 File System Specification", boot sector and BPB.
  private static func bootSector(_ head: UnsafeRawBufferPointer) -> UInt64? {
    guard head.little(510) as UInt16? == 0xAA55 else { return nil }
    if head.holds("EXFAT   ", at: 3) {
      guard let sectors: UInt64 = head.little(72), let shift: UInt8 = head.little(108),
        (9...12).contains(shift)
      else { return nil }
      return product(sectors, 1 << UInt64(shift))
    }
    guard let size: UInt16 = head.little(11), [512, 1024, 2048, 4096].contains(size),
      let cluster: UInt8 = head.little(13), cluster != 0
    else { return nil }
    if head.holds("NTFS    ", at: 3) {
      // The copy of the boot sector lies behind the last one that is counted.
      return head.little(40, as: UInt64.self).flatMap { product($0, UInt64(size)) }
    }
    guard head.holds("FAT", at: 54) || head.holds("FAT32   ", at: 82),
      let short: UInt16 = head.little(19), let long: UInt32 = head.little(32)
    else { return nil }
    return product(short == 0 ? UInt64(long) : UInt64(short), UInt64(size))
  }

  /// ext2, ext3 and ext4 by their first superblock, not one of its copies. Source: ext4.h, struct ext4_super_block.
  private static func ext(_ head: UnsafeRawBufferPointer) -> UInt64? {
    guard head.little(1024 + 56) as UInt16? == 0xEF53, head.little(1024 + 90) as UInt16? == 0,
      let low: UInt32 = head.little(1024 + 4), let shift: UInt32 = head.little(1024 + 24),
      shift <= 6, let features: UInt32 = head.little(1024 + 96),
      let high: UInt32 = head.little(1024 + 336)
    else { return nil }
    let is64Bit = features & 0x80 != 0
    return product(UInt64(low) | (is64Bit ? UInt64(high) << 32 : 0), 1024 << UInt64(shift))
  }

  /// HFS+ by its volume header. Source: Apple, TN1150, HFSPlusVolumeHeader.
  private static func hfs(_ head: UnsafeRawBufferPointer) -> UInt64? {
    guard head.holds("H+\u{00}\u{04}", at: 1024) || head.holds("HX\u{00}\u{05}", at: 1024),
      let size: UInt32 = head.little(1024 + 40), let blocks: UInt32 = head.little(1024 + 44)
    else { return nil }
    return product(UInt64(blocks.byteSwapped), UInt64(size.byteSwapped))
  }

  /// A container of APFS by its superblock. Source: Apple File System Reference, nx_superblock_t.
  private static func apfs(_ head: UnsafeRawBufferPointer) -> UInt64? {
    guard head.holds("NXSB", at: 32), let size: UInt32 = head.little(36),
      let blocks: UInt64 = head.little(40)
    else { return nil }
    return product(blocks, UInt64(size))
  }

  /// XFS by the superblock of its first group, which the map of that group's free space follows: not one of the copies
  /// in other groups. Source: xfs_format.h, struct xfs_dsb and xfs_agf.
  private static func xfs(_ head: UnsafeRawBufferPointer) -> UInt64? {
    guard head.holds("XFSB", at: 0), let size: UInt32 = head.little(4),
      let blocks: UInt64 = head.little(8), let sector: UInt16 = head.little(102)
    else { return nil }
    let map = Int(sector.byteSwapped)
    guard head.holds("XAGF", at: map), head.little(map + 8, as: UInt32.self) == 0 else {
      return nil
    }
    return product(blocks.byteSwapped, UInt64(size.byteSwapped))
  }

  private static func product(_ count: UInt64, _ size: UInt64) -> UInt64? {
    let (product, overflow) = count.multipliedReportingOverflow(by: size)
    return overflow ? nil : product
  }
}

extension UnsafeRawBufferPointer {
  /// Whether `magic`, a text of code points up to U+00FF, stands at `offset`.
  fileprivate func holds(_ magic: String, at offset: Int) -> Bool {
    let wanted = magic.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    return count >= offset + wanted.count
      && self[offset..<(offset + wanted.count)].elementsEqual(wanted)
  }
}
