/// The version resource of a PE, which anyone can write.
///
/// libyara reads it, too, and keeps the low byte of each letter: names in Cyrillic, and signs such as ®, are lost there.
/// Microsoft PE Format, "The .rsrc Section"; "VS_VERSIONINFO structure" (winver.h). Where there are several
/// languages, the first that states a key counts.
package struct VersionResource {
  private var strings: [String: String] = [:]
  private let fixedVersion: String?

  /// Limit of the bytes read of a version resource; real ones have some thousand.
  private static let maximumSize = 1 << 20
  /// Limit of the entries read of a directory, and of the strings read of a resource.
  private static let maximumEntries = 1024
  /// Limit of the letters kept of a value.
  private static let maximumLetters = 1024

  /// Vendor of the file.
  package var companyName: String? { strings["CompanyName"] }
  /// The product it belongs to.
  package var productName: String? { strings["ProductName"] }
  /// The version of the product.
  package var productVersion: String? { strings["ProductVersion"].map(Self.normalised) }
  /// The version of the file, from the fixed part if no text states it.
  package var fileVersion: String? { strings["FileVersion"].map(Self.normalised) ?? fixedVersion }
  /// The name of the file's part, without an extension, in lower case.
  package var partName: String? {
    for key in ["InternalName", "OriginalFilename"] {
      guard let name = strings[key]?.lowercased(), !name.isEmpty else { continue }
      let suffix = [".sys", ".exe", ".dll"].first { name.hasSuffix($0) }
      return String(name.dropLast(suffix?.count ?? 0))
    }
    return nil
  }

  /// Creates an empty resource.
  package init() { fixedVersion = nil }

  /// Reads the first version resource of a PE; empty if there is none.
  package init(_ bytes: RawSpan) {
    guard let range = Self.range(in: bytes), let root = Block(bytes, range) else {
      fixedVersion = nil
      return
    }
    fixedVersion = Self.fixedVersion(bytes, root.value)
    var left = Self.maximumEntries
    for file in root.children(bytes, &left) where file.key == "StringFileInfo" {
      for table in file.children(bytes, &left) {
        for string in table.children(bytes, &left) where strings[string.key] == nil {
          let value = bytes.utf16(string.value, Self.maximumLetters)
          if !value.isEmpty { strings[string.key] = value }
        }
      }
    }
  }

  /// `12, 0, 0, 21` as `12.0.0.21`; other texts without blanks around them.
  static func normalised(_ version: String) -> String {
    let trimmed = version.split(separator: " ", omittingEmptySubsequences: true)
      .joined(separator: " ")
    let parts = trimmed.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.drop { $0 == " " }
    }
    let areNumbers = parts.allSatisfy { part in
      !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    return parts.count > 1 && areNumbers ? parts.joined(separator: ".") : trimmed
  }

  // MARK: Resources

  /// Location of the first resource of type RT_VERSION (16).
  private static func range(in bytes: RawSpan) -> Range<Int>? {
    guard let range = ResourceDirectory(bytes, type: 16).resources.first?.range else { return nil }
    return range.lowerBound..<min(range.upperBound, range.lowerBound + maximumSize)
  }

  /// VS_FIXEDFILEINFO: a signature, the version of the structure, then that of the file in two numbers.
  private static func fixedVersion(_ bytes: RawSpan, _ value: Range<Int>) -> String? {
    guard value.count >= 16, bytes.unsigned32(at: value.lowerBound) == 0xFEEF_04BD,
      let high = bytes.unsigned32(at: value.lowerBound + 8),
      let low = bytes.unsigned32(at: value.lowerBound + 12), high | low != 0
    else { return nil }
    return "\(high >> 16).\(high & 0xFFFF).\(low >> 16).\(low & 0xFFFF)"
  }

  /// One of the nested structures: length, length of the value, type, a key, a value, further structures.
  private struct Block {
    let key: String
    let value: Range<Int>
    private let end: Int

    init?(_ bytes: RawSpan, _ range: Range<Int>) {
      guard let length = bytes.unsigned16(at: range.lowerBound), length >= 6,
        length <= range.count, let valueLength = bytes.unsigned16(at: range.lowerBound + 2),
        let type = bytes.unsigned16(at: range.lowerBound + 4)
      else { return nil }
      end = range.lowerBound + length
      key = bytes.utf16(range.lowerBound + 6..<end, 64)
      let start = min(Self.aligned(range.lowerBound + 6 + 2 * (key.utf16.count + 1)), end)
      // The length of a text is in letters, though some compilers wrote bytes.
      let size = type == 1 ? 2 * valueLength : valueLength
      value = start..<min(start + size, end)
    }

    func children(_ bytes: RawSpan, _ left: inout Int) -> [Block] {
      var children = [Block]()
      var position = Self.aligned(value.upperBound)
      while position < end, left > 0, let child = Block(bytes, position..<end) {
        left -= 1
        children.append(child)
        position = Self.aligned(child.end)
      }
      return children
    }

    private static func aligned(_ offset: Int) -> Int { (offset + 3) & ~3 }
  }
}

extension RawSpan {
  /// UTF-16LE up to the first NUL, `most` letters at most; an unpaired surrogate becomes U+FFFD.
  fileprivate func utf16(_ range: Range<Int>, _ most: Int) -> String {
    var units = [UInt16]()
    var position = range.lowerBound
    while position + 1 < range.upperBound, units.count < most, let unit = unsigned16(at: position),
      unit != 0
    {
      units.append(UInt16(unit))
      position += 2
    }
    return String(decoding: units, as: UTF16.self)
  }
}
