import Evidence

/// File allocation tables: the cluster that follows another one, in either copy.
final class FatTable {
  private let geometry: FatGeometry
  private let volume: VolumePieces
  /// Bits of the clusters that are in use, from cluster 2; nil until asked for.
  private var used: [UInt64]?
  /// Whether the copies of the table differ; known once ``used`` is.
  private var differ = false
  /// Number of clusters that are on the medium, if it is cut off.
  private let present: UInt64

  /// State of a cluster in a table.
  enum Next: Hashable {
    case cluster(UInt32)
    case end
    case free
    case bad
    /// A number that no cluster has.
    case impossible
    case unreadable
  }

  init(_ geometry: FatGeometry, _ volume: VolumePieces) {
    self.geometry = geometry
    self.volume = volume
    let data = volume.size - min(geometry.clusterStart, volume.size)
    present = min(geometry.clusterCount, data / geometry.clusterSize + 1)
  }

  /// Number of copies.
  var copies: Int { geometry.tables.count }

  /// Cluster that follows `cluster`, which must be one of the volume, in a copy of the table.
  func next(_ cluster: UInt32, copy: Int) -> Next {
    let table = geometry.tables[copy]
    let number = UInt64(cluster)
    switch geometry.variant {
    case .fat12:
      guard let record = try? volume.record(at: table + number * 3 / 2, count: 2) else {
        return .unreadable
      }
      let pair = UInt32(record.little16(0))
      return meaning(number % 2 == 0 ? pair & 0xFFF : pair >> 4, last: 0xFFF)
    case .fat16:
      guard let record = try? volume.record(at: table + number * 2, count: 2) else {
        return .unreadable
      }
      return meaning(UInt32(record.little16(0)), last: 0xFFFF)
    case .fat32:
      guard let record = try? volume.record(at: table + number * 4, count: 4) else {
        return .unreadable
      }
      return meaning(record.little32(0) & 0x0FFF_FFFF, last: 0x0FFF_FFFF)
    case .exfat:
      guard let record = try? volume.record(at: table + number * 4, count: 4) else {
        return .unreadable
      }
      return meaning(record.little32(0), last: 0xFFFF_FFFF)
    }
  }

  /// Meaning of an entry; the last eight values end a chain, the one before is a bad cluster.
  private func meaning(_ value: UInt32, last: UInt32) -> Next {
    if value == 0 { return .free }
    if value > last - 8 { return .end }
    if value == last - 8 { return .bad }
    return geometry.contains(value) ? .cluster(value) : .impossible
  }

  /// Whether the copies differ somewhere; reads both from end to end once.
  func copiesDiffer() -> Bool {
    if used == nil { used = readUsed() }
    return differ
  }

  /// First cluster from `cluster` on that no copy calls used, or that is not used by the bitmap
  /// of exFAT; nil if there is none.
  func firstFree(from cluster: UInt32) -> UInt32? {
    let used = self.used ?? readUsed()
    self.used = used
    guard geometry.contains(cluster) else { return nil }
    var index = Int(cluster) - 2
    while index < Int(present) {
      let word = ~used[index / 64] >> UInt64(index % 64)
      guard word == 0 else {
        index += word.trailingZeroBitCount
        return index < Int(present) ? UInt32(index + 2) : nil
      }
      index = (index / 64 + 1) * 64
    }
    return nil
  }

  func isFree(_ cluster: UInt32) -> Bool { firstFree(from: cluster) == cluster }

  /// Replaces the states in the tables by the allocation bitmap of exFAT, one bit for each cluster.
  func setBitmap(_ bytes: [UInt8]) {
    // Clusters beyond the bitmap count as used: deleted files do not get them, but they are carved.
    var words = [UInt64](repeating: .max, count: Int(present / 64 + 1))
    for (index, byte) in bytes.enumerated() where index / 8 < words.count {
      let shift = UInt64(index % 8 * 8)
      words[index / 8] = words[index / 8] & ~(0xFF << shift) | UInt64(byte) << shift
    }
    used = words
  }

  private func readUsed() -> [UInt64] {
    var words = [UInt64](repeating: 0, count: Int(present / 64 + 1))
    // Tables are read in whole pieces: three bytes are two entries of FAT12.
    let unit = 3 << 16
    var pieces = [[UInt8]]()
    let length = min(geometry.tableLength, volume.size, (present + 2) * 4)
    for start in stride(from: UInt64(0), to: length, by: unit) {
      let count = Int(min(UInt64(unit), length - start))
      pieces = (0..<copies).map { copy in
        (try? volume.bytes(at: geometry.tables[copy] + start, count: count)) ?? []
      }
      if let first = pieces.first, pieces.contains(where: { $0 != first }) { differ = true }
      for piece in pieces where geometry.variant != .exfat {
        mark(piece, from: start, in: &words)
      }
    }
    return words
  }

  /// Sets the bits of the clusters whose entries in a piece of a table are not zero.
  private func mark(_ piece: [UInt8], from start: UInt64, in words: inout [UInt64]) {
    func set(_ cluster: UInt64) {
      guard cluster >= 2, cluster - 2 < present else { return }
      words[Int(cluster - 2) / 64] |= 1 << ((cluster - 2) % 64)
    }
    switch geometry.variant {
    case .fat12:
      for offset in stride(from: 0, to: piece.count - 2, by: 3) {
        let first = (start + UInt64(offset)) / 3 * 2
        if piece[offset] != 0 || piece[offset + 1] & 0x0F != 0 { set(first) }
        if piece[offset + 1] & 0xF0 != 0 || piece[offset + 2] != 0 { set(first + 1) }
      }
      // A table may end with the first of two entries.
      if piece.count % 3 == 2, piece[piece.count - 2] != 0 || piece[piece.count - 1] & 0x0F != 0 {
        set((start + UInt64(piece.count - 2)) / 3 * 2)
      }
    case .fat16:
      for offset in stride(from: 0, to: piece.count - 1, by: 2)
      where piece[offset] | piece[offset + 1] != 0 {
        set((start + UInt64(offset)) / 2)
      }
    case .fat32, .exfat:
      for offset in stride(from: 0, to: piece.count - 3, by: 4)
      where piece[offset] | piece[offset + 1] | piece[offset + 2] | piece[offset + 3] & 0x0F != 0 {
        set((start + UInt64(offset)) / 4)
      }
    }
  }
}
