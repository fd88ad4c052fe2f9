/// Strings in the top-level dictionary of a macOS property list, XML or binary.
struct PropertyListText {
  private let bytes: [UInt8]
  private let isBinary: Bool

  /// Number of bytes of a file that are read at most.
  private static let maximumSize = 1 << 20

  /// Reads a property list; nil if `bytes` is not one.
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount <= Self.maximumSize else { return nil }
    isBinary = bytes.holds("bplist00", at: 0)
    guard isBinary || bytes.holds("<?xml", at: 0) else { return nil }
    self.bytes = bytes.withUnsafeBytes(Array.init)
  }

  /// Value of the first of `keys` that the list contains.
  func value(ofOneOf keys: [String]) -> String? {
    for key in keys {
      if let value = isBinary ? binaryValue(of: key) : xmlValue(of: key) { return value }
    }
    return nil
  }

  // MARK: XML

  private func xmlValue(of key: String) -> String? {
    guard let text = String(validating: bytes, as: UTF8.self),
      let found = text.firstRange(of: "<key>\(key)</key>")
    else { return nil }
    let rest = text[found.upperBound...].drop { $0.isWhitespace }
    guard rest.hasPrefix("<string>") else { return nil }
    let value = rest.dropFirst("<string>".count).prefix { $0 != "<" }
    return value.utf8.count <= StatedVersion.maximumLength ? String(value) : nil
  }

  // MARK: Binary

  /// CFBinaryPList.c: 32 bytes at the end give the offset of the offset table, the width of its
  /// numbers, and the top object. A dictionary (0xD) contains its keys' numbers, then its values'
  /// numbers.
  private func binaryValue(of key: String) -> String? {
    let trailer = bytes.count - 32
    guard trailer >= 8, let offsetSize = number(at: trailer + 6, size: 1),
      let referenceSize = number(at: trailer + 7, size: 1),
      let count = number(at: trailer + 8, size: 8), let top = number(at: trailer + 16, size: 8),
      let table = number(at: trailer + 24, size: 8)
    else { return nil }
    func place(_ object: Int) -> Int? {
      guard object < count, table <= bytes.count else { return nil }
      return number(at: table + object * offsetSize, size: offsetSize)
    }
    guard (1...8).contains(offsetSize), (1...8).contains(referenceSize), count <= bytes.count,
      let start = place(top), let (kind, entries, first) = head(at: start), kind == 0xD
    else { return nil }
    for entry in 0..<entries {
      guard let name = number(at: first + entry * referenceSize, size: referenceSize),
        let value = number(at: first + (entries + entry) * referenceSize, size: referenceSize),
        let nameStart = place(name), let valueStart = place(value)
      else { return nil }
      if string(at: nameStart) == key { return string(at: valueStart) }
    }
    return nil
  }

  /// Type of an object, its count, and the offset of its content.
  private func head(at offset: Int) -> (kind: Int, count: Int, content: Int)? {
    guard let marker = number(at: offset, size: 1) else { return nil }
    guard marker & 0xF == 0xF else { return (marker >> 4, marker & 0xF, offset + 1) }
    // The count follows as a separate object: a number of 1, 2, 4 or 8 bytes.
    guard let size = number(at: offset + 1, size: 1), size >> 4 == 1, size & 0xF <= 3,
      let count = number(at: offset + 2, size: 1 << (size & 0xF)), count <= bytes.count
    else { return nil }
    return (marker >> 4, count, offset + 2 + (1 << (size & 0xF)))
  }

  private func string(at offset: Int) -> String? {
    guard let (kind, count, content) = head(at: offset), kind == 0x5,
      count <= StatedVersion.maximumLength
    else { return nil }
    guard count <= bytes.count - content else { return nil }
    return String(validating: bytes[content..<(content + count)], as: UTF8.self)
  }

  /// Reads a big-endian number; nil beyond the end, and for values that no offset or count in a
  /// list can have.
  private func number(at offset: Int, size: Int) -> Int? {
    guard offset >= 0, size > 0, offset <= bytes.count - size else { return nil }
    let value = bytes[offset..<(offset + size)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return value <= UInt64(Self.maximumSize) ? Int(value) : nil
  }
}
