import Bytes
import Evidence

/// Recognition of archives by the first bytes of a content.
enum ArchiveSignature: Hashable {
  /// All of it is an archive.
  case whole(ArchiveKind)
  /// It is a program, with bytes behind its sections that may be an archive, or resources that may be some.
  case program(overlay: Range<UInt64>?, hasResources: Bool)
  /// It is a compound file, whose root directory entry says whether it is a setup package.
  case compoundFile(root: UInt64)
  /// Bytes behind the system area of a disc may say that it is one.
  case disc

  /// First bytes that are read again at another place.
  static let headSize = 4096
  /// Offset of the identifier of the first volume descriptor (ECMA-119, 8.1).
  static let discIdentifier: UInt64 = 32_769

  /// Bytes behind which no signature of an archive is, but those that ``discIdentifier`` and headers of programs name.
  private static let reach = 262

  /// Whether a content may be an archive, or these first bytes are too few to know.
  static func mayBe(_ head: RawSpan, size: UInt64) -> Bool {
    guard !isClassFile(head) else { return false }
    return head.byteCount < min(size, UInt64(reach)) || ArchiveSignature(head, size: size) != nil
  }

  /// Whether it is a Java class (The Java Virtual Machine Specification, 4.1), by its magic number and a version from
  /// 45 on. Where an archive's signature would be, it has text. A universal program has the same magic number, and
  /// fewer architectures.
  private static func isClassFile(_ head: RawSpan) -> Bool {
    guard head.begins(with: [0xCA, 0xFE, 0xBA, 0xBE]), let version: UInt16 = head.little(6) else {
      return false
    }
    return version.byteSwapped >= 45
  }

  init?(_ head: RawSpan, size: UInt64) {
    guard !Self.isClassFile(head) else { return nil }
    if let kind = ArchiveKind(beginning: head) {
      self = .whole(kind)
    } else if head.begins(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
      let shift: UInt16 = head.little(30), shift == 9 || shift == 12,
      let sector: UInt32 = head.little(48)
    {
      // MS-CFB 2.2: sectors are counted behind the header, which has one.
      self = .compoundFile(root: (UInt64(sector) + 1) << UInt64(shift))
    } else if let header = ProgramHeader(head) {
      let overlay = header.overlay(head, size: size)
      guard overlay != nil || header.resourceAddress > 0 else { return nil }
      self = .program(overlay: overlay, hasResources: header.resourceAddress > 0)
    } else if head.begins(with: [0, 0]), size > Self.discIdentifier + 2048 {
      self = .disc
    } else {
      return nil
    }
  }
}

extension ArchiveKind {
  /// Kind of the archive that begins like this; nil for none. ISO images and setup packages need more.
  init?(beginning head: RawSpan) {
    switch head.little(0, as: UInt8.self) {
    case UInt8(ascii: "P")
    where head.begins(with: "PK\u{3}\u{4}") || head.begins(with: "PK\u{7}\u{8}PK\u{3}\u{4}")
      || head.begins(with: "PK\u{5}\u{6}"):
      self = .zip
    case 0x37 where head.begins(with: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]): self = .sevenZip
    case UInt8(ascii: "M") where head.begins(with: "MSCF\0\0\0\0"): self = .cab
    case UInt8(ascii: "R") where head.begins(with: "Rar!\u{1A}\u{7}"): self = .rar
    case UInt8(ascii: "!") where head.begins(with: "!<arch>\ndebian-binary"): self = .deb
    case 0xED where head.begins(with: [0xED, 0xAB, 0xEE, 0xDB]): self = .rpm
    case UInt8(ascii: "0")
    where head.begins(with: "070701") || head.begins(with: "070702") || head.begins(with: "070707"):
      self = .cpio
    case 0x1F where head.begins(with: [0x1F, 0x8B, 8]): self = .gzip
    case UInt8(ascii: "B") where head.begins(with: "BZh") && head.begins(with: "1AY&SY", at: 4):
      self = .bzip2
    case 0xFD where head.begins(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]): self = .xz
    case 0x28 where head.begins(with: [0x28, 0xB5, 0x2F, 0xFD]): self = .zstd
    case UInt8(ascii: "L") where head.begins(with: "LZIP\u{1}"): self = .lzip
    case .some where head.begins(with: "ustar", at: 257): self = .tar
    default:
      guard let image = Self.diskImage(head) else { return nil }
      self = image
    }
  }

  /// Container of a disk image that begins like this. Raw images, and those whose header is at their end, are none.
  private static func diskImage(_ head: RawSpan) -> ArchiveKind? {
    switch head.little(0, as: UInt8.self) {
    case UInt8(ascii: "K") where head.begins(with: "KDMV"): .vmdk
    case UInt8(ascii: "C") where head.begins(with: "COWD"): .vmdk
    case UInt8(ascii: "#") where head.begins(with: "# Disk DescriptorFile"): .vmdk
    case UInt8(ascii: "c") where head.begins(with: "conectix"): .vhd
    case UInt8(ascii: "v") where head.begins(with: "vhdxfile"): .vhdx
    case UInt8(ascii: "Q") where head.begins(with: [0x51, 0x46, 0x49, 0xFB]): .qcow2
    case UInt8(ascii: "E")
    where head.begins(with: "EVF\u{9}\r\n") || head.begins(with: "EVF2\r\n"): .ewf
    case UInt8(ascii: "L") where head.begins(with: "LVF\u{9}\r\n"): .ewf
    case UInt8(ascii: "A") where head.begins(with: "AFF10\r\n\0"): .aff
    case .some where head.begins(with: [0x7F, 0x10, 0xDA, 0xBE], at: 64): .vdi
    default: nil
    }
  }
}

extension RawSpan {
  /// Whether these bytes are at `offset`.
  func begins(with bytes: [UInt8], at offset: Int = 0) -> Bool {
    guard byteCount - offset >= bytes.count else { return false }
    return bytes.indices.allSatisfy { little(offset + $0) == bytes[$0] }
  }

  /// Whether this ASCII text is at `offset`.
  func begins(with text: StaticString, at offset: Int = 0) -> Bool {
    guard byteCount - offset >= text.utf8CodeUnitCount else { return false }
    return (0..<text.utf8CodeUnitCount).allSatisfy { little(offset + $0) == text.utf8Start[$0] }
  }
}
