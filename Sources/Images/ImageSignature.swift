import Bytes

/// What a file is, by its own bytes: a container by its magic, or a raw image by a valid partition table
/// or superblock. Magic comes before "raw": a container taken for raw would be scanned as noise.
enum ImageSignature: Hashable, Sendable {
  /// A container that is not raw.
  case container(ContainerKind)
  /// A raw image, and what was recognised in it.
  case raw(String)

  /// Looks at a file; nil for one that is no image.
  static func detect(_ file: some ImageReader) throws(ImageError) -> ImageSignature? {
    if let kind = try container(of: file) { return .container(kind) }
    return try content(of: file).map { .raw($0) }
  }

  /// Which container a file is; nil if it is none.
  static func container(of file: any ImageReader) throws(ImageError) -> ContainerKind? {
    let head = try file.bytes(at: 0, count: 4096)
    if let kind = containers.first(where: { head.holds($0.magic, at: $0.offset) })?.kind {
      return kind
    }
    if head.holds("<?xml", at: 0), head.contains(SparseBundle.mark) { return .sparseBundle }
    // AFF4 is a Zip archive. Its members are called by URNs, and the directory at the end names the description.
    if head.holds("PK\u{03}\u{04}", at: 0) {
      let first = try file.bytes(at: 0, count: headSize)
      let start = file.size - min(file.size, UInt64(headSize))
      let last = try file.bytes(at: start, count: headSize)
      if ["aff4:", "aff4%3A", description].contains(where: first.contains)
        || last.contains(description)
      {
        return .aff4
      }
    }
    guard file.size >= 512 else { return nil }
    // A fixed VHD has its footer at the end only, an Apple disk image its trailer; the footers of
    // Virtual PC before 2004 lack a byte.
    let tail = try file.bytes(at: file.size - 512, count: 512)
    if tail.holds("conectix", at: 0) || tail.holds("conectix", at: 1) { return .vhd }
    return tail.holds("koly", at: 0) ? .udif : nil
  }

  /// What the first bytes of a medium are; nil if nothing is recognised in them.
  static func content(of medium: any ImageReader) throws(ImageError) -> String? {
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
    return head.isPartitionTable(imageSize: medium.size) ? "MBR partition table" : nil
  }

  /// The member of an AFF4 container that says what the others are.
  private static let description = "information.turtle"

  /// Every magic lies within so many bytes.
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

  private struct ContainerMagic {
    let kind: ContainerKind
    let offset: Int
    let magic: String

    init(_ kind: ContainerKind, _ offset: Int, _ magic: String) {
      self.kind = kind
      self.offset = offset
      self.magic = magic
    }
  }

  /// The formats' own documents: libewf, libvmdk, libqcow, libvhdi and libmodi describe them.
  private static let containers: [ContainerMagic] = [
    ContainerMagic(.ewf, 0, "EVF\u{09}\u{0D}\u{0A}"), ContainerMagic(.ewf2, 0, "EVF2\u{0D}\u{0A}"),
    ContainerMagic(.logicalEWF, 0, "LVF\u{09}\u{0D}\u{0A}"), ContainerMagic(.vmdk, 0, "KDMV"),
    ContainerMagic(.vmdk, 0, "COWD"), ContainerMagic(.vmdk, 0, "# Disk DescriptorFile"),
    ContainerMagic(.vhd, 0, "conectix"), ContainerMagic(.vhdx, 0, "vhdxfile"),
    ContainerMagic(.qcow, 0, "QFI\u{FB}"), ContainerMagic(.vdi, 0x40, "\u{7F}\u{10}\u{DA}\u{BE}"),
    ContainerMagic(.parallels, 0, "WithoutFreeSpace"),
    ContainerMagic(.parallels, 0, "WithouFreSpacExt"),
    ContainerMagic(.aff, 0, "AFF10\u{0D}\u{0A}"), ContainerMagic(.sparseImage, 0, "sprs"),
  ]

  /// Magic of what can be read and is long enough to stand alone; what cannot, ``VolumeSignature`` knows.
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
  /// Whether these bytes have `magic`, a text of code points up to U+00FF, at `offset`.
  fileprivate func holds(_ magic: String, at offset: Int) -> Bool {
    let wanted = magic.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    return count >= offset + wanted.count && self[offset..<(offset + wanted.count)] == wanted[...]
  }

  /// Whether the text occurs anywhere.
  fileprivate func contains(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    return indices.contains { index in
      self[index] == wanted[0] && self[index...].starts(with: wanted)
    }
  }

  private func little16(_ offset: Int) -> Int { Int(self[offset]) | Int(self[offset + 1]) << 8 }
  private func little32(_ offset: Int) -> UInt64 {
    UInt64(little16(offset)) | UInt64(little16(offset + 2)) << 16
  }

  /// Superblock at 1024: s_magic 0xEF53 at 56, s_log_block_size at 24, inodes at 0 (ext4.h).
  fileprivate var isExtSuperblock: Bool {
    count >= 2048 && little16(1024 + 56) == 0xEF53 && little32(1024 + 24) <= 6
      && little32(1024) > 0
  }

  /// A boot sector with a jump and a BIOS parameter block that makes sense (Microsoft, fatgen103).
  fileprivate var isFAT: Bool {
    guard count >= 512, little16(510) == 0xAA55, self[0] == 0xEB || self[0] == 0xE9 else {
      return false
    }
    let clusters = self[13]
    return [512, 1024, 2048, 4096].contains(little16(11)) && clusters != 0
      && clusters & (clusters - 1) == 0 && little16(14) > 0 && (1...2).contains(self[16])
      && (self[21] == 0xF0 || self[21] >= 0xF8)
  }

  /// Four entries at 446: each empty, or with a flag of 0 or 80 and a start inside the image.
  fileprivate func isPartitionTable(imageSize: UInt64) -> Bool {
    guard count >= 512, little16(510) == 0xAA55 else { return false }
    var used = 0
    for entry in stride(from: 446, to: 510, by: 16) {
      guard self[entry] & 0x7F == 0 else { return false }
      guard self[entry + 4] != 0 else { continue }
      let start = little32(entry + 8)
      guard start > 0, little32(entry + 12) > 0, start * 512 < imageSize else { return false }
      used += 1
    }
    return used > 0
  }
}
