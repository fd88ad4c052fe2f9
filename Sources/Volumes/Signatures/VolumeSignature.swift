import Bytes
import Containers
import Evidence

/// Type of a volume that no reader opens, recognised by the magic of its format, so that the
/// ledger names the unread volume and a remedy.
struct VolumeSignature: Hashable, Sendable {
  /// Name of the format, with its version if known: `LUKS2`, `XFS`.
  let name: String
  let kind: Kind
  /// Whether a file system can be opened in such a volume but is only a part, or a remnant, of
  /// its content: it is read, and the ledger reports the rest.
  let isBehindFileSystem: Bool

  init(name: String, kind: Kind, isBehindFileSystem: Bool = false) {
    self.name = name
    self.kind = kind
    self.isBehindFileSystem = isBehindFileSystem
  }

  /// Meaning of such a volume's bytes to a scan.
  enum Kind: Hashable, Sendable {
    /// Unencrypted files in an unsupported format.
    case fileSystem
    /// Encrypted bytes.
    case encrypted
    /// A part of something larger, which `remedy` tells how to assemble.
    case member(remedy: String)
    /// Memory pages: no files; all of it is carved like unallocated space.
    case swap
  }

  /// Problem to report for such a volume; nil if it has nothing to read.
  var problem: ItemProblem? { problem(because: nil) }

  /// Problem to report for such a volume, with the reader's reason if it gave one.
  func problem(because cause: String?) -> ItemProblem? {
    let cause = cause.map { " (\($0))" } ?? ""
    return switch kind {
    case .fileSystem:
      ItemProblem(
        .unsupported,
        "\(name) file system: not parsed\(cause); mount it read-only and scan its files")
    case .encrypted:
      ItemProblem(
        .encrypted,
        "\(name) encrypted volume: not parsed; unlock it and scan the decrypted device")
    case .member(let remedy): ItemProblem(.unsupported, "\(name): not parsed; \(remedy)")
    case .swap: nil
    }
  }

  /// Recognises the bytes of a volume; nil if nothing is known of them.
  static func detect(_ volume: VolumeBytes) throws(ImageError) -> VolumeSignature? {
    // A format that wraps the volume takes precedence over remains of an older one.
    if let luks = try Luks.signature(of: volume) { return luks }
    if let bitLocker = try bitLockerToGo(volume) { return bitLocker }
    if let known = try VolumeMagic.signature(of: volume) { return known }
    if let coreStorage = try coreStorage(volume) { return coreStorage }
    if let physicalVolume = try logicalVolumes(volume) { return physicalVolume }
    if let member = try LinuxRaid.signature(of: volume) { return member }
    if let swap = try swap(volume) { return swap }
    return try zfs(volume)
  }

  /// Recognises a FAT boot sector with a BitLocker identifier at 424 (libbde, "BitLocker Drive
  /// Encryption (BDE) format", BitLocker To Go): the FAT contains the reader program, and the
  /// volume is in its files.
  private static func bitLockerToGo(_ volume: VolumeBytes) throws(ImageError) -> VolumeSignature? {
    let identifier: [UInt8] = [
      0x3B, 0xD6, 0x67, 0x49, 0x29, 0x2E, 0xD8, 0x4A, 0x83, 0x99, 0xF6, 0xA3, 0x39, 0xE3, 0xD0,
      0x01,
    ]
    guard try volume.hold("MSWIN4.1", at: 3), try volume.bytes(at: 424, count: 16) == identifier
    else { return nil }
    return VolumeSignature(name: "BitLocker To Go", kind: .encrypted, isBehindFileSystem: true)
  }

  /// Recognises the volume header of Apple CoreStorage: block type 0x10, `CS` at 88 (libfvde,
  /// "FileVault Drive Encryption (FVDE)", volume header). FileVault 2 and Fusion Drives both
  /// begin like this.
  private static func coreStorage(_ volume: VolumeBytes) throws(ImageError) -> VolumeSignature? {
    guard try volume.hold("CS", at: 88), try volume.number(8, as: UInt16.self) == 1,
      try volume.number(10, as: UInt16.self) == 0x10
    else { return nil }
    return VolumeSignature(name: "CoreStorage (FileVault 2 or Fusion Drive)", kind: .encrypted)
  }

  /// Recognises an LVM2 physical volume where ``LvmGroup`` is not used: inside a logical volume.
  private static func logicalVolumes(_ volume: VolumeBytes) throws(ImageError) -> VolumeSignature? {
    guard try LvmLabel.sector(of: volume) != nil else { return nil }
    return VolumeSignature(
      name: "LVM2 physical volume", kind: .member(remedy: LvmGroup.remedy))
  }

  /// Recognises swap space by the last ten bytes of the first page (Linux, include/linux/swap.h),
  /// whose size depends on the machine. After hibernation, another name is there
  /// (kernel/power/swap.c).
  private static func swap(_ volume: VolumeBytes) throws(ImageError) -> VolumeSignature? {
    for page in [4096, 8192, 16384, 65536] as [UInt64] {
      for name in ["SWAPSPACE2", "SWAP-SPACE"] where try volume.hold(name, at: page - 10) {
        return VolumeSignature(name: "Linux swap", kind: .swap)
      }
      if try volume.hold("S1SUSPEND", at: page - 10) {
        return VolumeSignature(name: "Linux swap (hibernated)", kind: .swap)
      }
    }
    return nil
  }

  /// Recognises ZFS by an uberblock in the second half of one of the two labels at the front of a
  /// device (OpenZFS, include/sys/vdev_impl.h and uberblock_impl.h), in the byte order of the
  /// machine that wrote it.
  private static func zfs(_ volume: VolumeBytes) throws(ImageError) -> VolumeSignature? {
    let magic: UInt64 = 0x00BA_B10C
    for label in [0, 256 << 10] as [UInt64] {
      let ring = try volume.bytes(at: label + (128 << 10), count: 128 << 10)
      let isThere = ring.withUnsafeBytes { ring in
        stride(from: 0, to: ring.count, by: 1024).contains { offset in
          let number: UInt64? = ring.little(offset)
          return number == magic || number == magic.byteSwapped
        }
      }
      guard isThere else { continue }
      return VolumeSignature(
        name: "ZFS pool member",
        kind: .member(remedy: "import the pool read-only (zpool import -o readonly=on) and scan it")
      )
    }
    return nil
  }
}
