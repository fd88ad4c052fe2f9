/// Writes the fields of a frame: little-endian numbers, and bytes with their count.
struct WireWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
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

  mutating func number<Number: FixedWidthInteger>(_: Number.Type = Number.self)
    throws(Malformed) -> Number
  {
    let count = MemoryLayout<Number>.size
    guard rest.count >= count else { throw Malformed() }
    var number: Number = 0
    withUnsafeMutableBytes(of: &number) { $0.copyBytes(from: rest.prefix(count)) }
    rest = rest.dropFirst(count)
    return Number(littleEndian: number)
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
