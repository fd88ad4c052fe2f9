/// Structures of formats, built field by field in tests.
extension [UInt8] {
  /// Creates `count` zeros.
  package init(zeros count: Int) { self.init(repeating: 0, count: count) }

  /// Replaces the bytes at `offset`.
  package mutating func write(_ bytes: some Collection<UInt8>, at offset: Int) {
    replaceSubrange(offset..<(offset + bytes.count), with: bytes)
  }

  /// Replaces the bytes at `offset` with a text in UTF-8.
  package mutating func write(_ text: String, at offset: Int) {
    write(Array(text.utf8), at: offset)
  }

  /// Replaces the bytes at `offset` with a little-endian number.
  package mutating func write<Number: FixedWidthInteger>(little number: Number, at offset: Int) {
    write([UInt8](little: number), at: offset)
  }

  /// Replaces the bytes at `offset` with a big-endian number.
  package mutating func write<Number: FixedWidthInteger>(big number: Number, at offset: Int) {
    write([UInt8](big: number), at: offset)
  }

  /// Creates the bytes of a little-endian number.
  package init<Number: FixedWidthInteger>(little number: Number) {
    self = Swift.withUnsafeBytes(of: number.littleEndian) { [UInt8]($0) }
  }

  /// Creates the bytes of a big-endian number.
  package init<Number: FixedWidthInteger>(big number: Number) {
    self = Swift.withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) }
  }

  /// Creates the UTF-16 form of a text, little-endian.
  package init(utf16 text: String) { self = text.utf16.flatMap { [UInt8](little: $0) } }
}
