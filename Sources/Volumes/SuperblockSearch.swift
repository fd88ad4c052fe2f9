import Bytes
import Containers

/// Recognises a volume by any sector that identifies it: its superblock, or a copy of it elsewhere.
struct SuperblockSearch {
  let medium: any Medium

  /// Number of bytes examined from a sector on.
  static let lookahead = 4096

  /// Volume that a sector at a byte of the medium identifies; nil if there is none. `bytes` begin with the
  /// sector and are at most ``lookahead``, fewer at the end.
  func candidate(_ bytes: UnsafeRawBufferPointer, at place: UInt64) -> VolumeCandidate? {
    guard bytes.count >= 512 else { return nil }
    if bytes[510] == 0x55, bytes[511] == 0xAA, let volume = bootSector(bytes, place) {
      return volume
    }
    if bytes[56] == 0x53, bytes[57] == 0xEF, let volume = ext(bytes, place) { return volume }
    switch bytes[0] {
    case UInt8(ascii: "X"): return xfs(bytes, place)
    case UInt8(ascii: "H"): return hfs(bytes, place)
    default: return apfs(bytes, place) ?? named(bytes, place)
    }
  }

  // MARK: Boot sectors

  /// NTFS, exFAT and FAT by their boot sectors, or by the copies of those. Sources: libfsntfs, "volume header";
  /// Microsoft, "exFAT file system specification", main and backup boot region; "FAT32 File System Specification",
  /// boot sector and BPB.
  private func bootSector(_ head: UnsafeRawBufferPointer, _ place: UInt64) -> VolumeCandidate? {
    if head.holds("EXFAT   ", at: 3) { return exfat(head, place) }
    guard let size: UInt16 = head.little(11), [512, 1024, 2048, 4096].contains(size),
      head[13] != 0
    else { return nil }
    let sector = UInt64(size)
    if head.holds("NTFS    ", at: 3) { return ntfs(head, place, sector) }
    guard head.holds("FAT", at: 54) || head.holds("FAT32   ", at: 82),
      let short: UInt16 = head.little(19), let long: UInt32 = head.little(32),
      let length = Self.product(short == 0 ? UInt64(long) : UInt64(short), sector),
      let reserved: UInt16 = head.little(14)
    else { return nil }
    func isStart(_ start: UInt64) -> Bool {
      // A table of FAT begins with the kind of medium.
      guard let first = number(start &+ UInt64(reserved) * sector, as: UInt16.self) else {
        return false
      }
      return first == 0xFF00 | UInt16(head[21])
    }
    if head.holds("FAT32   ", at: 82), !isStart(place), let copy: UInt16 = head.little(50),
      copy > 0, let start = Self.difference(place, UInt64(copy) * sector), isStart(start)
    {
      return VolumeCandidate(
        start: start, length: length,
        patches: [MediumPatch(offset: start, bytes: Array(head.prefix(512)))])
    }
    return VolumeCandidate(start: place, length: length)
  }

  private func exfat(_ head: UnsafeRawBufferPointer, _ place: UInt64) -> VolumeCandidate? {
    guard let sectors: UInt64 = head.little(72), (9...12).contains(head[108]),
      let table: UInt32 = head.little(80),
      let length = Self.product(sectors, 1 << UInt64(head[108]))
    else { return nil }
    let sector = UInt64(1) << UInt64(head[108])
    func isStart(_ start: UInt64) -> Bool {
      number(start &+ UInt64(table) * sector, as: UInt32.self) == 0xFFFF_FFF8
    }
    guard !isStart(place), let start = Self.difference(place, 12 * sector), isStart(start),
      let region = try? medium.bytes(at: place, count: Int(12 * sector))
    else { return VolumeCandidate(start: place, length: length) }
    return VolumeCandidate(
      start: start, length: length, patches: [MediumPatch(offset: start, bytes: region)])
  }

  private func ntfs(_ head: UnsafeRawBufferPointer, _ place: UInt64, _ sector: UInt64)
    -> VolumeCandidate?
  {
    guard let sectors: UInt64 = head.little(40), let length = Self.product(sectors, sector),
      let table: UInt64 = head.little(48), let mirror: UInt64 = head.little(56),
      let cluster = Self.clusterSize(head, sector)
    else { return nil }
    func isStart(_ start: UInt64) -> Bool {
      [table, mirror].contains { number in
        guard let inside = Self.product(number, cluster) else { return false }
        return self.number(start &+ inside, as: UInt32.self) == 0x454C_4946  // FILE
      }
    }
    // The copy lies behind the last sector that is counted.
    guard !isStart(place), let start = Self.difference(place, length), isStart(start) else {
      return VolumeCandidate(start: place, length: length, patches: mirrored(head, place, sector))
    }
    let boot = MediumPatch(offset: start, bytes: Array(head.prefix(512)))
    return VolumeCandidate(
      start: start, length: length, patches: [boot] + mirrored(head, start, sector))
  }

  /// The first entries of the master file table from its mirror, where they are lost.
  private func mirrored(_ head: UnsafeRawBufferPointer, _ start: UInt64, _ sector: UInt64)
    -> [MediumPatch]
  {
    guard let table: UInt64 = head.little(48), let mirror: UInt64 = head.little(56),
      let cluster = Self.clusterSize(head, sector)
    else { return [] }
    let size = Int8(bitPattern: head[64])
    let record =
      size > 0 ? Self.product(UInt64(size), cluster) ?? 0 : 1 << min(UInt64(-Int(size)), 16)
    guard let from = Self.product(mirror, cluster), let to = Self.product(table, cluster),
      record >= 512, record <= 65_536,
      number(start &+ to, as: UInt32.self) != 0x454C_4946,
      number(start &+ from, as: UInt32.self) == 0x454C_4946,
      let bytes = try? medium.bytes(at: start &+ from, count: Int(4 * record))
    else { return [] }
    return [MediumPatch(offset: start &+ to, bytes: bytes)]
  }

  /// Size of an NTFS cluster in bytes: its number of sectors, which above 128 is a negative power of two; nil if it
  /// is impossible.
  private static func clusterSize(_ head: UnsafeRawBufferPointer, _ sector: UInt64) -> UInt64? {
    let sectors = head[13] > 0x80 ? 1 << (256 - UInt64(head[13])) : UInt64(head[13])
    return sectors > 0 ? product(sectors, sector) : nil
  }

  // MARK: Superblocks

  /// ext2, ext3 and ext4 by a superblock, the first or a copy at the front of a group. Source: ext4.h, struct
  /// ext4_super_block.
  private func ext(_ block: UnsafeRawBufferPointer, _ place: UInt64) -> VolumeCandidate? {
    guard block.count >= 1024, let inodes: UInt32 = block.little(0), inodes > 0,
      let low: UInt32 = block.little(4), let first: UInt32 = block.little(20), first <= 1,
      let shift: UInt32 = block.little(24), shift <= 6, let perGroup: UInt32 = block.little(32),
      perGroup > 0, let group: UInt16 = block.little(90), let features: UInt32 = block.little(96),
      let high: UInt32 = block.little(336), let revision: UInt32 = block.little(76), revision <= 1
    else { return nil }
    let size = UInt64(1024) << UInt64(shift)
    let count = UInt64(low) | (features & 0x80 != 0 ? UInt64(high) << 32 : 0)
    guard let length = Self.product(count, size) else { return nil }
    let descriptor: UInt64 = features & 0x80 != 0 ? UInt64(block.little(254) ?? 64 as UInt16) : 32
    let groups = (count + UInt64(perGroup) - 1) / UInt64(perGroup)
    // Descriptors in the groups that they describe (meta_bg) have other places.
    let table = features & 0x10 == 0 ? Self.product(groups, descriptor) ?? .max : .max
    func descriptors(of start: UInt64, from copy: UInt64) -> [MediumPatch] {
      guard table <= 1 << 20 else { return [] }
      return self.descriptors(
        at: start + (UInt64(first) + 1) * size, from: copy, count: Int(table), Int(descriptor))
    }
    if group == 0 {
      guard let start = Self.difference(place, 1024) else { return nil }
      let copy = start &+ (UInt64(perGroup) + UInt64(first)) &* size
      let hasCopy = number(copy &+ 56, as: UInt16.self) == 0xEF53
      return VolumeCandidate(
        start: start, length: length,
        patches: hasCopy ? descriptors(of: start, from: copy &+ size) : [])
    }
    guard
      let inside = Self.product(UInt64(group) * UInt64(perGroup) + UInt64(first), size),
      let start = Self.difference(place, inside)
    else { return nil }
    var copy = Array(block.prefix(1024))
    (copy[90], copy[91]) = (0, 0)
    let patches = [MediumPatch(offset: start + 1024, bytes: copy)]
    return VolumeCandidate(
      start: start, length: length, patches: patches + descriptors(of: start, from: place + size))
  }

  /// The group descriptors from their copy, if the first one is lost. The copy is as old as the file system:
  /// its marks of unused groups and inodes are no longer valid.
  private func descriptors(at place: UInt64, from copy: UInt64, count: Int, _ size: Int)
    -> [MediumPatch]
  {
    guard size >= 32, size <= 1024, var bytes = try? medium.bytes(at: copy, count: count),
      bytes.count == count, count >= size,
      let stored = try? medium.bytes(at: place, count: size), stored.count == size
    else { return [] }
    // Places of bitmaps and inodes: an older copy may differ from intact descriptors.
    guard stored[0..<12].allSatisfy({ $0 == 0 }) else { return [] }
    for start in stride(from: 0, to: count - size + 1, by: size) {
      for offset in [18, 19, 28, 29] { bytes[start + offset] = 0 }
      if size >= 64 { for offset in [50, 51] { bytes[start + offset] = 0 } }
    }
    return [MediumPatch(offset: place, bytes: bytes)]
  }

  /// HFS+ by its volume header, or by the copy of that 1024 bytes before its end. Source: Apple, TN1150,
  /// HFSPlusVolumeHeader.
  private func hfs(_ head: UnsafeRawBufferPointer, _ place: UInt64) -> VolumeCandidate? {
    guard head.holds("H+\u{00}\u{04}", at: 0) || head.holds("HX\u{00}\u{05}", at: 0),
      let size: UInt32 = head.little(40), let blocks: UInt32 = head.little(44),
      let length = Self.product(UInt64(blocks.byteSwapped), UInt64(size.byteSwapped))
    else { return nil }
    if let start = Self.difference(place + 1024, length),
      let first = try? medium.bytes(at: start + 1024, count: 4),
      first.first != head.first,
      start % 512 == 0, let own = Self.difference(place, 1024), own + length > medium.size
    {
      return VolumeCandidate(
        start: start, length: length,
        patches: [MediumPatch(offset: start + 1024, bytes: Array(head.prefix(512)))])
    }
    return Self.difference(place, 1024).map { VolumeCandidate(start: $0, length: length) }
  }

  /// Recognises an APFS container by its superblock. Source: Apple File System Reference,
  /// nx_superblock_t.
  private func apfs(_ head: UnsafeRawBufferPointer, _ place: UInt64) -> VolumeCandidate? {
    guard head.holds("NXSB", at: 32), let size: UInt32 = head.little(36),
      let blocks: UInt64 = head.little(40), let length = Self.product(blocks, UInt64(size))
    else { return nil }
    return VolumeCandidate(start: place, length: length)
  }

  /// XFS by the superblock of a group, which the map of that group's free space follows. Source: xfs_format.h, struct
  /// xfs_dsb and xfs_agf.
  private func xfs(_ head: UnsafeRawBufferPointer, _ place: UInt64) -> VolumeCandidate? {
    guard head.holds("XFSB", at: 0), let size: UInt32 = head.little(4),
      let blocks: UInt64 = head.little(8), let sector: UInt16 = head.little(102),
      let perGroup: UInt32 = head.little(84),
      let length = Self.product(blocks.byteSwapped, UInt64(size.byteSwapped))
    else { return nil }
    let map = Int(sector.byteSwapped)
    guard head.holds("XAGF", at: map), let group: UInt32 = head.little(map + 8) else { return nil }
    if group == 0 { return VolumeCandidate(start: place, length: length) }
    guard
      let inside = Self.product(
        UInt64(group.byteSwapped) * UInt64(perGroup.byteSwapped), UInt64(size.byteSwapped)),
      let start = Self.difference(place, inside)
    else { return nil }
    return VolumeCandidate(
      start: start, length: length,
      patches: [MediumPatch(offset: start, bytes: Array(head.prefix(map)))])
  }

  /// Recognises a format by its magic alone, and locates the start of its volume; its type is decided by
  /// the reader that opens it.
  private func named(_ head: UnsafeRawBufferPointer, _ place: UInt64) -> VolumeCandidate? {
    func volume(_ before: UInt64, _ length: UInt64? = nil) -> VolumeCandidate? {
      Self.difference(place, before).map { VolumeCandidate(start: $0, length: length) }
    }
    if head.holds("LUKS\u{BA}\u{BE}", at: 0) || head.holds("-FVE-FS-", at: 3)
      || head.holds("ReFS\u{00}\u{00}\u{00}\u{00}", at: 3)
    {
      return volume(0)
    }
    if head.holds("_BHRfS_M", at: 0x40), let own: UInt64 = head.little(0x30) {
      return volume(own, head.little(0x70))
    }
    if head.holds("\u{01}CD001", at: 0), let blocks: UInt32 = head.little(80) {
      return volume(32_768, UInt64(blocks) * 2048)
    }
    if head.holds("LABELONE", at: 0), let sector: UInt64 = head.little(8), sector < 4 {
      return volume(sector * 512)
    }
    if head.holds("\u{10}\u{20}\u{F5}\u{F2}", at: 0) { return volume(1024) }
    // UFS2 has its superblock 64 KiB from its start, UFS1 8 KiB; the magic is 1372 bytes in that.
    if head.holds("\u{19}\u{01}\u{54}\u{19}", at: 348) { return volume(1024 + 65_536) }
    if head.holds("\u{54}\u{19}\u{01}\u{00}", at: 348) { return volume(1024 + 8192) }
    return nil
  }

  // MARK: Numbers

  private func number<Number: FixedWidthInteger>(_ offset: UInt64, as _: Number.Type) -> Number? {
    guard offset < medium.size,
      let bytes = try? medium.bytes(at: offset, count: MemoryLayout<Number>.size)
    else { return nil }
    return bytes.withUnsafeBytes { $0.little(0) }
  }

  private static func product(_ count: UInt64, _ size: UInt64) -> UInt64? {
    let (product, overflow) = count.multipliedReportingOverflow(by: size)
    return overflow || product > UInt64(Int64.max) ? nil : product
  }

  private static func difference(_ place: UInt64, _ distance: UInt64) -> UInt64? {
    place >= distance ? place - distance : nil
  }
}

extension UnsafeRawBufferPointer {
  /// Whether `magic`, a text of code points up to U+00FF, is at `offset`.
  fileprivate func holds(_ magic: StaticString, at offset: Int) -> Bool {
    var position = offset
    return magic.withUTF8Buffer { text in
      var index = 0
      while index < text.count {
        var value = text[index]
        // Two bytes of UTF-8 are a code point up to U+00FF.
        if value >= 0x80, index + 1 < text.count {
          value = (value & 0x03) << 6 | text[index + 1] & 0x3F
          index += 1
        }
        guard position < count, self[position] == value else { return false }
        position += 1
        index += 1
      }
      return true
    }
  }
}
