/// Strings of a property list of macOS, XML or binary, whose keys are at its top.
struct PropertyListText {
  private let bytes: [UInt8]
  private let isBinary: Bool

  /// At most so much of a file is looked at.
  private static let maximumSize = 1 << 20

  /// A list in `bytes`; nil for what is none.
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount <= Self.maximumSize else { return nil }
    isBinary = bytes.holds("bplist00", at: 0)
    guard isBinary || bytes.holds("<?xml", at: 0) else { return nil }
    self.bytes = bytes.withUnsafeBytes(Array.init)
  }

  /// The value of the first of `keys` that the list has.
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

  /// CFBinaryPList.c: 32 bytes at the end say where the table of offsets is, how wide its numbers are, and which
  /// object is the top; a dictionary (0xD) holds its keys' numbers and then its values' numbers.
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

  /// An object's kind, its count, and where its content begins.
  private func head(at offset: Int) -> (kind: Int, count: Int, content: Int)? {
    guard let marker = number(at: offset, size: 1) else { return nil }
    guard marker & 0xF == 0xF else { return (marker >> 4, marker & 0xF, offset + 1) }
    // The count follows as an object of its own: a number of 1, 2, 4 or 8 bytes.
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

  /// A big-endian number; nil beyond the end, and for one that no place or count in a list can be.
  private func number(at offset: Int, size: Int) -> Int? {
    guard offset >= 0, size > 0, offset <= bytes.count - size else { return nil }
    let value = bytes[offset..<(offset + size)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return value <= UInt64(Self.maximumSize) ? Int(value) : nil
  }
}
