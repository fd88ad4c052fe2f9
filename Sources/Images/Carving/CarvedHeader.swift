import Bytes

/// Header of a file at the start of some bytes, checked against the rules of its format, with
/// the length stated by its own tables. Covers executables, and other formats that signatures
/// recognise by their first bytes.
struct CarvedHeader: Hashable, Sendable {
  let kind: Kind
  /// Number of bytes from the header to the end of the described content.
  let length: UInt64

  enum Kind: String, Hashable, Sendable, CaseIterable {
    case portableExecutable = "exe"
    case elf
    case machO = "macho"
    case compoundFile = "msi"
    case eventLog = "evtx"
    case prefetch = "pf"
    case dalvikCode = "dex"
    case rpmPackage = "rpm"
  }

  /// Number of bytes needed to judge a header: they contain headers and section tables.
  static let headLength = 16_384

  /// Longest file in bytes.
  private static let maximumLength: UInt64 = 4 << 30

  /// Whether the first bytes may be a header at all: the test of every sector.
  static func mayBegin(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    switch bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self).littleEndian {
    case let word where word & 0xFFFF == 0x5A4D: true
    case 0x464C_457F, 0xFEED_FACE, 0xFEED_FACF, 0xCEFA_EDFE, 0xCFFA_EDFE, 0xBEBA_FECA: true
    case 0xE011_CFD0, 0x4666_6C45, 0x0A78_6564, 0xDBEE_ABED: true
    // The magic of a prefetch file follows its version.
    case 17, 23, 26, 30: bytes.little(offset + 4, as: UInt32.self) == 0x4143_4353
    default: false
    }
  }

  /// Parses a header in `head`, the first ``headLength`` bytes or all there are; `more` returns
  /// bytes behind them, by offset from the start of the file.
  init?(_ head: UnsafeRawBufferPointer, more: (_ offset: UInt64, _ count: Int) -> [UInt8]?) {
    guard let word: UInt32 = head.little(0) else { return nil }
    let found: (Kind, UInt64)? =
      switch word {
      case 0x464C_457F: Self.elf(head).map { (.elf, $0) }
      case 0xFEED_FACE, 0xFEED_FACF: Self.machO(head, isSwapped: false).map { (.machO, $0) }
      case 0xCEFA_EDFE, 0xCFFA_EDFE: Self.machO(head, isSwapped: true).map { (.machO, $0) }
      case 0xBEBA_FECA: Self.universal(head).map { (.machO, $0) }
      case 0xE011_CFD0: Self.compoundFile(head, more).map { (.compoundFile, $0) }
      case 0x4666_6C45: Self.eventLog(head).map { (.eventLog, $0) }
      case 0x0A78_6564: Self.dalvikCode(head).map { (.dalvikCode, $0) }
      case 0xDBEE_ABED: Self.rpmPackage(head).map { (.rpmPackage, $0) }
      case _ where word & 0xFFFF == 0x5A4D:
        Self.portableExecutable(head).map { (.portableExecutable, $0) }
      default: Self.prefetch(head).map { (.prefetch, $0) }
      }
    guard let (kind, length) = found, length > 0, length <= Self.maximumLength else { return nil }
    self.kind = kind
    self.length = length
  }
}

/// Reads numbers of either byte order.
struct SwappingReader {
  private let bytes: UnsafeRawBufferPointer
  private let isSwapped: Bool

  /// `isSwapped` means big-endian.
  init(_ bytes: UnsafeRawBufferPointer, isSwapped: Bool) {
    self.bytes = bytes
    self.isSwapped = isSwapped
  }

  func number<Number: FixedWidthInteger>(_ offset: Int, as _: Number.Type = Number.self) -> Number?
  {
    let number: Number? = bytes.little(offset)
    return isSwapped ? number?.byteSwapped : number
  }

  /// Reads a 64-bit or a 32-bit number.
  func address(_ offset: Int, _ isWide: Bool) -> UInt64? {
    isWide ? number(offset) : number(offset, as: UInt32.self).map(UInt64.init)
  }
}
