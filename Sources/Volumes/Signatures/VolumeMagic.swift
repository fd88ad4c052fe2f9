import Containers

/// A format recognised by its magic at a fixed offset.
struct VolumeMagic: Sendable {
  private let offset: UInt64
  private let magic: String
  private let signature: VolumeSignature

  private init(_ name: String, _ offset: UInt64, _ magic: String, _ kind: VolumeSignature.Kind) {
    self.offset = offset
    self.magic = magic
    signature = VolumeSignature(name: name, kind: kind)
  }

  /// Sources, by format: BitLocker [libbde], ReFS [libfsrefs], XFS [xfs_format.h], btrfs
  /// [btrfs_tree.h], F2FS [f2fs_fs.h], bcachefs and bcache [bcachefs_format.h, bcache.h],
  /// squashfs [squashfs_fs.h], EROFS [erofs_fs.h], JFS [jfs_superblock.h], ReiserFS
  /// [reiserfs_fs.h], NILFS2 [nilfs2_ondisk.h], HFS [Inside Macintosh: Files], UDF [ECMA-167
  /// 2/9.1], VMFS [vmfs-tools, vmfs_lvm.h], Storage Spaces [gus33000/StorageSpace].
  private static let all: [VolumeMagic] = [
    VolumeMagic("BitLocker", 3, "-FVE-FS-", .encrypted),
    VolumeMagic("ReFS", 3, "ReFS\u{00}\u{00}\u{00}\u{00}", .fileSystem),
    VolumeMagic("XFS", 0, "XFSB", .fileSystem),
    VolumeMagic("btrfs", 0x10040, "_BHRfS_M", .fileSystem),
    VolumeMagic("F2FS", 1024, "\u{10}\u{20}\u{F5}\u{F2}", .fileSystem),
    VolumeMagic(
      "bcachefs", 4096 + 24,
      "\u{C6}\u{85}\u{73}\u{F6}\u{66}\u{CE}\u{90}\u{A9}\u{D9}\u{6A}\u{60}\u{CF}\u{80}\u{3D}\u{F7}\u{EF}",
      .fileSystem),
    VolumeMagic(
      "bcache", 4096 + 24,
      "\u{C6}\u{85}\u{73}\u{F6}\u{4E}\u{1A}\u{45}\u{CA}\u{82}\u{65}\u{F5}\u{7F}\u{48}\u{BA}\u{6D}\u{81}",
      .member(remedy: "register it with its cache and scan the device /dev/bcacheN")),
    VolumeMagic("squashfs", 0, "hsqs", .fileSystem),
    VolumeMagic("EROFS", 1024, "\u{E2}\u{E1}\u{F5}\u{E0}", .fileSystem),
    VolumeMagic("JFS", 0x8000, "JFS1", .fileSystem),
    VolumeMagic("ReiserFS", 0x10034, "ReIsEr", .fileSystem),
    VolumeMagic("VMFS", 1 << 20, "\u{0D}\u{D0}\u{01}\u{C0}", .fileSystem),
    VolumeMagic("UDF", 32769, "NSR0", .fileSystem), VolumeMagic("UDF", 34817, "NSR0", .fileSystem),
    VolumeMagic("UDF", 36865, "NSR0", .fileSystem),
    VolumeMagic(
      "Storage Spaces pool member", 0, "SPACEDB ",
      .member(remedy: "attach all disks of the pool to Windows and scan the virtual disk")),
  ]

  /// Format whose magic is in a volume; nil if there is none.
  static func signature(of volume: VolumeBytes) throws(ImageError) -> VolumeSignature? {
    for format in all where try volume.hold(format.magic, at: format.offset) {
      return format.signature
    }
    return nil
  }
}
