/// Version that a file states where no module of libyara reads it: kernel modules, property
/// lists of macOS, RPM packages. Anyone can forge it.
package enum StatedVersion {
  /// Version in `bytes`, a whole file; nil for other files, and where none is stated or its
  /// source is damaged.
  package static func of(_ bytes: RawSpan) -> String? {
    let text =
      kernelModule(bytes) ?? rpmPackage(bytes) ?? PropertyListText(bytes)?.value(ofOneOf: keys)
    guard let text, !text.isEmpty, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
      return nil
    }
    return text
  }

  /// Keys of a bundle (Core Foundation Keys, developer.apple.com) and of a package receipt.
  private static let keys = ["CFBundleShortVersionString", "PackageVersion"]

  /// Longest version in bytes.
  static let maximumLength = 64

  // MARK: Kernel modules

  /// Reads `version=` in the section `.modinfo` (linux/moduleparam.h: NUL-terminated strings, in
  /// an ELF object).
  private static func kernelModule(_ bytes: RawSpan) -> String? {
    guard bytes.unsigned32(at: 0) == 0x464C_457F, let section = section(".modinfo", of: bytes)
    else {
      return nil
    }
    let key: StaticString = "version="
    var start = section.lowerBound
    while start < section.upperBound {
      var end = start
      while end < section.upperBound, bytes.unsafeLoad(fromByteOffset: end, as: UInt8.self) != 0 {
        end += 1
      }
      // The section may end within the key.
      let value = start + key.utf8CodeUnitCount
      if bytes.holds(key, at: start), value <= end, end - value <= maximumLength {
        return bytes.text(value..<end)
      }
      start = end + 1
    }
    return nil
  }

  /// Byte range of a section of a little-endian ELF file (System V ABI, "Section Header").
  private static func section(_ name: StaticString, of bytes: RawSpan) -> Range<Int>? {
    guard let kind = bytes.unsigned16(at: 4), kind >> 8 == 1 else { return nil }
    let is64 = kind & 0xFF == 2
    guard let table = bytes.unsigned32(at: is64 ? 0x28 : 0x20),
      let count = bytes.unsigned16(at: is64 ? 0x3C : 0x30),
      let nameIndex = bytes.unsigned16(at: is64 ? 0x3E : 0x32)
    else { return nil }
    func field(_ index: Int, _ offset32: Int, _ offset64: Int) -> Int? {
      bytes.unsigned32(at: table + index * (is64 ? 64 : 40) + (is64 ? offset64 : offset32))
    }
    guard let names = field(nameIndex, 16, 24) else { return nil }
    for index in 0..<count {
      guard let nameOffset = field(index, 0, 0), bytes.holds(name, at: names + nameOffset),
        let offset = field(index, 16, 24), let size = field(index, 20, 32),
        offset <= bytes.byteCount, size <= bytes.byteCount - offset
      else { continue }
      return offset..<(offset + size)
    }
    return nil
  }

  // MARK: RPM packages

  /// Reads NAME-VERSION-RELEASE from the lead (rpm.org, "Package format"): 66 bytes from offset
  /// 10.
  private static func rpmPackage(_ bytes: RawSpan) -> String? {
    guard bytes.unsigned32(at: 0) == 0xDBEE_ABED, bytes.byteCount >= 96,
      let name = bytes.text(10..<76)?.split(separator: "\0", omittingEmptySubsequences: false).first
    else { return nil }
    let parts = name.split(separator: "-")
    return parts.count >= 3 ? String(parts[parts.count - 2]) : nil
  }
}

extension RawSpan {
  /// Whether the bytes from `offset` on are those of `text`.
  func holds(_ text: StaticString, at offset: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard offset >= 0, offset <= byteCount - length else { return false }
    for index in 0..<length
    where unsafeLoad(fromByteOffset: offset + index, as: UInt8.self) != text.utf8Start[index] {
      return false
    }
    return true
  }

  /// These bytes as text; nil beyond the end or if they are not UTF-8.
  func text(_ range: Range<Int>) -> String? {
    guard range.lowerBound >= 0, range.upperBound <= byteCount else { return nil }
    let part = extracting(range)
    return part.withUnsafeBytes { String(validating: $0, as: UTF8.self) }
  }
}
