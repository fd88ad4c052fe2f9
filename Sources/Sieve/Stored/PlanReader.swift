/// Reads the output of ``PlanWriter``. Every number is checked before it is used: an entry of the cache is untrusted
/// input.
struct PlanReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  /// Error for bytes that are no plan of this set.
  struct Damage: Error {}

  /// Reads from `bytes`, which must outlive the reader.
  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }
  var remaining: Int { bytes.count - position }

  /// Moves behind the next `count` bytes, and returns their offset.
  private mutating func consume(_ count: Int) throws(Damage) -> Int {
    guard count >= 0, bytes.count - position >= count else { throw Damage() }
    defer { position += count }
    return position
  }

  mutating func byte() throws(Damage) -> UInt8 { bytes[try consume(1)] }

  mutating func flag() throws(Damage) -> Bool {
    switch try byte() {
    case 0: false
    case 1: true
    default: throw Damage()
    }
  }

  mutating func integer() throws(Damage) -> Int32 {
    Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: try consume(4), as: Int32.self))
  }

  mutating func longInteger() throws(Damage) -> Int64 {
    Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: try consume(8), as: Int64.self))
  }

  /// A number below `count`.
  mutating func index(below count: Int) throws(Damage) -> Int32 {
    let value = try integer()
    guard value >= 0, Int(value) < count else { throw Damage() }
    return value
  }

  /// Length of a sequence whose elements have a minimum size in bytes.
  private mutating func length(of size: Int) throws(Damage) -> Int {
    let count = Int(try integer())
    guard count >= 0, count <= (bytes.count - position) / size else { throw Damage() }
    return count
  }

  mutating func content() throws(Damage) -> [UInt8] {
    let count = try length(of: 1)
    let start = try consume(count)
    return Array(bytes[start..<start + count])
  }

  mutating func text() throws(Damage) -> String { String(decoding: try content(), as: UTF8.self) }

  /// Numbers below `limit`.
  mutating func indices(below limit: Int) throws(Damage) -> [Int32] {
    let count = try length(of: 4)
    guard count > 0 else { return [] }
    var values: [Int32] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try index(below: limit)) }
    return values
  }

  /// A sequence whose elements `body` reads, each of at least `size` bytes.
  mutating func elements<Element>(
    of size: Int, _ body: (inout PlanReader) throws(Damage) -> Element
  ) throws(Damage) -> [Element] {
    let count = try length(of: size)
    guard count > 0 else { return [] }
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(try body(&self)) }
    return elements
  }
}
