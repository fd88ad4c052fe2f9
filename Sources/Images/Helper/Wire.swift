/// Writes the fields of a frame: byte sequences with their length, and numbers in LEB128 (seven
/// bits per byte, lowest first), because a list of a million files is kept in this form.
struct WireWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) {
    var rest = UInt64(number)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// The sign becomes the lowest bit, so that small negative numbers stay short.
  mutating func write(_ number: Int64) {
    write(UInt64(bitPattern: number << 1 ^ number >> 63))
  }

  mutating func write(_ text: [UInt8]) {
    write(UInt32(clamping: text.count))
    bytes.append(contentsOf: text)
  }

  mutating func write(_ text: String) { write(Array(text.utf8)) }
}

/// Reads the fields of a frame that another process wrote. Every length is checked.
struct WireReader {
  private var rest: ArraySlice<UInt8>

  /// A field is missing, or longer than the frame.
  struct Malformed: Error {}

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
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

  mutating func signedNumber() throws(Malformed) -> Int64 {
    let bits = try number(UInt64.self)
    return Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
  }

  mutating func data() throws(Malformed) -> [UInt8] {
    let count = Int(try number(UInt32.self))
    guard count <= rest.count else { throw Malformed() }
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  /// Skips `count` numbers.
  mutating func skipNumbers(_ count: Int) throws(Malformed) {
    for _ in 0..<count { _ = try number(UInt64.self) }
  }

  /// Skips a byte sequence.
  mutating func skipData() throws(Malformed) {
    let count = Int(try number(UInt32.self))
    guard count <= rest.count else { throw Malformed() }
    rest = rest.dropFirst(count)
  }

  mutating func text() throws(Malformed) -> String {
    String(decoding: try data(), as: UTF8.self)
  }
}
