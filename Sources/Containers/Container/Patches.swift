import Bytes

/// Sectors of a file that a log replaces. They stay in memory: the evidence is not modified.
struct Patches: Sendable {
  /// Size in bytes of a sector in a VHDX log (MS-VHDX 2.3).
  static let sectorSize: UInt64 = 4096
  /// Sectors by number in the file; the bytes are a whole sector, or empty for zeros.
  private var sectors: [UInt64: [UInt8]] = [:]
  /// Sector numbers in order, once all are known.
  private var order: [UInt64] = []

  /// Number of replaced sectors.
  var count: Int { sectors.count }

  /// Replaces a sector; the last call counts. Empty bytes mean zeros.
  mutating func replace(sector: UInt64, with bytes: [UInt8]) {
    sectors[sector] = bytes
  }

  /// Must be called after the last ``replace(sector:with:)``.
  mutating func finish() { order = sectors.keys.sorted() }

  /// Whether any of `length` bytes from `offset` are replaced.
  func touch(_ offset: UInt64, _ length: UInt64) -> Bool {
    guard !order.isEmpty, length > 0 else { return false }
    let index = first(from: offset / Self.sectorSize)
    return index < order.count && order[index] <= (offset + length - 1) / Self.sectorSize
  }

  /// Applies the patches to a buffer that was read from `offset`.
  func apply(to buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) {
    guard !order.isEmpty, !buffer.isEmpty else { return }
    let end = offset + UInt64(buffer.count)
    for sector in order[first(from: offset / Self.sectorSize)...] {
      let start = sector * Self.sectorSize
      guard start < end, let bytes = sectors[sector] else { return }
      let from = max(start, offset)
      let until = min(start + Self.sectorSize, end)
      for position in from..<until {
        buffer[Int(position - offset)] = bytes.isEmpty ? 0 : bytes[Int(position - start)]
      }
    }
  }

  /// First index in the order whose sector is at or after `sector`.
  private func first(from sector: UInt64) -> Int {
    order.partitionPoint { $0 >= sector }
  }
}
