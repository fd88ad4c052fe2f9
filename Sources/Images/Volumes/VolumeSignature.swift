import Evidence

/// What a volume is that no reader opens, by the magic of its format: so that the ledger names what was
/// not read, and says what to do about it.
struct VolumeSignature: Hashable, Sendable {
  /// What the format is called, with its version where that is told: `LUKS2`, `XFS`.
  let name: String
  let kind: Kind
  /// Whether a file system can be opened in such a volume and is only a part, or a remnant, of what it
  /// holds: it is read, and the ledger says that it was not all.
  let isBehindFileSystem: Bool

  init(name: String, kind: Kind, isBehindFileSystem: Bool = false) {
    self.name = name
    self.kind = kind
    self.isBehindFileSystem = isBehindFileSystem
  }

  /// What the bytes of such a volume are to a scan.
  enum Kind: Hashable, Sendable {
    /// Files in the clear, in a format that is not read.
    case fileSystem
    /// Bytes that mean nothing without a key.
    case encrypted
    /// A part of something larger, which is put together as `remedy` says.
    case member(remedy: String)
    /// Pages of memory: no files, and all of it is searched as unallocated space is.
    case swap
  }

  /// What the ledger says of such a volume; nil for one that has nothing to be read.
  var problem: ItemProblem? { problem(because: nil) }

  /// What the ledger says of such a volume, with the reason where a reader gave one.
  func problem(because cause: String?) -> ItemProblem? {
    let cause = cause.map { " (\($0))" } ?? ""
    return switch kind {
    case .fileSystem:
      ItemProblem(
        .unsupported,
        "\(name) file system: not read\(cause); mount it read-only and scan what it holds")
    case .encrypted:
      ItemProblem(
        .encrypted,
        "\(name) encrypted volume: not read; unlock it, and scan the device that this makes")
    case .member(let remedy): ItemProblem(.unsupported, "\(name): not read; \(remedy)")
    case .swap: nil
    }
  }

  /// Looks at the bytes of a volume; nil if nothing is known of them.
  static func detect(_ volume: VolumeBytes) throws(ImageError) -> VolumeSignature? {
    // What wraps a volume comes before what may be left of an older one.
    if let luks = try Luks.signature(of: volume) { return luks }
    if let bitLocker = try bitLockerToGo(volume) { return bitLocker }
    if let known = try VolumeMagic.signature(of: volume) { return known }
    if let coreStorage = try coreStorage(volume) { return coreStorage }
    if let physicalVolume = try logicalVolumes(volume) { return physicalVolume }
    if let member = try LinuxRaid.signature(of: volume) { return member }
    if let swap = try swap(volume) { return swap }
    return try zfs(volume)
  }

  /// A boot sector of FAT whose BitLocker identifier stands at 424 (libbde, "BitLocker Drive Encryption (BDE)
  /// format", BitLocker To Go): the FAT holds the reader program, and the volume is in its files.
  private static func bitLockerToGo(_ volume: VolumeBytes) throws(ImageError) -> VolumeSignature? {
    let identifier: [UInt8] = [
      0x3B, 0xD6, 0x67, 0x49, 0x29, 0x2E, 0xD8, 0x4A, 0x83, 0x99, 0xF6, 0xA3, 0x39, 0xE3, 0xD0,
      0x01,
    ]
    guard try volume.hold("MSWIN4.1", at: 3), try volume.bytes(at: 424, count: 16) == identifier
    else { return nil }
    return VolumeSignature(name: "BitLocker To Go", kind: .encrypted, isBehindFileSystem: true)
  }

  /// The volume header of Apple CoreStorage: block type 0x10, `CS` at 88 (libfvde, "FileVault Drive
  /// Encryption (FVDE)", volume header). FileVault 2 and Fusion Drives begin like this alike.
  private static func coreStorage(_ volume: VolumeBytes) throws(ImageError) -> VolumeSignature? {
    guard try volume.hold("CS", at: 88), try volume.number(8, as: UInt16.self) == 1,
      try volume.number(10, as: UInt16.self) == 0x10
    else { return nil }
    return VolumeSignature(name: "CoreStorage (FileVault 2 or Fusion Drive)", kind: .encrypted)
  }

  /// An LVM2 physical volume where ``LvmGroup`` is not asked: inside of a logical one.
  private static func logicalVolumes(_ volume: VolumeBytes) throws(ImageError) -> VolumeSignature? {
    guard try LvmLabel.sector(of: volume) != nil else { return nil }
    return VolumeSignature(
      name: "LVM2 physical volume", kind: .member(remedy: LvmGroup.remedy))
  }

  /// The last ten bytes of the first page (Linux, include/linux/swap.h), whose size is the machine's; once a
  /// machine hibernated to it, another name stands there (kernel/power/swap.c).
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

  /// An uberblock in the second half of one of the two labels at the front of a ZFS device (OpenZFS,
  /// include/sys/vdev_impl.h and uberblock_impl.h), in the byte order of the machine that wrote it.
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
