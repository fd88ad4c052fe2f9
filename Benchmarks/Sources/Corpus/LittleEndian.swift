extension [UInt8] {
  /// Appends a little-endian number.
  mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  /// Appends text as 16-bit units, as in Windows programs.
  mutating func append(wide text: String) {
    for unit in text.utf16 { append(littleEndian: unit) }
  }

  /// Appends zeros until the count is a multiple of `alignment`.
  mutating func pad(to alignment: Int) {
    append(contentsOf: repeatElement(0, count: (alignment - count % alignment) % alignment))
  }
}
