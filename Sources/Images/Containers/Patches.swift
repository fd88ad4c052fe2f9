/// Sectors of a file that a log replaces. They stay in memory: the evidence is not written to.
struct Patches: Sendable {
  /// A sector of the log of a VHDX has so many bytes (MS-VHDX 2.3).
  static let sectorSize: UInt64 = 4096
  /// By number of the sector in the file; the bytes are a whole sector, or empty for zeros.
  private var sectors: [UInt64: [UInt8]] = [:]
  /// The numbers in order, once all are known.
  private var order: [UInt64] = []

  /// How many sectors are replaced.
  var count: Int { sectors.count }

  /// Replaces a sector; the last one counts. Empty bytes stand for zeros.
  mutating func replace(sector: UInt64, with bytes: [UInt8]) {
    sectors[sector] = bytes
  }

  /// To be called when all are in.
  mutating func finish() { order = sectors.keys.sorted() }

  /// Whether any of `length` bytes from `offset` on are replaced.
  func touch(_ offset: UInt64, _ length: UInt64) -> Bool {
    guard !order.isEmpty, length > 0 else { return false }
    let index = first(from: offset / Self.sectorSize)
    return index < order.count && order[index] <= (offset + length - 1) / Self.sectorSize
  }

  /// Replaces what lies in a buffer that was read from `offset` on.
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

  /// The first place in the order whose sector is not before `sector`.
  private func first(from sector: UInt64) -> Int {
    var low = 0
    var high = order.count
    while low < high {
      let middle = (low + high) / 2
      if order[middle] < sector { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
