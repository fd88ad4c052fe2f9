import Bytes
import Containers

/// Master file table of an NTFS volume: entries by number, wherever they are stored.
final class NtfsTable {
  let geometry: NtfsGeometry
  private let image: any Medium
  /// The table as extents of the image.
  private var extents: [Extent]
  /// Number of entries.
  private(set) var count: UInt64 = 0
  /// One bit per entry that is set if it is in use. Consulted only where the entry itself does
  /// not show it.
  private var bitmap: [UInt8] = []

  private var window: [UInt8] = []
  private var windowStart: UInt64 = 0
  private static let windowSize: UInt64 = 1 << 20

  /// State of an entry's bytes.
  enum Entry {
    /// Never written, or wiped.
    case empty
    /// Torn or overwritten: its check values differ.
    case damaged
    case whole
  }

  /// Reads entry 0, which describes the table itself; throws if it cannot.
  init(_ image: any Medium, _ geometry: NtfsGeometry) throws(ImageError) {
    self.image = image
    self.geometry = geometry
    extents = [Extent(offset: geometry.tableOffset, length: UInt64(geometry.recordSize) * 16)]
    count = 16
    var first = [UInt8](repeating: 0, count: geometry.recordSize)
    guard try read(0, into: &first) == .whole else {
      throw ImageError("the first entry of the master file table is damaged")
    }
    var attributes = NtfsAttributes()
    attributes.add(first, entry: 0)
    // The attribute list of a fragmented table names entries in runs that are already known.
    var runs = NtfsRuns()
    var size: UInt64?
    var isKnown = false
    for _ in 0..<1024 where !isKnown {
      isKnown = true
      for (record, attribute) in attributes.all
      where attribute.type == NtfsAttribute.Kind.data && attribute.name.isEmpty {
        guard case .clusters(let content) = attribute.content,
          content.firstCluster == runs.nextCluster
        else { continue }
        if content.firstCluster == 0 { size = content.size }
        attributes.withRecord(record) { runs.append($0, content) }
        isKnown = runs.isDamaged
      }
      guard let size, !runs.isDamaged, !runs.runs.isEmpty else {
        throw ImageError("the runs of the master file table are damaged")
      }
      let known = min(size, runs.nextCluster &* geometry.clusterSize)
      extents = runs.extents(size: known, written: known, geometry) ?? extents
      // A table has at most as many entries as fit into the image, whatever its runs claim.
      count = min(known, image.size) / UInt64(geometry.recordSize)
      guard known < size else { break }
      isKnown = try !attributes.addListed(self, of: 0) && isKnown
    }
    bitmap = try content(of: NtfsAttribute.Kind.bitmap, in: attributes)
  }

  /// Content of an unnamed attribute, up to 64 MiB; empty if it is not available.
  private func content(of type: UInt32, in attributes: NtfsAttributes) throws(ImageError) -> [UInt8]
  {
    guard let stream = attributes.streams(of: type).first(where: { $0.name.isEmpty }),
      let extents = attributes.extents(of: stream, self), stream.size <= 64 << 20
    else { return [] }
    return try bytes(of: extents)
  }

  /// Bytes of some extents; fewer where the image ends.
  func bytes(of extents: [Extent]) throws(ImageError) -> [UInt8] {
    var all = [UInt8]()
    for extent in extents {
      guard let offset = extent.offset else {
        all += [UInt8](repeating: 0, count: Int(extent.length))
        continue
      }
      let piece = try image.bytes(at: offset, count: Int(extent.length))
      all += piece
      if UInt64(piece.count) < extent.length { break }
    }
    return all
  }

  /// Whether an entry is in use according to the table's bitmap.
  func isInUse(_ number: UInt64) -> Bool {
    guard number / 8 < UInt64(bitmap.count) else { return false }
    return bitmap[Int(number / 8)] >> UInt8(number % 8) & 1 != 0
  }

  /// Reads an entry and restores the bytes that its check values replace.
  func read(_ number: UInt64, into record: inout [UInt8]) throws(ImageError) -> Entry {
    let size = UInt64(geometry.recordSize)
    guard number < count else { return .damaged }
    let offset = number * size
    let end = windowStart + UInt64(window.count)
    if offset < windowStart || offset + size > end {
      guard offset == end else {
        // The entry is out of walk order: keep the bytes read ahead.
        let bytes = try bytes(of: extents(from: offset, count: size))
        guard bytes.count == geometry.recordSize else { return .damaged }
        record = bytes
        return Self.restore(&record)
      }
      windowStart = offset
      window = try bytes(of: extents(from: offset, count: Self.windowSize))
    }
    let start = Int(offset - windowStart)
    guard start + geometry.recordSize <= window.count else { return .damaged }
    let piece = window[start..<(start + geometry.recordSize)]
    record.withUnsafeMutableBytes { $0.copyBytes(from: piece) }
    return Self.restore(&record)
  }

  /// Location of a part of the table in the image.
  func extents(from offset: UInt64, count: UInt64) -> [Extent] {
    var list = ExtentList()
    var position: UInt64 = 0
    var next = offset
    let end = offset + count
    for extent in extents {
      defer { position += extent.length }
      guard next < end, next < position + extent.length else { continue }
      let skipped = next - position
      let length = min(end - next, extent.length - skipped)
      list.append(Extent(offset: extent.offset.map { $0 + skipped }, length: length))
      next += length
    }
    return list.all
  }

  /// Restores an entry: every 512 bytes end in the same check value, which replaces bytes kept in
  /// the update sequence. Source: libfsntfs, "fix-up values".
  private static func restore(_ record: inout [UInt8]) -> Entry {
    record.withUnsafeMutableBytes { buffer in
      let bytes = UnsafeRawBufferPointer(buffer)
      guard bytes.little(0, as: UInt32.self) == 0x454C_4946 else {  // FILE
        return bytes.contains { $0 != 0 } ? .damaged : .empty
      }
      guard let offset: UInt16 = bytes.little(4), let count: UInt16 = bytes.little(6), count > 0,
        Int(offset) + 2 * Int(count) <= bytes.count, (Int(count) - 1) * 512 <= bytes.count
      else { return .damaged }
      let place = Int(offset)
      for sector in stride(from: 1, to: Int(count), by: 1) {
        let end = sector * 512 - 2
        guard bytes[end] == bytes[place], bytes[end + 1] == bytes[place + 1] else {
          return .damaged
        }
        buffer[end] = bytes[place + 2 * sector]
        buffer[end + 1] = bytes[place + 2 * sector + 1]
      }
      return .whole
    }
  }

  /// Location in the image of an entry's bytes in their final form: the last two of every 512
  /// bytes are in the update sequence.
  func extents(of range: Range<Int>, in number: UInt64, _ record: UnsafeRawBufferPointer)
    -> [Extent]
  {
    let base = number * UInt64(geometry.recordSize)
    let sequence = Int(record.little(4, as: UInt16.self) ?? 0)
    let sectors = Int(record.little(6, as: UInt16.self) ?? 1) - 1
    var list = ExtentList()
    func append(_ offset: Int, _ length: Int) {
      for extent in extents(from: base + UInt64(offset), count: UInt64(length)) {
        list.append(extent)
      }
    }
    var position = range.lowerBound
    while position < range.upperBound {
      let sector = position / 512 + 1
      let check = sector * 512 - 2
      if sector > sectors {
        append(position, range.upperBound - position)
        position = range.upperBound
      } else if position < check {
        let end = min(check, range.upperBound)
        append(position, end - position)
        position = end
      } else {
        let end = min(check + 2, range.upperBound)
        append(sequence + 2 * sector + (position - check), end - position)
        position = end
      }
    }
    return list.all
  }
}
