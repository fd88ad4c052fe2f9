import Bytes

/// Decides by the first bytes of a file whether more of it is worth reading to know if it is a disk image.
enum EmbeddedHead {
  /// Length of a disk without a container that is one at least.
  private static let leastDisk: UInt64 = 65_536

  /// Whether a file of `size` bytes, all ones if it is not known, may be an image.
  static func mayBeImage(_ head: RawSpan, size: UInt64) -> Bool {
    guard head.byteCount >= 4, size >= 512 else { return false }
    if isContainer(head) || mayBeAppleImage(head) { return true }
    guard size >= leastDisk, size == .max || size % 512 == 0 else { return false }
    // Members of archives may show no more than a few hundred bytes at first.
    return head.byteCount < 2048 ? mayBeDisk(beginning: head) : mayBeDisk(head)
  }

  /// The marks of the formats in `ContainerFormats` that are at the beginning; AFF4 is left to the readers of ZIP.
  private static func isContainer(_ head: RawSpan) -> Bool {
    switch head.little(0, as: UInt32.self)?.byteSwapped {
    case 0x4B44_4D56, 0x434F_5744, 0x2320_4469: true  // KDMV, COWD, "# Di"
    case 0x7668_6478, 0x5146_49FB, 0x636F_6E65: true  // vhdx, QFI, cone(ctix)
    case 0x4556_4609, 0x4556_4632, 0x4C56_4609: true  // EVF, EVF2, LVF
    case 0x4146_4631, 0x5769_7468, 0x7370_7273: true  // AFF1(0), With(outFreeSpace), sprs
    case 0x00FF_FFFF: true  // the mark of a sector of a disc
    // The magic of VDI is behind its text.
    default: head.little(64, as: UInt32.self) == 0xBEDA_107F
    }
  }

  /// Only the end of an Apple disk image has a mark; it begins with its first chunk, compressed.
  private static func mayBeAppleImage(_ head: RawSpan) -> Bool {
    let (first, second) = (head.little(0, as: UInt8.self), head.little(1, as: UInt8.self))
    return switch first {
    case 0x78: second == 0x01 || second == 0x5E || second == 0x9C || second == 0xDA
    case 0x42: second == 0x5A  // BZ
    case 0xFD: second == 0x37  // xz
    case 0x62: second == 0x76  // bvx
    default: false
    }
  }

  /// Whether a disk may begin with these few bytes: with code, nothing, or a superblock.
  private static func mayBeDisk(beginning head: RawSpan) -> Bool {
    switch head.little(0, as: UInt8.self) {
    // Jumps, and other beginnings of boot code; "ER", with which discs begin that are also disks.
    case 0x00, 0xEB, 0xE9, 0xFA, 0xFC, 0x33, 0x31, 0x0E, 0xB8, 0xBE, 0xEA, 0x45: true
    case 0x58: head.little(0, as: UInt32.self) == 0x4253_4658  // XFSB
    case 0x4C: head.little(0, as: UInt32.self) == 0x534B_554C  // LUKS
    default: head.little(32, as: UInt32.self) == 0x4253_584E  // NXSB
    }
  }

  /// Whether these bytes have a mark of a disk, or nothing where a boot sector would be.
  private static func mayBeDisk(_ head: RawSpan) -> Bool {
    if head.little(510, as: UInt16.self) == 0xAA55 { return true }
    if head.little(1080, as: UInt16.self) == 0xEF53 { return true }
    switch head.little(0, as: UInt32.self) {
    case 0x4253_4658, 0x534B_554C: return true  // XFSB, LUKS
    default: break
    }
    switch head.little(32, as: UInt32.self) {
    case 0x4253_584E: return true  // NXSB
    default: break
    }
    switch head.little(512, as: UInt32.self) {
    case 0x2049_4645, 0x0000_4D50, 0x4542_414C: return true  // EFI, PM, LABE(LONE)
    default: break
    }
    switch head.little(1024, as: UInt16.self) {
    case 0x2B48, 0x5848: return true  // H+, HX
    default: break
    }
    return (0..<64).allSatisfy { head.little($0 * 8, as: UInt64.self) == 0 }
  }
}
