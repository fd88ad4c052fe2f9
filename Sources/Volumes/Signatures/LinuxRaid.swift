import Containers

/// Superblock of a member of a Linux software RAID (Linux, include/uapi/linux/raid/md_p.h):
/// version 1 at the end, the start, or 4 KiB after the start; version 0.90 at the end.
enum LinuxRaid {
  private static let magic: UInt32 = 0xA92B_4EFC

  static func signature(of volume: VolumeBytes) throws(ImageError) -> VolumeSignature? {
    let sectors = volume.length / 512
    // Version 1.0 (super_1_load): at least 8 KiB before the end, at a multiple of 4 KiB.
    let atEnd = sectors >= 16 ? (sectors - 16) & ~7 : 0
    for (minor, sector) in [(2, 8), (1, 0), (0, atEnd)] as [(Int, UInt64)] {
      if let member = try version1(volume, at: sector, minor) { return member }
    }
    return try version090(volume, sectors)
  }

  private static func version1(_ volume: VolumeBytes, at sector: UInt64, _ minor: Int)
    throws(ImageError) -> VolumeSignature?
  {
    let place = sector * 512
    guard try volume.number(place, as: UInt32.self) == magic,
      try volume.number(place + 4, as: UInt32.self) == 1,
      // A superblock contains its own position: reject copies at other positions.
      try volume.number(place + 144, as: UInt64.self) == sector,
      let level = try volume.number(place + 72, as: Int32.self),
      let disks = try volume.number(place + 92, as: UInt32.self)
    else { return nil }
    // Only in a mirror with its superblock at the end does the file system start where the volume
    // starts.
    return member("1.\(minor)", level, disks, isMirrorFromStart: minor == 0 && level == 1)
  }

  private static func version090(_ volume: VolumeBytes, _ sectors: UInt64) throws(ImageError)
    -> VolumeSignature?
  {
    // Last whole 64 KiB (MD_NEW_SIZE_SECTORS).
    guard sectors >= 128 else { return nil }
    let place = ((sectors & ~127) - 128) * 512
    guard try volume.number(place, as: UInt32.self) == magic,
      try volume.number(place + 4, as: UInt32.self) == 0,
      try volume.number(place + 8, as: UInt32.self) == 90,
      let level = try volume.number(place + 28, as: Int32.self),
      let disks = try volume.number(place + 40, as: UInt32.self)
    else { return nil }
    return member("0.90", level, disks, isMirrorFromStart: level == 1)
  }

  private static func member(
    _ version: String, _ level: Int32, _ disks: UInt32, isMirrorFromStart: Bool
  ) -> VolumeSignature {
    let array =
      switch level {
      case -1: "linear array"
      case 0, 1, 4, 5, 6, 10: "RAID \(level)"
      default: "array"
      }
    return VolumeSignature(
      name: "Linux software RAID member (\(array) of \(disks), metadata \(version))",
      kind: .member(remedy: "assemble the array read-only (mdadm --assemble) and scan its device"),
      isBehindFileSystem: !isMirrorFromStart)
  }
}
