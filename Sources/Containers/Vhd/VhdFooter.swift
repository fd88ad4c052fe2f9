import Bytes
import Evidence

/// Footer of a VHD (Microsoft, "Virtual Hard Disk Image Format Specification", 1.0):
/// big-endian, in the last 512 bytes of the file, and in a dynamic disk also in the first.
struct VhdFooter {
  /// Size of the medium in bytes.
  let size: UInt64
  let kind: Kind
  /// Offset of the dynamic header.
  let headerOffset: UInt64
  let identifier: [UInt8]
  /// Length in bytes of the footer at the end of the file; 0 if that has none.
  let length: UInt64

  enum Kind: UInt32 {
    case fixed = 2
    case dynamic = 3
    case differencing = 4

    var words: String {
      switch self {
      case .fixed: "fixed"
      case .dynamic: "dynamic"
      case .differencing: "differencing"
      }
    }
  }

  /// Reads the footer at the end or, if the end is truncated, its copy at the beginning.
  init(_ file: ImageFile) throws(ImageError) {
    guard file.length >= 512 else {
      throw ImageError(damaged: file.path, "too short for a footer")
    }
    // Virtual PC before 2004 wrote 511 bytes.
    let tail = try file.bytes(at: file.length - 512, count: 512)
    let candidates = [tail, Array(tail.dropFirst()) + [0], try file.bytes(at: 0, count: 512)]
    let footers = candidates.filter { $0.has("conectix", at: 0) }
    // Some tools write wrong checksums that others accept; a footer with a correct one takes
    // precedence.
    guard let footer = footers.first(where: Self.isSound) ?? footers.first else {
      throw ImageError(damaged: file.path, "it has no footer")
    }
    guard let kind = Kind(rawValue: footer.big(60)) else {
      throw ImageError(
        unsupported: file.path, "VHD type \(footer.big(60, as: UInt32.self))")
    }
    self.kind = kind
    length = tail.has("conectix", at: 0) ? 512 : tail.has("conectix", at: 1) ? 511 : 0
    size = footer.big(48)
    headerOffset = footer.big(16)
    identifier = Array(footer[68..<84])
    guard size <= UInt64(Int64.max) else {
      throw ImageError(damaged: file.path, "invalid medium size of \(size) bytes")
    }
  }

  /// Whether the checksum is correct: the complement of the sum of all bytes except its own.
  private static func isSound(_ footer: [UInt8]) -> Bool {
    var sum: UInt32 = 0
    for (index, byte) in footer.enumerated() where !(64..<68).contains(index) {
      sum &+= UInt32(byte)
    }
    return ~sum == footer.big(64)
  }
}

extension VhdFooter {
  /// The problem of a file that is named like a VHD and has neither a footer nor the copy of one: the end of a fixed
  /// disk is missing.
  static func missing(at path: RawPath) -> ItemProblem? {
    guard path.bytes.suffix(4).map({ $0 | 0x20 }) == Array(".vhd".utf8) else { return nil }
    return ItemProblem(
      .truncated,
      "it is named like a VHD, but has no footer: the end of the disk is missing, or it is a raw image; rename"
        + " that to .dd")
  }
}

/// The header of a dynamic or differencing VHD, 1024 bytes.
struct VhdHeader {
  let tableOffset: UInt64
  let entries: UInt32
  /// Size of a block in bytes, without its bitmap.
  let blockSize: UInt64
  let parent: [UInt8]
  /// Possible file names of the parent, the most likely first.
  let parentNames: [[UInt8]]

  init(_ file: ImageFile, at offset: UInt64) throws(ImageError) {
    let bytes = try file.bytes(at: offset, count: 1024)
    guard bytes.has("cxsparse", at: 0) else {
      throw ImageError(damaged: file.path, "the dynamic header is invalid")
    }
    tableOffset = bytes.big(16)
    entries = bytes.big(28)
    blockSize = UInt64(bytes.big(32, as: UInt32.self))
    parent = Array(bytes[40..<56])
    guard blockSize >= 512, blockSize <= 1 << 30, blockSize & (blockSize - 1) == 0 else {
      throw ImageError(damaged: file.path, "invalid block size of \(blockSize) bytes")
    }
    guard tableOffset <= file.length else {
      throw ImageError(damaged: file.path, "the block table is beyond the end of the file")
    }
    parentNames = try Self.names(bytes, file)
  }

  /// Names of the parent from eight locators at 576: code, space, length, 0, offset. `W2ru` is a
  /// relative Windows path, `W2ku` an absolute one. The header itself contains the name, too.
  private static func names(_ bytes: [UInt8], _ file: ImageFile) throws(ImageError) -> [[UInt8]] {
    var relative = [[UInt8]]()
    var absolute = [[UInt8]]()
    for place in stride(from: 576, to: 768, by: 24) {
      let length: UInt32 = bytes.big(place + 8)
      guard bytes[place] == UInt8(ascii: "W"), length > 0, length <= 4096 else { continue }
      let text = try file.bytes(at: bytes.big(place + 16), count: Int(length))
      if bytes.has("W2ru", at: place) {
        relative.append(text.utf16Text(isBigEndian: false))
      } else if bytes.has("W2ku", at: place) {
        absolute.append(text.utf16Text(isBigEndian: false))
      }
    }
    let own = Array(bytes[64..<576]).utf16Text(isBigEndian: true)
    return (relative + absolute + [own]).filter { !$0.isEmpty }
  }
}

extension [UInt8] {
  /// Converts UTF-16 up to its first NUL to UTF-8.
  func utf16Text(isBigEndian: Bool) -> [UInt8] {
    let units: [UInt16] = stride(from: 0, to: count - count % 2, by: 2).map { index in
      let first = UInt16(self[index])
      let second = UInt16(self[index + 1])
      return isBigEndian ? first << 8 | second : second << 8 | first
    }
    let text = String(decoding: units.prefix { $0 != 0 }, as: UTF16.self)
    return [UInt8](text.utf8)
  }
}
