import Bytes
package import Containers

/// Structures that occur only inside file systems: they reveal a medium whose superblocks are all lost.
package enum MediumRemains {
  /// Length of the examined part of a medium.
  package static let front: UInt64 = 1 << 30
  private static let pieceLength: UInt64 = 1 << 20

  /// Whether such a structure begins at a sector.
  package static func exist(on medium: any Medium) -> Bool {
    let readable = ReadableParts(medium)
    var place: UInt64 = 0
    while place < min(front, medium.size) {
      let zeros = medium.zeros(from: place) / 512 * 512
      guard zeros == 0 else {
        place += min(zeros, medium.size - place)
        continue
      }
      let bytes = (try? readable.bytes(at: place, count: Int(pieceLength))) ?? []
      let isThere = bytes.withUnsafeBytes { bytes in
        stride(from: 0, to: bytes.count - 511, by: 512).contains { offset in
          isStructure(UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + 512)]))
        }
      }
      if isThere { return true }
      place += pieceLength
    }
    return false
  }

  /// Sources: libfsntfs, "MFT entry"; ext4.h, struct ext4_dir_entry_2; jbd2.h, journal_superblock_t; xfs_format.h,
  /// struct xfs_agf, xfs_agi and xfs_dir3_data_hdr; Microsoft, "FAT32 File System Specification" and "exFAT file system
  /// specification", directory entries.
  static func isStructure(_ sector: UnsafeRawBufferPointer) -> Bool {
    switch sector.little(0, as: UInt32.self)?.byteSwapped {
    case 0x4649_4C45:  // FILE
      guard let update: UInt16 = sector.little(4), update == 0x30 || update == 0x2A,
        let first: UInt16 = sector.little(20), first % 8 == 0, first < 128
      else { return false }
      return sector.little(Int(first), as: UInt32.self) == 0x10
    case 0xC03B_3998:
      return [3, 4].contains(sector.little(4, as: UInt32.self)?.byteSwapped)
    case 0x5841_4746, 0x5841_4749: return sector.little(4, as: UInt32.self)?.byteSwapped == 1
    case 0x5844_4233, 0x5844_4433: return true  // XDB3, XDD3
    default: return isDirectory(sector)
    }
  }

  private static func isDirectory(_ sector: UnsafeRawBufferPointer) -> Bool {
    // `.` and `..` of ext, the first with the shortest length.
    if sector[4..<7].elementsEqual([12, 0, 1]), sector[8..<12].elementsEqual([0x2E, 0, 0, 0]),
      sector[18] == 2, sector[20..<24].elementsEqual([0x2E, 0x2E, 0, 0])
    {
      return true
    }
    // `.` and `..` of FAT.
    if sector[0..<11].elementsEqual(".          ".utf8), sector[11] & 0x10 != 0,
      sector[32..<43].elementsEqual("..         ".utf8)
    {
      return true
    }
    // The root of exFAT: a label, the bitmap, the table of capitals.
    let kinds = [sector[0], sector[32], sector[64]]
    return kinds[0] & 0x7F == 0x03 && kinds[1] == 0x81 && kinds[2] == 0x82
      || kinds[0] == 0x81 && kinds[1] == 0x82
  }
}
