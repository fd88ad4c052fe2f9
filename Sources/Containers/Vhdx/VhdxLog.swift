import Bytes
import Evidence

/// Log of a VHDX (MS-VHDX 2.3): changes of its tables that were not completed. They are applied
/// in memory.
struct VhdxLog {
  private let file: ImageFile
  private let header: VhdxHeader
  private let bytes: [UInt8]
  private static let sector = 4096

  /// Changes in the log; none if it is empty.
  static func patches(of header: VhdxHeader, _ file: ImageFile) throws(ImageError) -> Patches {
    guard header.log != VhdxHeader.empty, header.logLength > 0 else { return Patches() }
    return try VhdxLog(header, file).patches()
  }

  private init(_ header: VhdxHeader, _ file: ImageFile) throws(ImageError) {
    // Windows and qemu write 1 MiB.
    guard header.logLength <= 64 << 20, header.logLength % UInt64(Self.sector) == 0 else {
      throw ImageError(
        "\(file.path.shown): its log of \(header.logLength) bytes is too long to replay; open it"
          + " once with the system that wrote it", .unsupported)
    }
    self.header = header
    self.file = file
    bytes = try file.bytes(at: header.logOffset, count: Int(header.logLength))
  }

  /// A log entry that is valid by itself.
  private struct Entry {
    let start: Int
    let length: Int
    let tail: Int
    let sequence: UInt64
    let descriptors: Int
  }

  private func patches() throws(ImageError) -> Patches {
    var patches = Patches()
    for entry in try activeSequence() { try apply(entry, to: &patches) }
    patches.finish()
    return patches
  }

  /// Unbroken sequence of entries that ends with the highest number (MS-VHDX 2.3.3).
  private func activeSequence() throws(ImageError) -> [Entry] {
    let entries = try soundEntries()
    let heads = entries.values.sorted { $0.sequence > $1.sequence }
    // A genuine log has few invalid heads; the limit stops hostile ones.
    for head in heads.prefix(64) {
      var sequence = [Entry]()
      var position = head.tail
      while let entry = entries[position], sequence.count <= entries.count,
        sequence.last.map({ $0.sequence &+ 1 == entry.sequence }) ?? true
      {
        sequence.append(entry)
        if entry.start == head.start { return sequence }
        position = (entry.start + entry.length) % bytes.count
      }
    }
    throw ImageError(
      "\(file.path.shown): its log is damaged; open it once with the system that wrote it, or convert it"
    )
  }

  private func soundEntries() throws(ImageError) -> [Int: Entry] {
    var entries = [Int: Entry]()
    // Entries in a valid log do not overlap; overlapping ones are limited to this cost.
    var budget = 4 * bytes.count
    for start in stride(from: 0, to: bytes.count, by: Self.sector)
    where bytes.has("loge", at: start) {
      let length = Int(bytes.little(start + 8, as: UInt32.self))
      guard length >= Self.sector, length % Self.sector == 0, length <= bytes.count,
        Array(bytes[(start + 32)..<(start + 48)]) == header.log
      else { continue }
      budget -= length
      guard budget >= 0 else {
        throw ImageError(damaged: file.path, "log entries overlap")
      }
      let entry = slice(start, length)
      guard CRC32C.checksum(of: entry, at: 4) == entry.little(4) else { continue }
      let tail = Int(entry.little(12, as: UInt32.self))
      let count = Int(entry.little(24, as: UInt32.self))
      guard tail < bytes.count, tail % Self.sector == 0, count <= (length - 64) / 32 else {
        continue
      }
      entries[start] = Entry(
        start: start, length: length, tail: tail, sequence: entry.little(16), descriptors: count)
    }
    return entries
  }

  /// Bytes of the log, which is a ring buffer.
  private func slice(_ start: Int, _ length: Int) -> [UInt8] {
    let first = min(length, bytes.count - start)
    return Array(bytes[start..<(start + first)]) + Array(bytes[0..<(length - first)])
  }

  /// Applies an entry: descriptors of 32 bytes from 64; behind them, from the next sector, one
  /// sector for each that has data.
  private func apply(_ entry: Entry, to patches: inout Patches) throws(ImageError) {
    let content = slice(entry.start, entry.length)
    var data = (64 + entry.descriptors * 32 + Self.sector - 1) / Self.sector * Self.sector
    for place in stride(from: 64, to: 64 + entry.descriptors * 32, by: 32) {
      let offset: UInt64 = content.little(place + 16)
      guard content.little(place + 24) == entry.sequence, offset % Patches.sectorSize == 0 else {
        throw damaged
      }
      if content.has("zero", at: place) {
        try clear(offset, content.little(place + 8), &patches)
      } else if content.has("desc", at: place) {
        guard data + Self.sector <= content.count else { throw damaged }
        let sector = content[data..<(data + Self.sector)]
        // The sector's own first 8 and last 4 bytes hold its signature and number; the descriptor
        // has the original ones.
        let first = content[(place + 8)..<(place + 16)]
        let last = content[(place + 4)..<(place + 8)]
        patches.replace(
          sector: offset / Patches.sectorSize,
          with: Array(first) + Array(sector.dropFirst(8).dropLast(4)) + Array(last))
        data += Self.sector
      } else {
        throw damaged
      }
    }
  }

  private func clear(_ offset: UInt64, _ length: UInt64, _ patches: inout Patches)
    throws(ImageError)
  {
    // At most 256 MiB of zeros, which are kept sector by sector.
    guard length % Patches.sectorSize == 0, offset <= UInt64(Int64.max),
      length / Patches.sectorSize + UInt64(patches.count) <= 65_536
    else { throw damaged }
    for sector in 0..<(length / Patches.sectorSize) {
      patches.replace(sector: offset / Patches.sectorSize + sector, with: [])
    }
  }

  private var damaged: ImageError {
    ImageError(damaged: file.path, "a log entry cannot be replayed")
  }
}
