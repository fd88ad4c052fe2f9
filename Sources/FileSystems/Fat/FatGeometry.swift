import Bytes
import Evidence

/// Sizes and offsets in the boot sector of a FAT12, FAT16, FAT32 or exFAT volume. Offsets are in
/// bytes from the start of the volume. Sources: Microsoft, "FAT32 File System Specification", BPB;
/// "exFAT file system specification", main boot sector.
struct FatGeometry {
  /// Variant of the format, with the type name that The Sleuth Kit gives it.
  enum Variant: String {
    case fat12, fat16, fat32, exfat
  }

  /// Location of the root directory.
  enum Root {
    /// A fixed area before the first cluster (FAT12, FAT16).
    case area(offset: UInt64, length: UInt64)
    /// A chain of clusters.
    case chain(first: UInt32)
  }

  let variant: Variant
  /// Size of a sector in bytes, 512 to 4096.
  let sectorSize: UInt64
  /// Size of a cluster in bytes.
  let clusterSize: UInt64
  /// Number of clusters; the first one is number 2.
  let clusterCount: UInt64
  /// Offset of the first cluster.
  let clusterStart: UInt64
  /// Offset of the first sector that can hold directory entries.
  let dataStart: UInt64
  /// Offsets of the tables, the active one first.
  let tables: [UInt64]
  /// Length of a table in bytes.
  let tableLength: UInt64
  let root: Root
  /// Length of the volume in bytes.
  let length: UInt64

  /// Reads the first 512 bytes of a volume; nil if they are no boot sector of these formats.
  init?(_ sector: [UInt8]) {
    guard sector.count == 512, sector[510] == 0x55, sector[511] == 0xAA else { return nil }
    let parsed = sector.withUnsafeBytes { boot in
      boot[3..<11].elementsEqual("EXFAT   ".utf8) ? Self(exfat: boot) : Self(fat: boot)
    }
    guard let parsed else { return nil }
    self = parsed
  }

  private init?(exfat boot: UnsafeRawBufferPointer) {
    guard (9...12).contains(boot[108]), boot[109] <= 25 - boot[108], (1...2).contains(boot[110]),
      let sectors: UInt64 = boot.little(72), sectors > 0, sectors <= 1 << 52,
      let table: UInt32 = boot.little(80), let tableSectors: UInt32 = boot.little(84),
      let heap: UInt32 = boot.little(88), let clusters: UInt32 = boot.little(92),
      let root: UInt32 = boot.little(96), let flags: UInt16 = boot.little(106),
      table > 0, tableSectors > 0, heap > table, clusters > 0, clusters <= 0xFFFF_FFF5
    else { return nil }
    variant = .exfat
    sectorSize = 1 << UInt64(boot[108])
    clusterSize = sectorSize << UInt64(boot[109])
    clusterStart = UInt64(heap) * sectorSize
    dataStart = clusterStart
    let oneTable = UInt64(tableSectors) * sectorSize
    tableLength = oneTable
    let first = UInt64(table) * sectorSize
    let all = (0..<UInt64(boot[110])).map { first + $0 * oneTable }
    tables = flags & 1 != 0 && all.count == 2 ? [all[1], all[0]] : all
    length = sectors * sectorSize
    let entries = tableLength / 4
    clusterCount = min(
      UInt64(clusters), entries - min(2, entries),
      (length - min(clusterStart, length)) / clusterSize)
    self.root = .chain(first: root)
    guard clusterCount > 0 else { return nil }
  }

  private init?(fat boot: UnsafeRawBufferPointer) {
    guard boot[0] == 0xEB || boot[0] == 0xE9, boot[21] == 0xF0 || boot[21] >= 0xF8,
      let size: UInt16 = boot.little(11), [512, 1024, 2048, 4096].contains(size),
      boot[13].nonzeroBitCount == 1, let reserved: UInt16 = boot.little(14), reserved > 0,
      (1...8).contains(boot[16]), let rootEntries: UInt16 = boot.little(17),
      let sectors16: UInt16 = boot.little(19), let table16: UInt16 = boot.little(22),
      let sectors32: UInt32 = boot.little(32), let table32: UInt32 = boot.little(36),
      let flags: UInt16 = boot.little(40), let rootCluster: UInt32 = boot.little(44)
    else { return nil }
    let sectors = sectors16 != 0 ? UInt64(sectors16) : UInt64(sectors32)
    let isLong = table16 == 0
    let tableSectors = isLong ? UInt64(table32) : UInt64(table16)
    let copies = UInt64(boot[16])
    let rootLength = UInt64(rootEntries) * 32
    let size64 = UInt64(size)
    let data = UInt64(reserved) + copies * tableSectors
    let heap = data + (rootLength + size64 - 1) / size64
    guard tableSectors > 0, sectors > heap, isLong == (rootEntries == 0) else { return nil }
    let clusters = (sectors - heap) / UInt64(boot[13])
    variant = isLong ? .fat32 : clusters < 4085 ? .fat12 : .fat16
    sectorSize = size64
    clusterSize = size64 * UInt64(boot[13])
    clusterStart = heap * size64
    dataStart = data * size64
    tableLength = tableSectors * size64
    let length = tableLength
    var all = (0..<copies).map { UInt64(reserved) * size64 + $0 * length }
    // Bit 7 says that one table alone is kept up to date, the one in bits 0 to 3.
    let active = Int(flags & 0xF)
    if isLong, flags & 0x80 != 0, all.indices.contains(active) {
      all.swapAt(0, active)
    }
    tables = Array(all.prefix(2))
    let bits: UInt64 = variant == .fat12 ? 12 : variant == .fat16 ? 16 : 32
    let entries = tableLength * 8 / bits
    clusterCount = min(clusters, entries - min(2, entries))
    root =
      isLong
      ? .chain(first: rootCluster) : .area(offset: data * size64, length: rootLength)
    self.length = sectors * size64
    guard clusterCount > 0 else { return nil }
  }

  /// Whether a number is that of a cluster.
  func contains(_ cluster: UInt32) -> Bool {
    cluster >= 2 && UInt64(cluster) - 2 < clusterCount
  }

  /// Offset of a cluster that the volume ``contains(_:)``.
  func offset(of cluster: UInt32) -> UInt64 {
    clusterStart + (UInt64(cluster) - 2) * clusterSize
  }

  /// Number that The Sleuth Kit gives to the directory entry at an offset behind ``dataStart``:
  /// those of the first sector begin with 3.
  func inode(at offset: UInt64) -> UInt64 { (offset - dataStart) / 32 + 3 }
}
