import Containers

/// Headers of LUKS1 and LUKS2 (LUKS1 On-Disk Format Specification, 2; LUKS2 On-Disk Format
/// Specification, 2.1): magic, and the version as a big-endian number.
enum Luks {
  /// Offsets of the secondary LUKS2 header: it follows the first one, which has one of nine
  /// sizes.
  private static let secondaryOffsets = (0..<UInt64(9)).map { UInt64(0x4000) << $0 }

  static func signature(of volume: VolumeBytes) throws(ImageError) -> VolumeSignature? {
    if try volume.hold("LUKS\u{BA}\u{BE}", at: 0), let version = try version(of: volume, at: 6) {
      return VolumeSignature(name: "LUKS\(version)", kind: .encrypted)
    }
    for offset in secondaryOffsets
    where try volume.hold("SKUL\u{BA}\u{BE}", at: offset) {
      guard try version(of: volume, at: offset + 6) == 2 else { continue }
      return VolumeSignature(name: "LUKS2 (its first header is gone)", kind: .encrypted)
    }
    return nil
  }

  private static func version(of volume: VolumeBytes, at offset: UInt64) throws(ImageError)
    -> UInt16?
  {
    guard let number = try volume.number(offset, as: UInt16.self) else { return nil }
    let version = number.byteSwapped
    return (1...2).contains(version) ? version : nil
  }
}
