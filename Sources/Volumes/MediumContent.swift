import Bytes
package import Containers

/// Content of a medium, by its own bytes: a partition table, a file system, or the remains of one.
package enum MediumContent {
  /// Whether the bytes indicate a disk image: a valid partition table or superblock, or remnants
  /// of one.
  package static func isImage(_ file: any Medium) throws(ImageError) -> Bool {
    if try name(of: file) != nil { return true }
    return try holdsRemnants(file)
  }

  /// Whether a file among others certainly is a disk: it begins with a partition table or a file system, as a program, an
  /// archive or a kernel of Linux may seem to. Swap space of a machine has no files.
  package static func isDisk(_ file: any Medium) throws(ImageError) -> Bool {
    guard file.size >= 65_536, file.size % 512 == 0 else { return false }
    let head = try file.bytes(at: 0, count: 1024)
    // Documentation/arch/x86/boot.rst: "HdrS" at 0x202, behind the signature of a boot sector.
    guard !wrappers.contains(where: { head.holds($0, at: 0) }), !head.holds("HdrS", at: 0x202)
    else {
      return false
    }
    return try name(of: file).map { !$0.hasPrefix("Linux swap") } ?? false
  }

  /// Evidence of an image whose start is lost: the backup GPT at its end, or any superblock or copy of one that
  /// fits. A program or archive may have an image inside: it stays a file.
  private static func holdsRemnants(_ file: any Medium) throws(ImageError) -> Bool {
    for size in [512, 4096] as [UInt64] where file.size > size {
      let last = try file.bytes(at: file.size - size, count: 8)
      if last.holds("EFI PART", at: 0) { return true }
    }
    let head = try file.bytes(at: 0, count: 8)
    guard file.size >= 65_536, !wrappers.contains(where: { head.holds($0, at: 0) }) else {
      return false
    }
    let search = LostVolumes(medium: file)
    var position: UInt64 = 0
    // Each may identify a volume; one that does not fit is a coincidence.
    for _ in 0..<64 {
      guard let found = search.first(from: position, in: 0..<file.size, floor: 0) else {
        return false
      }
      let length = found.candidate.length ?? 0
      if length >= 4096, length <= file.size - found.candidate.start { return true }
      position = found.next
    }
    return false
  }

  /// Whether the first sector is one repeated byte, as of a disk that was wiped, or was never bootable.
  package static func beginsBlank(_ file: any Medium) throws(ImageError) -> Bool {
    let sector = try file.bytes(at: 0, count: 512)
    return sector.count == 512 && sector.allSatisfy { $0 == sector[0] }
  }

  /// The first bytes of files that hold others: programs, archives, documents.
  private static let wrappers = [
    "MZ", "\u{7F}ELF", "PK", "\u{1F}\u{8B}", "7z\u{BC}\u{AF}", "Rar!", "%PDF", "\u{FD}7zXZ", "BZh",
    "MSCF",
    "\u{28}\u{B5}\u{2F}\u{FD}", "!<arch>", "\u{D0}\u{CF}\u{11}\u{E0}", "\u{CA}\u{FE}\u{BA}\u{BE}",
  ]

  /// Recognises the content of a medium by its first bytes; nil if they are not recognised.
  package static func name(of medium: any Medium) throws(ImageError) -> String? {
    let head = try medium.bytes(at: 0, count: headSize)
    if let name = superblocks.first(where: { head.holds($0.magic, at: $0.offset) })?.name {
      return name
    }
    let bytes = VolumeBytes(medium, at: 0, length: medium.size)
    if let volume = try VolumeSignature.detect(bytes) {
      return volume.name
    }
    if head.isExtSuperblock { return "ext2/3/4" }
    if head.isFAT { return "FAT" }
    return MasterBootRecord.isTable(head, mediumSize: medium.size) ? "MBR partition table" : nil
  }

  /// Bytes from the start of a file that contain every magic.
  private static let headSize = 70_000

  private struct Magic {
    let name: String
    let offset: Int
    let magic: String

    init(_ name: String, _ offset: Int, _ magic: String) {
      self.name = name
      self.offset = offset
      self.magic = magic
    }
  }

  /// Magics of readable formats that are long enough to be sufficient; ``VolumeSignature``
  /// recognises the unreadable ones.
  private static let superblocks: [Magic] = [
    Magic("NTFS", 3, "NTFS    "), Magic("exFAT", 3, "EXFAT   "),
    Magic("GPT", 512, "EFI PART"), Magic("GPT", 4096, "EFI PART"),
    Magic("ISO 9660", 32769, "CD001"),
    Magic("APFS", 32, "NXSB"), Magic("HFS+", 1024, "H+\u{00}\u{04}"),
    Magic("HFSX", 1024, "HX\u{00}\u{05}"),
    Magic("Apple partition map", 512, "PM\u{00}\u{00}"),
    Magic("UFS2", 66908, "\u{19}\u{01}\u{54}\u{19}"),
    Magic("UFS1", 9564, "\u{54}\u{19}\u{01}\u{00}"),
  ]
}

extension [UInt8] {
  /// Whether an ext superblock is at 1024: s_magic 0xEF53 at 56, s_log_block_size at 24, inodes
  /// at 0 (ext4.h).
  fileprivate var isExtSuperblock: Bool {
    count >= 2048 && little(1024 + 56, as: UInt16.self) == 0xEF53
      && little(1024 + 24, as: UInt32.self) <= 6
      && little(1024, as: UInt32.self) > 0
  }

  /// Whether a boot sector has a jump and a plausible BIOS parameter block (Microsoft,
  /// fatgen103).
  fileprivate var isFAT: Bool {
    guard count >= 512, little(510, as: UInt16.self) == 0xAA55, self[0] == 0xEB || self[0] == 0xE9
    else {
      return false
    }
    let clusters = self[13]
    return [512, 1024, 2048, 4096].contains(little(11, as: UInt16.self)) && clusters != 0
      && clusters & (clusters - 1) == 0 && little(14, as: UInt16.self) > 0
      && (1...2).contains(self[16])
      && (self[21] == 0xF0 || self[21] >= 0xF8)
  }
}
