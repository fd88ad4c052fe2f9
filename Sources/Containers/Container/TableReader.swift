import Bytes

/// Reads numbers of a container's tables through a bounded cache of pages. A table is never
/// loaded as a whole: its untrusted length allocates nothing.
final class TableReader: Sendable {
  let file: ImageFile
  private let pages = ChunkCache<UInt64>(capacity: 16 << 20)
  private static let pageSize: UInt64 = 32 << 10

  init(_ file: ImageFile) { self.file = file }

  /// Little-endian number at an offset in the file.
  func little<Number: FixedWidthInteger & Sendable>(
    at offset: UInt64, as: Number.Type = Number.self
  ) throws(ImageError) -> Number {
    Number(littleEndian: try number(at: offset))
  }

  /// Big-endian number at an offset in the file.
  func big<Number: FixedWidthInteger & Sendable>(at offset: UInt64, as: Number.Type = Number.self)
    throws(ImageError) -> Number
  {
    Number(bigEndian: try number(at: offset))
  }

  /// Number in the byte order of the file.
  private func number<Number: FixedWidthInteger & Sendable>(at offset: UInt64) throws(ImageError)
    -> Number
  {
    let page = try page(containing: offset)
    let inside = Int(offset % Self.pageSize)
    if page.count - inside >= MemoryLayout<Number>.size {
      return page.little(inside, as: Number.self).littleEndian
    }
    // It spans pages, or the file ends inside it.
    let bytes = try file.bytes(at: offset, count: MemoryLayout<Number>.size)
    return bytes.little(0, as: Number.self).littleEndian
  }

  private func page(containing offset: UInt64) throws(ImageError) -> [UInt8] {
    let start = offset / Self.pageSize * Self.pageSize
    return try pages.chunk(start) { () throws(ImageError) in
      // Behind the end, this read reports the missing bytes.
      let count = min(Self.pageSize, max(file.length, start + 1) - start)
      return try file.bytes(at: start, count: Int(count))
    }
  }

  /// Value of the bitmap's bit at `index`, and how many of the next `limit` bits have the same.
  /// `start` is the bitmap's offset in the file.
  func bits(at start: UInt64, from index: UInt64, limit: UInt64, order: BitOrder)
    throws(ImageError) -> (value: Bool, count: UInt64)
  {
    let value = order.bit(index, of: try little(at: start + index / 8))
    // A piece that is too short costs little; searching for its end on every call costs much.
    let limit = min(limit, 8192)
    var count: UInt64 = 1
    while count < limit {
      let next = index + count
      let byte: UInt8 = try little(at: start + next / 8)
      if next % 8 == 0, byte == (value ? 0xFF : 0) {
        count += 8
      } else if order.bit(next, of: byte) == value {
        count += 1
      } else {
        break
      }
    }
    return (value, min(count, limit))
  }

  /// Order of the bits in a byte.
  enum BitOrder {
    case lowestFirst, highestFirst

    func bit(_ index: UInt64, of byte: UInt8) -> Bool {
      let place = self == .lowestFirst ? index % 8 : 7 - index % 8
      return byte >> place & 1 == 1
    }
  }
}
