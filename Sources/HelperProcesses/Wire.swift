/// Writes the fields of a frame: byte sequences with their length, and numbers in LEB128 (seven
/// bits per byte, lowest first), because a list of a million files is kept in this form.
@usableFromInline package struct WireWriter {
  @usableFromInline var written: [UInt8] = []

  /// The fields so far.
  @inlinable package var bytes: [UInt8] { written }

  /// Creates a writer of no bytes.
  @inlinable package init() {}

  @inlinable package mutating func write<Number: FixedWidthInteger & UnsignedInteger>(
    _ number: Number
  ) {
    var rest = UInt64(number)
    while rest >= 0x80 {
      written.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    written.append(UInt8(rest))
  }

  /// The sign becomes the lowest bit, so that small negative numbers stay short.
  @inlinable package mutating func write(_ number: Int64) {
    write(UInt64(bitPattern: number << 1 ^ number >> 63))
  }

  @inlinable package mutating func write(_ text: [UInt8]) {
    write(UInt32(clamping: text.count))
    written.append(contentsOf: text)
  }

  @inlinable package mutating func write(_ text: String) { write(Array(text.utf8)) }
}

/// Reads the fields of a frame that another process wrote. Every length is checked.
@usableFromInline package struct WireReader {
  @usableFromInline var rest: ArraySlice<UInt8>

  /// A field is missing, or longer than the frame.
  @usableFromInline package struct Malformed: Error {
    @inlinable package init() {}
  }

  @inlinable package init(_ bytes: [UInt8]) { rest = bytes[...] }

  @inlinable package var isAtEnd: Bool { rest.isEmpty }

  @inlinable package mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
    _: Number.Type = Number.self
  ) throws(Malformed) -> Number {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { throw Malformed() }
      let bits = UInt64(byte & 0x7F)
      guard shift < 63 || bits <= 1 else { throw Malformed() }
      number |= bits << shift
      if byte & 0x80 == 0 {
        guard let number = Number(exactly: number) else { throw Malformed() }
        return number
      }
    }
    throw Malformed()
  }

  @inlinable package mutating func signedNumber() throws(Malformed) -> Int64 {
    let bits = try number(UInt64.self)
    return Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
  }

  @inlinable package mutating func data() throws(Malformed) -> [UInt8] {
    let count = Int(try number(UInt32.self))
    guard count <= rest.count else { throw Malformed() }
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  /// Skips `count` numbers.
  @inlinable package mutating func skipNumbers(_ count: Int) throws(Malformed) {
    for _ in 0..<count { _ = try number(UInt64.self) }
  }

  /// Skips a byte sequence.
  @inlinable package mutating func skipData() throws(Malformed) {
    let count = Int(try number(UInt32.self))
    guard count <= rest.count else { throw Malformed() }
    rest = rest.dropFirst(count)
  }

  @inlinable package mutating func text() throws(Malformed) -> String {
    String(decoding: try data(), as: UTF8.self)
  }
}
