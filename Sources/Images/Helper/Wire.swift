/// Writes the fields of a frame: numbers in as few bytes as they need (LEB128: seven bits each, the lowest
/// first), since a list of a million files is kept as it came; and bytes with their count.
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

  /// The sign goes to the lowest bit, so that small negative numbers stay small.
  mutating func write(_ number: Int64) {
    write(UInt64(bitPattern: number << 1 ^ number >> 63))
  }

  mutating func write(_ text: [UInt8]) {
    write(UInt32(clamping: text.count))
    bytes.append(contentsOf: text)
  }

  mutating func write(_ text: String) { write(Array(text.utf8)) }
}

/// Reads the fields of a frame that another process wrote: every length is checked.
struct WireReader {
  private var rest: ArraySlice<UInt8>

  /// A field that is not there, or is longer than the frame.
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

  mutating func text() throws(Malformed) -> String {
    String(decoding: try data(), as: UTF8.self)
  }
}
