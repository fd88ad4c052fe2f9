/// Numbers of a container's tables, read through a bounded cache of pages. A table is never loaded as a
/// whole: how long it is was written by a stranger, and allocates nothing here.
final class TableReader: Sendable {
  let file: ImageFile
  private let pages = ChunkCache<UInt64>(capacity: 16 << 20)
  private static let pageSize: UInt64 = 32 << 10

  init(_ file: ImageFile) { self.file = file }

  /// The little-endian number at a byte of the file.
  func little<Number: FixedWidthInteger & Sendable>(
    at offset: UInt64, as: Number.Type = Number.self
  ) throws(ImageError) -> Number {
    Number(littleEndian: try number(at: offset))
  }

  /// The big-endian number at a byte of the file.
  func big<Number: FixedWidthInteger & Sendable>(at offset: UInt64, as: Number.Type = Number.self)
    throws(ImageError) -> Number
  {
    Number(bigEndian: try number(at: offset))
  }

  /// The number as its bytes lie in the file.
  private func number<Number: FixedWidthInteger & Sendable>(at offset: UInt64) throws(ImageError)
    -> Number
  {
    let page = try page(containing: offset)
    let inside = Int(offset % Self.pageSize)
    if page.count - inside >= MemoryLayout<Number>.size {
      return page.little(inside, as: Number.self).littleEndian
    }
    // It lies across pages, or the file ends in it.
    let bytes = try file.bytes(at: offset, count: MemoryLayout<Number>.size)
    return bytes.little(0, as: Number.self).littleEndian
  }

  private func page(containing offset: UInt64) throws(ImageError) -> [UInt8] {
    let start = offset / Self.pageSize * Self.pageSize
    return try pages.chunk(start) { () throws(ImageError) in
      // Behind the end this says what is missing.
      let count = min(Self.pageSize, max(file.length, start + 1) - start)
      return try file.bytes(at: start, count: Int(count))
    }
  }

  /// Bits of a bitmap of which the one at `index` is the first: which value they have, and how many of
  /// the next `limit` have the same. The bitmap begins at a byte of the file.
  func bits(at start: UInt64, from index: UInt64, limit: UInt64, order: BitOrder)
    throws(ImageError) -> (value: Bool, count: UInt64)
  {
    let value = order.bit(index, of: try little(at: start + index / 8))
    // A piece that is shorter than it could be costs little; one that is looked for each time does.
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

  /// Which bit of a byte comes first.
  enum BitOrder {
    case lowestFirst, highestFirst

    func bit(_ index: UInt64, of byte: UInt8) -> Bool {
      let place = self == .lowestFirst ? index % 8 : 7 - index % 8
      return byte >> place & 1 == 1
    }
  }
}
