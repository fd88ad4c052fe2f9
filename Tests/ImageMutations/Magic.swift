/// Magics of structures in containers, partition tables and file systems, with their offset in
/// a sector: places where damage matters.
enum Magic {
  static let all: [(offset: Int, bytes: [UInt8])] =
    [
      // Partition tables and boot sectors.
      (0, "EFI PART"), (0, "PM"), (0, "ER"), (3, "NTFS"), (3, "EXFAT"), (3, "MSDOS"),
      (3, "mkfs.fat"),
      // NTFS.
      (0, "FILE"), (0, "INDX"), (0, "RCRD"), (0, "RSTR"),
      // APFS, HFS+, ISO 9660, XFS, btrfs, LVM, LUKS.
      (32, "NXSB"), (32, "APSB"), (0, "H+"), (0, "HX"), (1, "CD001"), (0, "XFSB"), (0, "XAGF"),
      (0, "XAGI"), (0, "IN"), (0, "XD2B"), (0, "XDB3"), (64, "_BHRfS_M"), (0, "LABELONE"),
      (0, "LUKS"), (0, "ABTB"), (0, "ABTC"), (0, "IAB3"), (0, "FIB3"), (0, "XDD3"),
      // Containers.
      (0, "QFI"), (0, "KDMV"), (0, "# Disk"), (0, "conectix"), (0, "cxsparse"), (0, "vhdxfile"),
      (0, "head"), (0, "regi"), (0, "metadata"), (0, "loge"), (0, "With"),
      (0, "koly"), (0, "mish"), (0, "EVF"), (0, "PK"), (0, "AFF"),
      // Archives.
      (0, "7z"), (0, "MSCF"), (0, "MZ"), (257, "ustar"),
    ].map { ($0.0, Array($0.1.utf8)) } + [
      // A compound file.
      (0, [0xD0, 0xCF, 0x11, 0xE0]),
      // A boot sector; ext's superblock, the root of an inode's extents, a node of them; UFS1 and UFS2.
      (510, [0x55, 0xAA]), (56, [0x53, 0xEF]), (40, [0x0A, 0xF3]), (168, [0x0A, 0xF3]),
      (296, [0x0A, 0xF3]), (424, [0x0A, 0xF3]), (0, [0x0A, 0xF3]), (348, [0x54, 0x19, 0x01, 0x00]),
      (348, [0x19, 0x01, 0x54, 0x19]), (64, [0x7F, 0x10, 0xDA, 0xBE]),
      // A directory of ext begins with itself, one of FAT with a name that is itself.
      (8, [0x01, 0x02, 0x2E, 0x00]), (0, Array(".          ".utf8)),
    ]
}
