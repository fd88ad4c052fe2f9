import Bytes

/// What a file is, by its own bytes: a container by its magic, or a raw image by a valid partition table
/// or superblock. Magic comes before "raw": a container taken for raw would be scanned as noise.
enum ImageSignature: Hashable, Sendable {
  /// A container that is not raw, by name.
  case container(String)
  /// A raw image, and what was recognised in it.
  case raw(String)

  /// Looks at an image; nil for a file that is none.
  static func detect(_ image: some ImageReader) throws(ImageError) -> ImageSignature? {
    var head = [UInt8](repeating: 0, count: 70_000)
    let count = try read(image, at: 0, into: &head)
    head.removeLast(head.count - count)
    if let name = containers.first(where: { head.holds($0.magic, at: $0.offset) })?.name {
      return .container(name)
    }
    // AFF4 is a Zip archive whose first members name it.
    if head.holds("PK\u{03}\u{04}", at: 0), head.contains("aff4") { return .container("AFF4") }
    if image.size >= 512 {
      var tail = [UInt8](repeating: 0, count: 512)
      _ = try read(image, at: image.size - 512, into: &tail)
      // A fixed VHD has its footer at the end only, a UDIF disk image its trailer (koly).
      if tail.holds("conectix", at: 0) { return .container("VHD") }
      if tail.holds("koly", at: 0) { return .container("Apple disk image (UDIF)") }
    }
    if let name = superblocks.first(where: { head.holds($0.magic, at: $0.offset) })?.name {
      return .raw(name)
    }
    if head.isExtSuperblock { return .raw("ext2/3/4") }
    if head.isFAT { return .raw("FAT") }
    return head.isPartitionTable(imageSize: image.size) ? .raw("MBR partition table") : nil
  }

  private static func read(
    _ image: some ImageReader, at offset: UInt64, into bytes: inout [UInt8]
  ) throws(ImageError) -> Int {
    var outcome: Result<Int, ImageError> = .success(0)
    bytes.withUnsafeMutableBytes { buffer in
      do throws(ImageError) { outcome = .success(try image.read(into: buffer, at: offset)) } catch {
        outcome = .failure(error)
      }
    }
    return try outcome.get()
  }

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

  /// The formats' own documents: libewf, libvmdk, libqcow, libvhdi and libmodi describe them.
  private static let containers: [Magic] = [
    Magic("EWF (E01)", 0, "EVF\u{09}\u{0D}\u{0A}"), Magic("EWF (Ex01)", 0, "EVF2\u{0D}\u{0A}"),
    Magic("EWF (L01)", 0, "LVF\u{09}\u{0D}\u{0A}"), Magic("VMDK", 0, "KDMV"),
    Magic("VMDK", 0, "COWD"), Magic("VMDK", 0, "# Disk DescriptorFile"),
    Magic("VHD", 0, "conectix"), Magic("VHDX", 0, "vhdxfile"), Magic("QCOW", 0, "QFI\u{FB}"),
    Magic("VDI", 0x40, "\u{7F}\u{10}\u{DA}\u{BE}"), Magic("Parallels", 0, "WithoutFreeSpace"),
    Magic("Parallels", 0, "WithouFreSpacExt"), Magic("AFF", 0, "AFF10\u{0D}\u{0A}"),
    Magic("Apple sparse image", 0, "sprs"),
  ]

  /// Magic of file systems and partition tables that is long enough to stand alone.
  private static let superblocks: [Magic] = [
    Magic("NTFS", 3, "NTFS    "), Magic("exFAT", 3, "EXFAT   "),
    Magic("BitLocker", 3, "-FVE-FS-"), Magic("GPT", 512, "EFI PART"),
    Magic("GPT", 4096, "EFI PART"), Magic("ISO 9660", 32769, "CD001"),
    Magic("XFS", 0, "XFSB"), Magic("btrfs", 65600, "_BHRfS_M"), Magic("APFS", 32, "NXSB"),
    Magic("LUKS", 0, "LUKS\u{BA}"), Magic("LVM", 512, "LABELONE"), Magic("LVM", 0, "LABELONE"),
    Magic("HFS+", 1024, "H+\u{00}\u{04}"), Magic("HFSX", 1024, "HX\u{00}\u{05}"),
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
